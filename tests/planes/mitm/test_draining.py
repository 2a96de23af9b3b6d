"""Draining: idle connections end at once, busy ones finish, and the process goes."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from tests.planes.mitm.test_relaying import HANDSHAKE, echoes
from tests.support.plane_process import read_all, read_until, running_plane
from tests.support.raw_upstream import Asked, body_of, ok, raw_upstream

GET = b"GET / HTTP/1.1\r\nHost: wiki.test\r\n\r\n"


def test_f32_idle_connections_end_at_once_and_the_process_exits_well() -> None:
    with raw_upstream() as upstream, running_plane(upstream=upstream.port) as plane:
        clients = [plane.connect() for _ in range(200)]
        for client in clients[:50]:
            client.sendall(GET)
            read_until(client, b"\r\n\r\nok")
        plane.say("drain")
        assert plane.process.wait(10) == 0
        for client in clients:
            assert read_all(client) == b""
            client.close()


def test_f32_a_request_under_way_is_answered_in_full() -> None:
    go_on = threading.Event()

    def late(connection: socket.socket, _asked: Asked) -> bool:
        go_on.wait(10)
        connection.sendall(ok(b"late but whole"))
        return True

    with (
        raw_upstream(late) as upstream,
        running_plane(upstream=upstream.port) as plane,
        plane.connect() as client,
    ):
        client.sendall(GET)
        while not upstream.asked:
            time.sleep(0.01)
        plane.say("drain")
        time.sleep(0.3)
        assert plane.process.poll() is None
        with pytest.raises(ConnectionRefusedError):
            plane.connect()
        go_on.set()
        answer = read_all(client)
        assert body_of(answer) == b"late but whole"
        assert b"Connection: close" in answer
        assert plane.process.wait(5) == 0


def test_f32_tunnels_end_when_draining_begins() -> None:
    with (
        raw_upstream(echoes()) as upstream,
        running_plane(upstream=upstream.port) as plane,
        plane.connect() as client,
    ):
        client.sendall(HANDSHAKE)
        read_until(client, b"\r\n\r\n")
        plane.say("drain")
        assert read_all(client) == b""
        assert plane.process.wait(5) == 0


def hangs(connection: socket.socket, _asked: Asked) -> bool:
    return bool(connection.recv(1))


def test_f32_the_drain_ends_in_its_time() -> None:
    with (
        raw_upstream(hangs) as upstream,
        running_plane(upstream=upstream.port, drain=0.5) as plane,
        plane.connect() as client,
    ):
        client.sendall(GET)
        while not upstream.asked:
            time.sleep(0.01)
        plane.say("drain")
        assert read_all(client) == b""
        assert plane.process.wait(10) == 0


def test_f32_force_ends_everything_at_once() -> None:
    with (
        raw_upstream(hangs) as upstream,
        running_plane(upstream=upstream.port) as plane,
        plane.connect() as client,
    ):
        client.sendall(GET)
        while not upstream.asked:
            time.sleep(0.01)
        plane.say("drain")
        plane.say("force")
        assert plane.process.wait(10) == 0
