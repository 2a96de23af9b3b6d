"""Request heads: from bytes to mitmproxy's request, or nothing when a byte is out of its place.

Lines end in CRLF alone, single blanks part the request line, no value is folded and none holds a
control. mitmproxy parses and validates what is left; what it means is for the front door.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from h11._receivebuffer import ReceiveBuffer
from mitmproxy import http
from mitmproxy.net.http import http1
from mitmproxy.net.http.validate import validate_headers

from gate.core.headers import Headers, values
from gate.planes.mitm.framing import Framing, framing_of

# RFC 9112 sections 3 and 5; method, target and field values are judged by the front door.
_LINE: Final = re.compile(rb"([!-~]+) ([!-~\x80-\xff]+) (HTTP/[0-9]\.[0-9])")
_FIELD: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\x00-\x08\x0a-\x1f\x7f]*+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A request head; `size` is the body's as mitmproxy tells it, None for chunks."""

    request: http.Request
    target: bytes
    size: int | None
    framing: Framing


def head_lines(buffer: ReceiveBuffer) -> list[bytes] | None:
    """Take the lines of a complete head; none of them when some line does not end in CRLF."""
    while buffer:
        before = len(buffer)
        lines = buffer.maybe_extract_lines()
        if lines is None:
            return None
        taken = before - len(buffer)
        if sum(map(len, lines)) + 2 * len(lines) + 2 != taken:
            return []
        if lines:  # else an empty line before a request, RFC 9112 section 2.2
            return [bytes(line) for line in lines]
    return None


def read_head(lines: list[bytes]) -> Head | None:
    """Give the request of a head's lines, or None when it can't be told what it asks."""
    line = _LINE.fullmatch(lines[0]) if lines else None
    if line is None or not all(map(_FIELD.fullmatch, lines[1:])):
        return None
    try:
        request = http1.read_request_head(lines)
        validate_headers(request)
        size = http1.expected_http_body_size(request)
    except ValueError:
        return None
    framing = framing_of(size, request.data.headers.fields)
    return Head(request=request, target=line[2], size=size, framing=framing)


def asks_to_close(headers: Headers) -> bool:
    """Say whether a side wants this to be the connection's last exchange."""
    listed = b",".join(values(headers, b"connection")).lower()
    return any(option.strip(b" \t") == b"close" for option in listed.split(b","))
