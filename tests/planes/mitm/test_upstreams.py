"""Upstreams that are down, silent, slow or not who they say they are."""

from __future__ import annotations

import socket
import ssl
import threading
from pathlib import Path

import pytest
import trustme

from tests.support.plane_process import read_all, read_until, running_plane
from tests.support.raw_upstream import Asked, body_of, ok, raw_upstream, status_of

LAST = b"GET / HTTP/1.1\r\nHost: wiki.test\r\nConnection: close\r\n\r\n"
PAGE = LAST.replace(b"\r\n\r\n", b"\r\nAccept: text/html\r\n\r\n")


def test_f8_an_upstream_that_is_down_is_502_with_a_page_of_the_gate() -> None:
    with running_plane() as plane:
        answer = plane.ask(PAGE)
        assert status_of(answer) == 502
        assert b"X-Gate-Reason: upstream_down" in answer
        assert b"text/html" in answer
        assert b"127.0.0.1" not in answer
        assert b"application/json" in plane.ask(LAST)


def test_f8_the_client_stays_connected_when_an_upstream_is_down() -> None:
    with running_plane() as plane, plane.connect() as client:
        for _ in range(3):
            client.sendall(b"GET / HTTP/1.1\r\nHost: wiki.test\r\n\r\n")
            assert status_of(read_until(client, b"}")) == 502


def test_f8_a_body_for_an_upstream_that_is_down_is_not_waited_for() -> None:
    with running_plane() as plane, plane.connect() as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: wiki.test\r\nContent-Length: 1000000\r\n\r\nx")
        assert status_of(read_all(client)) == 502


def test_f9_a_silent_upstream_is_504_and_its_connection_is_dropped() -> None:
    def silent(connection: socket.socket, _asked: Asked) -> bool:
        return bool(connection.recv(1))

    with (
        raw_upstream(silent) as upstream,
        running_plane(upstream=upstream.port, options={"response_timeout": 0.5}) as plane,
    ):
        answer = plane.ask(PAGE)
        assert status_of(answer) == 504
        assert b"upstream_silent" in answer
        assert upstream.ended.wait(5)


def test_f9_an_upstream_that_takes_nothing_of_a_body_is_504() -> None:
    def deaf(_connection: socket.socket, _asked: Asked) -> bool:
        return not threading.Event().wait(10)

    with (
        raw_upstream(deaf, heads_only=True) as upstream,
        running_plane(upstream=upstream.port, options={"response_timeout": 1}) as plane,
        plane.connect() as client,
    ):
        client.sendall(b"POST / HTTP/1.1\r\nHost: wiki.test\r\nContent-Length: 100000000\r\n\r\n")
        sender = threading.Thread(target=_flood, args=(client,), daemon=True)
        sender.start()
        assert status_of(read_until(client, b"}")) == 504


def _flood(client: socket.socket) -> None:
    try:
        for _ in range(1500):
            client.sendall(b"x" * 65536)
    except OSError:
        return


def test_f9_an_upstream_that_does_not_accept_is_504() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(3)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(("127.0.0.1", port))
        with running_plane(
            upstream=port, options={"connect_timeout": 0.5, "response_timeout": 1}
        ) as plane:
            answer = plane.ask(LAST)
        for each in waiting:
            each.close()
    assert status_of(answer) == 504


def test_f10_an_upstream_that_trickles_is_passed_as_it_comes() -> None:
    go_on = threading.Event()

    def trickle(connection: socket.socket, _asked: Asked) -> bool:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n")
        go_on.wait(10)
        connection.sendall(b"data: 2\n\n")
        return False

    with (
        raw_upstream(trickle) as upstream,
        running_plane(upstream=upstream.port) as plane,
        plane.connect() as client,
    ):
        client.sendall(LAST)
        assert b"data: 1" in read_until(client, b"data: 1\n\n")
        go_on.set()
        assert read_all(client).endswith(b"data: 2\n\n\r\n0\r\n\r\n")


def test_f10_a_reset_in_a_body_without_length_is_no_end() -> None:
    def resets(connection: socket.socket, _asked: Asked) -> bool:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nhalf")
        threading.Event().wait(0.3)
        linger_off = b"\x01\x00\x00\x00\x00\x00\x00\x00"
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_off)
        return False

    with raw_upstream(resets) as upstream, running_plane(upstream=upstream.port) as plane:
        answer = plane.ask(LAST)
    assert status_of(answer) == 200
    assert not answer.endswith(b"0\r\n\r\n")


