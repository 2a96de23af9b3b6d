"""Open exchanges: what is no longer permitted is cut within a second, on both sides."""

from __future__ import annotations

import socket
import time

import pytest

from tests.planes.mitm.test_relaying import HANDSHAKE, echoes
from tests.support.plane_process import read_all, read_until, running_plane
from tests.support.raw_upstream import Asked, RawUpstream, raw_upstream, status_of

SOON = 3  # seconds; the promise is one, a busy machine gets two more
GET = b"GET / HTTP/1.1\r\nHost: wiki.test\r\n\r\n"
UPLOAD = b"PUT / HTTP/1.1\r\nHost: wiki.test\r\nContent-Length: 100000000\r\n\r\nabc"


def endless(connection: socket.socket, asked: Asked) -> bool:
    """Download, events or socket: whatever was asked for goes on for ever."""
    if asked.values(b"upgrade"):
        return bool(echoes()(connection, asked))
    if asked.line.startswith(b"PUT"):
        while connection.recv(65536):
            pass
        return False
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
    while True:
        connection.sendall(b"data: x\n\n")
        time.sleep(0.05)


def begun(client: socket.socket, upstream: RawUpstream, request: bytes) -> None:
    """Send a request and wait until it is under way."""
    client.sendall(request)
    if request is UPLOAD:
        while not upstream.asked:
            time.sleep(0.01)
    else:
        read_until(client, b"\r\n\r\n")


KINDS = [
    pytest.param(HANDSHAKE, id="websocket"),
    pytest.param(GET, id="download"),
    pytest.param(UPLOAD, id="upload"),
]


@pytest.mark.parametrize("request_bytes", KINDS)
@pytest.mark.parametrize("enforcer", ["Permitting", "BlindToStreams", "DeafToChange"])
def test_g19_what_is_revoked_is_cut_within_a_second(enforcer: str, request_bytes: bytes) -> None:
    with (
        raw_upstream(endless, heads_only=True) as upstream,
        running_plane(enforcer, upstream=upstream.port) as plane,
        plane.connect() as client,
    ):
        begun(client, upstream, request_bytes)
        plane.revoke()
        client.settimeout(SOON)
        read_all(client)
        assert upstream.ended.wait(SOON)
        assert plane.process.poll() is None


@pytest.mark.parametrize("request_bytes", KINDS)
def test_g19_a_permit_that_runs_out_is_cut(request_bytes: bytes) -> None:
    with (
        raw_upstream(endless, heads_only=True) as upstream,
        running_plane("ShortLived", upstream=upstream.port) as plane,
        plane.connect() as client,
    ):
        begun(client, upstream, request_bytes)
        client.settimeout(SOON)
        read_all(client)
        assert upstream.ended.wait(SOON)


def test_t43_the_next_request_of_a_live_connection_is_refused() -> None:
    with (
        raw_upstream() as upstream,
        running_plane(upstream=upstream.port) as plane,
        plane.connect() as client,
    ):
        client.sendall(GET)
        assert status_of(read_until(client, b"ok")) == 200
        plane.revoke()
        client.sendall(GET)
        assert status_of(read_until(client, b"}")) == 401


def test_g19_exchanges_that_are_still_permitted_go_on() -> None:
    with (
        raw_upstream(endless, heads_only=True) as upstream,
        running_plane(upstream=upstream.port) as plane,
        plane.connect() as client,
    ):
        begun(client, upstream, HANDSHAKE)
        time.sleep(1.5)
        client.sendall(b"still here")
        assert read_until(client, b"here") == b"still here"
