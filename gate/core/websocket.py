"""WebSocket handshakes: the one upgrade that passes (RFC 6455)."""

from __future__ import annotations

import re
from typing import Final

from gate.core.header_names import Headers, Lines
from gate.core.headers import hops, values

_KEY: Final = re.compile(rb"[A-Za-z0-9+/]{22}==")  # 16 bytes, RFC 6455 section 4.1


def is_handshake(method: bytes, version: bytes, lines: Lines) -> bool:
    """Say whether this is a whole handshake: a GET in HTTP/1.1 without a body (section 4.1)."""
    if b"upgrade" not in lines or method != b"GET" or version != b"HTTP/1.1":
        return False
    if b"transfer-encoding" in lines or lines.get(b"content-length", (b"0",)) != (b"0",):
        return False
    return _is_wanted(lines)


def websocket_wanted(headers: Headers) -> bool:
    """Say whether these are the headers of a handshake (section 4.2.1)."""
    names = {name.lower() for name, _ in headers}
    return _is_wanted({name: values(headers, name) for name in names})


def _is_wanted(lines: Lines) -> bool:
    keys = lines.get(b"sec-websocket-key", ())
    return (
        tuple(value.lower() for value in lines.get(b"upgrade", ())) == (b"websocket",)
        and b"upgrade" in hops(lines.get(b"connection", ()))
        and len(keys) == 1
        and _KEY.fullmatch(keys[0]) is not None
        and lines.get(b"sec-websocket-version") == (b"13",)
    )
