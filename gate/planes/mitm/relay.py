"""WebSockets: when a 101 is the one that was asked for (RFC 6455 section 4.2.2)."""

from __future__ import annotations

import base64
import hashlib
from typing import Final

from gate.core.headers import Headers, values
from gate.planes.mitm.guard import Passage
from gate.planes.mitm.wire import AskedHeaders

SWITCHING: Final = 101  # RFC 9110 section 15.2.2
GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455 section 1.3


def permitted_switch(passage: Passage | None, asked: AskedHeaders, answered: Headers) -> bool:
    """Say whether a 101 is an accepted WebSocket that the request was permitted to open."""
    if passage is None or passage.forward is None or not asked.end_stream:
        return False
    return passage.forward.websocket and switches_to_websocket(asked.headers, answered)


def switches_to_websocket(asked: Headers, answered: Headers) -> bool:
    """Say whether the upstream accepted exactly the WebSocket that the client asked for."""
    keys = values(asked, b"sec-websocket-key")
    upgrades = values(answered, b"upgrade")
    if len(keys) != 1 or [value.strip().lower() for value in upgrades] != [b"websocket"]:
        return False
    listed = b",".join(values(answered, b"connection")).lower().split(b",")
    if b"upgrade" not in {option.strip() for option in listed}:
        return False
    return values(answered, b"sec-websocket-accept") == (_accepted(keys[0]),)


def _accepted(key: bytes) -> bytes:
    digest = hashlib.sha1(key + GUID, usedforsecurity=False).digest()
    return base64.b64encode(digest)
