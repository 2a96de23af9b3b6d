"""What kind of answer a client can use when the gate answers in place of the site.

Only a top-level navigation gets a page or a redirect. Scripts, images and sockets get JSON, and a
frame gets a link that leaves the frame, since sign-in can't work inside one.
"""

from __future__ import annotations

from enum import Enum

from gate.core.headers import Headers, values

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})  # RFC 9110 section 9.2.1, without TRACE
FRAMES = frozenset({b"iframe", b"frame", b"embed", b"object", b"fencedframe"})


class Want(Enum):
    """A page for a navigation, a link for a frame, JSON for everything else."""

    PAGE = "page"
    FRAME = "frame"
    DATA = "data"


def wanted(headers: Headers) -> Want:
    """Say what the client can use; old clients without Sec-Fetch are judged by Accept."""
    destination = values(headers, b"sec-fetch-dest")
    if destination and destination[0] in FRAMES:
        return Want.FRAME
    mode = values(headers, b"sec-fetch-mode")
    if destination or mode:
        navigates = mode == (b"navigate",) and destination in {(b"document",), ()}
        return Want.PAGE if navigates else Want.DATA
    accepts_html = any(b"text/html" in value for value in values(headers, b"accept"))
    return Want.PAGE if accepts_html else Want.DATA


def extends_idle(method: str, headers: Headers) -> bool:
    """Say whether a request shows that the person is there (G19)."""
    return method not in SAFE_METHODS or wanted(headers) is Want.PAGE
