"""Which request headers are refused: what two servers could read in two ways, or is too long."""

from __future__ import annotations

import re
from typing import Final

from gate.core.header_names import Headers, Lines, token
from gate.core.refusal import Refusal, too_large, unclean

MOST_HEADERS: Final = 100
MOST_BYTES: Final = 65_536  # of all names and values together
OVERHEAD: Final = 4  # bytes of a line besides name and value: colon, blank, CR, LF

# RFC 9110 lets each of these stand once; browsers never send one of them twice.
_SINGLE: Final = frozenset(
    {
        b"authorization",
        b"content-length",
        b"content-type",
        b"content-range",
        b"date",
        b"destination",
        b"expect",
        b"from",
        b"host",
        b"if-modified-since",
        b"if-range",
        b"if-unmodified-since",
        b"max-forwards",
        b"origin",
        b"range",
        b"referer",
        b"sec-fetch-dest",
        b"sec-fetch-mode",
        b"sec-fetch-site",
        b"sec-websocket-key",
        b"sec-websocket-version",
        b"service-worker",
        b"transfer-encoding",
        b"upgrade",
        b"user-agent",
        b"x-gate-csrf",
    }
)
_CONTROLS: Final = bytes(set(range(32)) - {9} | {127})  # RFC 9110 section 5.5
_LENGTH: Final = re.compile(rb"0|[1-9][0-9]{0,17}")


def checked(headers: Headers) -> Headers | Refusal:
    """Give the headers unchanged when every server reads the same in them."""
    lines = checked_lines(headers)
    return lines if isinstance(lines, Refusal) else headers


def checked_lines(headers: Headers) -> Lines | Refusal:
    """Give the values of clean headers by lower-case name, in their order."""
    if len(headers) > MOST_HEADERS:
        return too_large(431, "too many headers")
    text = b"".join([value for _, value in headers])
    if sum([len(name) for name, _ in headers]) + len(text) + len(headers) * OVERHEAD > MOST_BYTES:
        return too_large(431, "headers are too long")
    if len(text.translate(None, _CONTROLS)) != len(text):
        return unclean("control character in a header")
    lines: dict[bytes, tuple[bytes, ...]] = {}
    for name, value in headers:
        lower = token(name)
        if lower is None:
            return unclean("header name is no token")
        before = lines.get(lower)
        if before is not None and lower in _SINGLE:
            return unclean("header that may stand once stands twice")
        lines[lower] = (value,) if before is None else (*before, value)
    return _framing_problem(lines) or lines


def _framing_problem(lines: Lines) -> Refusal | None:
    """Say in what the length of the body could be read in two ways (RFC 9112 section 6)."""
    lengths = lines.get(b"content-length", ())
    codings = lines.get(b"transfer-encoding", ())
    if lengths and codings:
        return unclean("both Content-Length and Transfer-Encoding")
    if not all(map(_LENGTH.fullmatch, lengths)):
        return unclean("odd Content-Length")
    if any(coding.lower() != b"chunked" for coding in codings):
        return unclean("odd Transfer-Encoding")
    return None
