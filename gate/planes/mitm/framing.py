"""Framing: how the end of a body is told, which the plane alone decides on each side.

Content-Length stays Content-Length and chunked stays chunked; a body that ends with the
connection is chunked for whoever understands it. RFC 9112 section 6.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from gate.core.header_names import HOP_BY_HOP
from gate.core.headers import Headers, values

_FRAMING: Final = frozenset({b"content-length", b"transfer-encoding"})
_LENGTHS: Final = frozenset(map(len, _FRAMING))  # to look at few names
_NOT_OF_PAGES: Final = HOP_BY_HOP | {b"server"}
CHUNKED: Final = (b"Transfer-Encoding", b"chunked")


class End(Enum):
    """What ends a body."""

    NOTHING = "nothing"  # there is no body
    LENGTH = "length"
    CHUNKS = "chunks"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Framing:
    """How a body ends, and its length where that is what ends it."""

    end: End
    length: int = 0


NO_BODY: Final = Framing(End.NOTHING)


def framing_of(size: int | None, headers: Headers) -> Framing:
    """Give the framing for a size as mitmproxy tells it: None chunks, -1 until the end."""
    if size is None:
        return Framing(End.CHUNKS)
    if size < 0:
        return Framing(End.CLOSE)
    if size == 0 and not any(name.lower() == b"content-length" for name, _ in headers):
        return NO_BODY
    return Framing(End.LENGTH, size)


def tells_framing(headers: Headers) -> bool:
    """Say whether any header is about how the body ends."""
    lowered = [name.lower() for name, _ in headers if len(name) in _LENGTHS]
    return not _FRAMING.isdisjoint(lowered)


def framed(headers: Headers, framing: Framing) -> Headers:
    """Give the headers with exactly the framing that the plane will write."""
    if framing is NO_BODY and not tells_framing(headers):
        return headers
    wanted = _framing_header(framing)
    present = [header for header in headers if header[0].lower() in _FRAMING]
    if [(name.lower(), value.lower()) for name, value in present] == _lowered(wanted):
        return headers
    kept = tuple(header for header in headers if header[0].lower() not in _FRAMING)
    return kept if wanted is None else (*kept, wanted)


def unframed(headers: Headers) -> Headers:
    """Give the headers without Transfer-Encoding, which belongs to one connection."""
    if not values(headers, b"transfer-encoding"):
        return headers
    return tuple([h for h in headers if h[0].lower() != b"transfer-encoding"])


def without_hops(headers: Headers) -> Headers:
    """Give the headers of a page of the gate without those of the connection to it."""
    return tuple(header for header in headers if header[0].lower() not in _NOT_OF_PAGES)


def _framing_header(framing: Framing) -> tuple[bytes, bytes] | None:
    match framing.end:
        case End.LENGTH:
            return b"Content-Length", b"%d" % framing.length
        case End.CHUNKS:
            return CHUNKED
        case End.NOTHING | End.CLOSE:
            return None


def _lowered(header: tuple[bytes, bytes] | None) -> list[tuple[bytes, bytes]]:
    return [] if header is None else [(header[0].lower(), header[1])]
