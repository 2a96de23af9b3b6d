"""WebSockets: relayed after the handshake that was permitted and accepted, and nothing else."""

from __future__ import annotations

import socket
import threading

import pytest

from gate.planes.mitm.relay import switches_to_websocket
from tests.support.plane_process import read_all, read_until, running_plane
from tests.support.raw_upstream import Asked, Script, raw_upstream, status_of

KEY = b"dGhlIHNhbXBsZSBub25jZQ=="  # RFC 6455 section 1.3
ACCEPT = b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
HANDSHAKE = (
    b"GET /chat HTTP/1.1\r\nHost: wiki.test\r\n"
    b"Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + KEY + b"\r\n\r\n"
)
SWITCH = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: " + ACCEPT + b"\r\nSec-WebSocket-Protocol: chat\r\n\r\n"
)


def echoes(greeting: bytes = b"") -> Script:
    def script(connection: socket.socket, _asked: Asked) -> bool:
        connection.sendall(SWITCH + greeting)
        while chunk := connection.recv(65536):
            connection.sendall(chunk)
        return False

    return script


def test_t29_a_permitted_handshake_becomes_a_tunnel() -> None:
    with (
        raw_upstream(echoes(b"\x81\x02hi")) as upstream,
        running_plane(upstream=upstream.port) as plane,
        plane.connect() as client,
    ):
        client.sendall(HANDSHAKE)
        answer = read_until(client, b"\x81\x02hi")
        assert answer.startswith(b"HTTP/1.1 101 ")
        assert b"Upgrade: websocket\r\n" in answer
        assert b"Connection: Upgrade\r\n" in answer
        assert b"Sec-WebSocket-Protocol: chat\r\n" in answer
        assert upstream.asked[0].values(b"Upgrade") == [b"websocket"]
        assert upstream.asked[0].values(b"Connection") == [b"Upgrade"]
        for frame in (b"\x81\x05hello", b"\r\n\x00GET / HTTP/1.1\r\n\r\n", b"x" * 30_000):
            client.sendall(frame)
            received = b""
            while len(received) < len(frame):
                received += client.recv(65536)
            assert received == frame


def test_t29_either_side_ends_the_tunnel() -> None:
    with raw_upstream(echoes()) as upstream, running_plane(upstream=upstream.port) as plane:
        with plane.connect() as client:
            client.sendall(HANDSHAKE)
            read_until(client, b"\r\n\r\n")
        assert upstream.ended.wait(5)

    with (
        raw_upstream(lambda connection, _asked: connection.sendall(SWITCH + b"bye")) as upstream,
        running_plane(upstream=upstream.port) as plane,
    ):
        assert plane.ask(HANDSHAKE).endswith(b"bye")


def test_a_large_message_passes_in_flat_memory() -> None:
    with (
        raw_upstream(echoes()) as upstream,
        running_plane(upstream=upstream.port) as plane,
        plane.connect() as client,
    ):
        client.sendall(HANDSHAKE)
        read_until(client, b"\r\n\r\n")
        before = plane.resident()
        size = 50_000_000
        sender = threading.Thread(target=client.sendall, args=(b"m" * size,))
        sender.start()
        received = 0
        while received < size:
            received += len(client.recv(1_000_000))
        sender.join()
        assert plane.resident() - before < 10_000


def tunnels(head: bytes) -> Script:
    """Give a script that switches by fiat and then answers whatever comes."""

    def script(connection: socket.socket, _asked: Asked) -> bool:
        connection.sendall(head)
        connection.settimeout(1)
        with_tunnel = connection.recv(65536)
        connection.sendall(b"tunnelled " + with_tunnel)
        return False

    return script


PLAIN = b"GET / HTTP/1.1\r\nHost: wiki.test\r\n\r\n"


@pytest.mark.parametrize(
    ("request_bytes", "answer"),
    [
        pytest.param(PLAIN, SWITCH, id="nobody asked"),
        pytest.param(
            PLAIN, b"HTTP/1.1 101 X\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n", id="h2c"
        ),
        pytest.param(HANDSHAKE, b"HTTP/1.1 101 X\r\n\r\n", id="no headers"),
        pytest.param(HANDSHAKE, SWITCH.replace(ACCEPT, b"AAAA"), id="another accept"),
        pytest.param(
            HANDSHAKE, SWITCH.replace(b"WebSocket\r\n", b"h2c\r\n", 1), id="another protocol"
        ),
        pytest.param(
            HANDSHAKE, SWITCH.replace(b"Connection: Upgrade", b"Connection: close"), id="no upgrade"
        ),
        pytest.param(
            PLAIN.replace(b"\r\n\r\n", b"\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n"),
            b"HTTP/1.1 101 X\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
            id="h2c asked",
        ),
    ],
)
def test_t29_any_other_101_opens_no_tunnel(request_bytes: bytes, answer: bytes) -> None:
    with (
        raw_upstream(tunnels(answer)) as upstream,
        running_plane(upstream=upstream.port) as plane,
        plane.connect() as client,
    ):
        client.sendall(request_bytes)
        first = client.recv(65536)
        client.sendall(b"GET /secret HTTP/1.1\r\nHost: wiki.test\r\nConnection: close\r\n\r\n")
        everything = first + read_all(client)
    assert status_of(everything) == 502
    assert b"tunnelled" not in everything
    assert b" 101 " not in everything


def test_t29_bytes_before_the_101_open_no_tunnel() -> None:
    with (
        raw_upstream(echoes()) as upstream,
        running_plane(upstream=upstream.port) as plane,
    ):
        answer = plane.ask(
            HANDSHAKE + b"GET /smuggled HTTP/1.1\r\nHost: wiki.test\r\nConnection: close\r\n\r\n"
        )
        assert status_of(answer) == 502
        assert b"smuggled" not in upstream.received.split(b"\r\n\r\n")[0]
        assert not upstream.received.startswith(b"GET /smuggled")


def test_a_handshake_that_the_upstream_declines_is_an_ordinary_answer() -> None:
    with (
        raw_upstream() as upstream,
        running_plane(upstream=upstream.port) as plane,
        plane.connect() as client,
    ):
        client.sendall(HANDSHAKE)
        assert status_of(read_until(client, b"ok")) == 200
        client.sendall(PLAIN)
        assert status_of(read_until(client, b"ok")) == 200


# --- the handshake itself --------------------------------------------------------------------

ASKED = ((b"Sec-WebSocket-Key", KEY),)
ANSWERED = (
    (b"upgrade", b"WebSocket"),
    (b"CONNECTION", b"x, upgrade"),
    (b"sec-websocket-accept", ACCEPT),
)


def test_the_example_of_rfc_6455_is_accepted() -> None:
    assert switches_to_websocket(ASKED, ANSWERED)


@pytest.mark.parametrize("missing", range(3))
def test_each_header_of_the_answer_is_needed(missing: int) -> None:
    assert not switches_to_websocket(ASKED, ANSWERED[:missing] + ANSWERED[missing + 1 :])
    assert not switches_to_websocket((), ANSWERED)
    assert not switches_to_websocket(ASKED * 2, ANSWERED)
