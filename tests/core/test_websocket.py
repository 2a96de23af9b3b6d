"""WebSocket handshakes: the whole handshake or no upgrade at all."""

from __future__ import annotations

from typing import Final

import pytest

from gate.core.header_checks import checked_lines
from gate.core.header_names import Headers
from gate.core.refusal import Refusal
from gate.core.websocket import is_handshake, websocket_wanted

KEY: Final = (b"Sec-WebSocket-Key", b"dGhlIHNhbXBsZSBub25jZQ==")
VERSION: Final = (b"Sec-WebSocket-Version", b"13")
CONNECTION: Final = (b"Connection", b"keep-alive, Upgrade")
UPGRADE: Final = (b"Upgrade", b"WebSocket")
WHOLE: Final = (CONNECTION, UPGRADE, KEY, VERSION)


def handshake(headers: Headers, method: bytes = b"GET", version: bytes = b"HTTP/1.1") -> bool:
    lines = checked_lines(headers)
    assert not isinstance(lines, Refusal)
    return is_handshake(method, version, lines)


def test_t29_a_whole_handshake_is_one() -> None:
    assert websocket_wanted(WHOLE)
    assert handshake(WHOLE)
    assert handshake((*WHOLE, (b"Content-Length", b"0")))


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param((), id="nothing"),
        pytest.param((UPGRADE, KEY, VERSION), id="no Connection"),
        pytest.param((CONNECTION, KEY, VERSION), id="no Upgrade"),
        pytest.param((CONNECTION, UPGRADE, VERSION), id="no key"),
        pytest.param((CONNECTION, UPGRADE, KEY), id="no version"),
        pytest.param(((b"Connection", b"close"), UPGRADE, KEY, VERSION), id="no upgrade token"),
        pytest.param((CONNECTION, (b"Upgrade", b"h2c"), KEY, VERSION), id="h2c"),
        pytest.param((CONNECTION, (b"Upgrade", b"H2C"), KEY, VERSION), id="H2C"),
        pytest.param((CONNECTION, (b"Upgrade", b"websocket, h2c"), KEY, VERSION), id="a list"),
        pytest.param((CONNECTION, UPGRADE, (KEY[0], b"short"), VERSION), id="odd key"),
        pytest.param((CONNECTION, UPGRADE, KEY, (VERSION[0], b"8")), id="old version"),
    ],
)
def test_t29_half_a_handshake_is_none(headers: Headers) -> None:
    assert not websocket_wanted(headers)
    assert not handshake(headers)


@pytest.mark.parametrize("name", [UPGRADE, KEY, VERSION])
def test_t29_a_doubled_header_is_no_handshake(name: tuple[bytes, bytes]) -> None:
    assert not websocket_wanted((*WHOLE, name))


@pytest.mark.parametrize(
    ("headers", "method", "version"),
    [
        pytest.param(WHOLE, b"POST", b"HTTP/1.1", id="POST"),
        pytest.param(WHOLE, b"GET", b"HTTP/1.0", id="HTTP/1.0"),
        pytest.param((*WHOLE, (b"Content-Length", b"5")), b"GET", b"HTTP/1.1", id="body"),
        pytest.param(
            (*WHOLE, (b"Transfer-Encoding", b"chunked")), b"GET", b"HTTP/1.1", id="chunked body"
        ),
    ],
)
def test_t29_a_handshake_is_a_get_without_a_body(
    headers: Headers, method: bytes, version: bytes
) -> None:
    assert not handshake(headers, method, version)
