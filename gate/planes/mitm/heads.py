"""Heads: from bytes to what they say, or nothing when a byte is out of its place.

Of a request lines end in CRLF alone, single blanks part the request line, no value is folded and
none holds a control. A head without framing headers, and of a plain answer, is read by one pattern
that admits nothing doubtful; mitmproxy parses and validates all others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from h11._receivebuffer import ReceiveBuffer, blank_line_regex
from mitmproxy.net.http import http1
from mitmproxy.net.http.validate import validate_headers

from gate.core.headers import Headers, values
from gate.planes.mitm.framing import NO_BODY, Framing, framing_of, tells_framing

# RFC 9112 sections 3 and 5; method, target and field values are judged by the front door.
FIELDS: Final = rb"((?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\x00-\x08\x0a-\x1f\x7f]*+\r\n)*+)\r\n"
_REQUEST: Final = re.compile(rb"([!-~]+) ([!-~\x80-\xff]+) (HTTP/[0-9]\.[0-9])\r\n" + FIELDS)
_FIELD: Final = re.compile(rb"([^:]+):([^\r]*)\r\n")
_END: Final = b"\r\n\r\n"
HTTP11: Final = b"HTTP/1.1"


@dataclass(frozen=True, slots=True)
class RequestHead:
    """A request head; `size` is the body's as mitmproxy tells it, None for chunks."""

    method: bytes
    target: bytes
    version: bytes
    headers: Headers
    size: int | None = 0
    framing: Framing = NO_BODY


class HeadBuffer(ReceiveBuffer):
    """Bytes that came, searched for the end of a head once, however slowly they come."""

    def take(self, received: bytes) -> None:
        """Take what came."""
        self._data += received

    def take_head(self) -> bytes | None:
        """Take all up to and with the first empty line; None while it has not come."""
        end = blank_line_regex.search(self._data, self._multiple_lines_search)
        if end is None:
            self._multiple_lines_search = max(0, len(self._data) - 2)
            return None
        return bytes(self._extract(end.end()))

    def take_request_head(self) -> bytes | None:
        """Take a request's head; empty lines before it count for nothing, RFC 9112 section 2.2."""
        while self._data.startswith(b"\r\n"):
            self._extract(2)
        if self._data.startswith(b"\n"):
            return bytes(self._extract(1))
        return self.take_head()

    def take_response_head(self) -> bytes | None:
        """Take an upstream's head; empty lines before it count for nothing."""
        while self._data.startswith((b"\r\n", b"\n")):
            self._extract(self._data.index(b"\n") + 1)
        return self.take_head()


def read_head(head: bytes) -> RequestHead | None:
    """Give what a request head says, or None when it can't be told what it asks."""
    match = _REQUEST.fullmatch(head)
    if match is None:
        return None
    method, target, version, fields = match.groups()
    headers = fields_of(fields)
    if target.startswith(b"/") and not tells_framing(headers):
        return RequestHead(method, target, version, headers)
    try:
        request = http1.read_request_head(head[: -len(_END)].split(b"\r\n"))
        validate_headers(request)
        size = http1.expected_http_body_size(request)
    except ValueError:
        return None
    return RequestHead(method, target, version, headers, size, framing_of(size, headers))


def fields_of(lines: bytes) -> Headers:
    """Give the fields of unfolded lines, without the blanks around values."""
    return tuple([(name, value.strip()) for name, value in _FIELD.findall(lines)])


def asks_to_close(headers: Headers) -> bool:
    """Say whether a side wants this to be the connection's last exchange."""
    listed = b",".join(values(headers, b"connection")).lower()
    if b"close" not in listed:
        return False
    return any(option.strip(b" \t") == b"close" for option in listed.split(b","))