# --- large bodies ----------------------------------------------------------------------------

LARGE = 200_000_000


def test_a_large_answer_streams_in_flat_memory() -> None:
    def large(connection: socket.socket, _asked: Asked) -> bool:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % LARGE)
        for _ in range(LARGE // 1_000_000):
            connection.sendall(b"x" * 1_000_000)
        return False

    with (
        raw_upstream(large) as upstream,
        running_plane(upstream=upstream.port) as plane,
        plane.connect() as client,
    ):
        before = plane.resident()
        client.sendall(LAST)
        threading.Event().wait(1)  # a client that reads late
        received = 0
        while chunk := client.recv(1_000_000):
            received += len(chunk)
        assert received > LARGE
        assert plane.resident() - before < 10_000


def test_a_large_body_streams_in_flat_memory() -> None:
    taken = 0

    def slow_at_first(connection: socket.socket, asked: Asked) -> bool:
        nonlocal taken
        threading.Event().wait(1)
        taken += len(asked.body)
        while taken < LARGE:
            taken += len(connection.recv(1_000_000))
        connection.sendall(ok())
        return True

    with (
        raw_upstream(slow_at_first, heads_only=True) as upstream,
        running_plane(upstream=upstream.port) as plane,
        plane.connect() as client,
    ):
        before = plane.resident()
        client.sendall(LAST.replace(b"GET", b"PUT")[:-2] + b"Content-Length: %d\r\n\r\n" % LARGE)
        for _ in range(LARGE // 1_000_000):
            client.sendall(b"x" * 1_000_000)
        assert body_of(read_all(client)) == b"ok"
        assert plane.resident() - before < 10_000


def test_both_sides_may_send_at_once() -> None:
    def echo(connection: socket.socket, asked: Asked) -> bool:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 20000000\r\n\r\n")
        connection.sendall(asked.body)
        left = 20_000_000 - len(asked.body)
        while left:
            chunk = connection.recv(65536)
            connection.sendall(chunk)
            left -= len(chunk)
        return False

    with (
        raw_upstream(echo, heads_only=True) as upstream,
        running_plane(upstream=upstream.port) as plane,
        plane.connect() as client,
    ):
        client.sendall(LAST.replace(b"GET", b"PUT")[:-2] + b"Content-Length: 20000000\r\n\r\n")
        sender = threading.Thread(target=client.sendall, args=(b"y" * 20_000_000,))
        sender.start()
        assert len(body_of(read_all(client))) == 20_000_000
        sender.join()


# --- TLS -------------------------------------------------------------------------------------


def _context(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(context)
    return context


@pytest.mark.parametrize(
    ("certified", "expected_name", "trusted", "status"),
    [
        pytest.param("wiki.internal", "wiki.internal", True, 200, id="the right name"),
        pytest.param("127.0.0.1", None, True, 200, id="the address itself"),
        pytest.param("other.internal", "wiki.internal", True, 502, id="another name"),
        pytest.param("wiki.internal", None, True, 502, id="a name where an address is meant"),
        pytest.param("wiki.internal", "wiki.internal", False, 502, id="an unknown authority"),
    ],
)
def test_an_upstream_with_tls_is_verified(
    tmp_path: Path, certified: str, expected_name: str | None, trusted: bool, status: int
) -> None:
    authority, ca = trustme.CA(), tmp_path / "ca.pem"
    (authority if trusted else trustme.CA()).cert_pem.write_to_path(ca)
    with raw_upstream(tls=_context(authority, certified)) as upstream:
        where = {"port": upstream.port, "scheme": "https", "name": expected_name, "ca": str(ca)}
        with running_plane(upstream=where) as plane:
            answer = plane.ask(LAST)
        assert status_of(answer) == status
        assert [asked.path for asked in upstream.asked] == ([b"/"] if status == 200 else [])


def test_an_upstream_without_its_authority_file_is_502() -> None:
    where = {"port": 1, "scheme": "https", "ca": "/nowhere/ca.pem"}
    with running_plane(upstream=where) as plane:
        assert status_of(plane.ask(LAST)) == 502
