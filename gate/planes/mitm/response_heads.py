"""Heads of upstreams: what they say, or nothing when they can't be read.

Upstreams may be old, so lines may end in LF, values may be folded and hold what the front door
takes out later; mitmproxy parses and validates such heads. What every server sends, a head without
any of that and with at most a length, is read by one pattern.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from mitmproxy import http
from mitmproxy.net.http import http1
from mitmproxy.net.http.validate import validate_headers

from gate.core.headers import Headers, values
from gate.planes.mitm.framing import End, Framing, framing_of
from gate.planes.mitm.heads import FIELDS, HTTP11, asks_to_close, fields_of

STATUSES: Final = range(100, 1000)
CONTROLS: Final = bytes({*range(32), 127} - {9})  # RFC 9112 section 4

# Statuses that may have a body, RFC 9112 section 6.3; the others are left to mitmproxy.
_PLAIN: Final = re.compile(
    rb"(HTTP/1\.[01]) ((?!204|304)[2-9][0-9]{2}) ((?:[!-~\x80-\xff][\t -~\x80-\xff]*+)?)\r\n"
    + FIELDS
)
_LENGTH: Final = re.compile(rb"0|[1-9][0-9]{0,17}")
_BODILESS: Final = frozenset({b"HEAD", b"CONNECT"})


@dataclass(frozen=True, slots=True)
class ResponseHead:
    """A head; `size` is the body's as mitmproxy tells it; `stays` says if the connection does."""

    status: int
    reason: bytes
    headers: Headers
    size: int | None
    framing: Framing
    stays: bool


def read_response_head(head: bytes, method: bytes) -> ResponseHead | None:
    """Give what the answer to a request with that method says, or None."""
    match = None if method in _BODILESS else _PLAIN.fullmatch(head)
    if match is None:
        return _read_odd(head, method)
    version, status, reason, fields = match.groups()
    headers = fields_of(fields)
    lengths = values(headers, b"content-length")
    if len(lengths) > 1 or not all(map(_LENGTH.fullmatch, lengths)):
        return None
    if values(headers, b"transfer-encoding"):
        return _read_odd(head, method)
    size = int(lengths[0]) if lengths else -1
    framing = Framing(End.LENGTH, size) if lengths else Framing(End.CLOSE)
    stays = size != -1 and _stays(headers, is_http11=version == HTTP11)
    return ResponseHead(int(status), reason, headers, size, framing, stays)


def _read_odd(head: bytes, method: bytes) -> ResponseHead | None:
    lines = [line.removesuffix(b"\r") for line in head.split(b"\n")[:-2]]
    try:
        response = http1.read_response_head(lines)
        validate_headers(response)
        size = http1.expected_http_body_size(_request(method), response)
    except ValueError:
        return None
    if response.status_code not in STATUSES:
        return None
    headers = _unfolded(response.data.headers.fields)
    stays = size != -1 and _stays(headers, is_http11=response.is_http11)
    reason = response.data.reason.translate(None, CONTROLS)
    framing = framing_of(size, headers)
    return ResponseHead(response.status_code, reason, headers, size, framing, stays)


def _request(method: bytes) -> http.Request:
    return http.Request.make(method.decode("latin-1"), "http://upstream/")


def _unfolded(headers: Headers) -> Headers:
    """Give the headers with folded values on one line (RFC 9112 section 5.2)."""
    if not any(b"\n" in value for _, value in headers):
        return headers
    return tuple([(name, value.replace(b"\r\n ", b" ")) for name, value in headers])


def _stays(headers: Headers, *, is_http11: bool) -> bool:
    """Say whether the upstream keeps the connection (RFC 9112 section 9.3)."""
    if asks_to_close(headers):
        return False
    if is_http11:
        return True
    listed = b",".join(values(headers, b"connection")).lower().split(b",")
    return b"keep-alive" in {option.strip(b" \t") for option in listed}
