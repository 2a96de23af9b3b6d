"""Slow and greedy clients: each is answered or cut at its limit, and nothing is left open."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from tests.support.plane_process import PlaneProcess, read_all, read_until, running_plane
from tests.support.raw_upstream import Asked, ok, raw_upstream, status_of

HOST = b"Host: wiki.test\r\n"
GET = b"GET / HTTP/1.1\r\n" + HOST + b"\r\n"
QUICK = {
    "header": 0.6,
    "body_idle": 0.6,
    "keepalive": 0.6,
    "stream_idle": 1,
    "reader_idle": 1,
    "linger": 0.6,
}


def settled(plane: PlaneProcess, sockets: int) -> bool:
    """Say whether the process comes back to so many sockets."""
    for _ in range(100):
        if plane.open_sockets() <= sockets:
            return True
        time.sleep(0.1)
    return False


def test_t90_a_head_that_never_ends_is_408() -> None:
    with running_plane(limits=QUICK) as plane, plane.connect() as client:
        client.sendall(b"GET / HTTP/1.1\r\n")
        answer = read_all(client)
    assert status_of(answer) == 408
    assert b"too_slow" in answer


def trickled(client: socket.socket, drop: bytes) -> bytes | None:
    """Send bit by bit; give what comes to that, None when nothing ever does."""
    client.settimeout(0.1)
    for _ in range(600):
        try:
            client.sendall(drop)
            return client.recv(4096)
        except TimeoutError:
            continue
        except OSError:
            return b""
    return None


def test_t90_a_trickle_does_not_prolong_a_head() -> None:
    with running_plane(limits=QUICK) as plane, plane.connect() as client:
        assert status_of(trickled(client, b"X") or b"") == 408


def test_t90_a_client_that_says_nothing_is_closed_without_a_word() -> None:
    with running_plane(limits=QUICK) as plane, plane.connect() as client:
        assert read_all(client) == b""


def test_t90_a_body_that_stops_is_408() -> None:
    with (
        raw_upstream() as upstream,
        running_plane(upstream=upstream.port, limits=QUICK) as plane,
        plane.connect() as client,
    ):
        client.sendall(b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 10\r\n\r\nabc")
        assert status_of(read_all(client)) == 408
        assert upstream.ended.wait(5)


PATIENT_STREAMS = {**QUICK, "stream_idle": 600}


def test_t90_a_body_that_stops_ends_the_connection_after_its_408() -> None:
    with (
        raw_upstream() as upstream,
        running_plane(upstream=upstream.port, limits=PATIENT_STREAMS) as plane,
        plane.connect() as client,
    ):
        client.sendall(b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 10\r\n\r\nabc")
        answer = read_until(client, b"\r\n\r\n")
        assert b"Connection: close" in answer
        read_all(client)  # raises when nothing comes and it is not closed


def test_t90_a_refused_body_that_stops_ends_the_connection() -> None:
    with running_plane("Refusing", limits=PATIENT_STREAMS) as plane, plane.connect() as client:
        client.sendall(b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 10\r\n\r\nabc")
        assert status_of(read_all(client)) == 403


def test_f15_a_body_that_only_trickles_is_408() -> None:
    slowly = {**QUICK, "body_idle": 60, "body_span": 0.6, "body_rate": 1000}
    with (
        raw_upstream() as upstream,
        running_plane(upstream=upstream.port, limits=slowly) as plane,
        plane.connect() as client,
    ):
        client.sendall(b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 100000\r\n\r\n")
        answer = trickled(client, b"x") or b""
    assert status_of(answer) == 408
    assert b"too_slow" in answer


def test_t90_an_idle_connection_is_closed() -> None:
    with (
        raw_upstream() as upstream,
        running_plane(upstream=upstream.port, limits=QUICK) as plane,
        plane.connect() as client,
    ):
        client.sendall(GET)
        read_until(client, b"\r\n\r\nok")
        assert read_all(client) == b""


def test_t90_empty_lines_keep_no_connection() -> None:
    with (
        raw_upstream() as upstream,
        running_plane(upstream=upstream.port, limits=QUICK) as plane,
        plane.connect() as client,
    ):
        client.sendall(GET)
        read_until(client, b"\r\n\r\nok")
        assert trickled(client, b"\r\n") == b""


def test_f15_a_client_that_takes_nothing_is_cut() -> None:
    def large(connection: socket.socket, _asked: Asked) -> bool:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
        for _ in range(100):
            connection.sendall(b"x" * 1_000_000)
        return False

    with (
        raw_upstream(large) as upstream,
        running_plane(upstream=upstream.port, limits=QUICK) as plane,
        plane.connect() as client,
    ):
        client.sendall(GET)
        assert upstream.ended.wait(15)


def test_f15_a_client_that_reads_slowly_but_steadily_gets_all() -> None:
    size = 8_000_000
    with (
        raw_upstream(ok(b"x" * size)) as upstream,
        running_plane(upstream=upstream.port, limits=QUICK) as plane,
        plane.connect() as client,
    ):
        client.sendall(GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        received = 0
        while chunk := client.recv(400_000):
            received += len(chunk)
            time.sleep(0.15)
    assert received > size


def test_t90_an_answer_that_stops_for_good_is_cut() -> None:
    def stops(connection: socket.socket, _asked: Asked) -> bool:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
        return bool(connection.recv(1))

    with (
        raw_upstream(stops) as upstream,
        running_plane(upstream=upstream.port, limits=QUICK) as plane,
    ):
        assert plane.ask(GET).endswith(b"abc")
        assert upstream.ended.wait(5)


def test_a_client_that_leaves_takes_its_upstream_connection_along() -> None:
    def silent(connection: socket.socket, _asked: Asked) -> bool:
        return bool(connection.recv(1))

    with raw_upstream(silent) as upstream, running_plane(upstream=upstream.port) as plane:
        with plane.connect() as client:
            client.sendall(GET)
            while not upstream.asked:
                time.sleep(0.01)
        assert upstream.ended.wait(5)


def test_t90_connections_of_one_address_are_capped() -> None:
    with running_plane(limits={"connections_per_address": 3}) as plane:
        held = [plane.connect() for _ in range(3)]
        time.sleep(0.3)
        answer = plane.ask(GET)
        assert status_of(answer) == 503
        assert b"too_many_connections" in answer
        with socket.create_connection(
            ("127.0.0.1", plane.port), timeout=10, source_address=("127.0.0.9", 0)
        ) as other:
            other.sendall(GET)
            assert status_of(read_until(other, b"}")) == 502
        held.pop().close()
        time.sleep(0.3)
        with plane.connect() as again:
            again.sendall(GET)
            assert status_of(read_until(again, b"}")) == 502
        for each in held:
            each.close()


def test_t90_all_connections_together_are_capped() -> None:
    with running_plane(limits={"connections": 2}) as plane:
        with plane.connect(), plane.connect():
            time.sleep(0.3)
            assert status_of(plane.ask(GET)) == 503
        time.sleep(0.3)
        assert (
            status_of(plane.ask(GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))) == 502
        )


def test_a_connection_ends_after_so_many_requests() -> None:
    with (
        raw_upstream() as upstream,
        running_plane(upstream=upstream.port, limits={"requests_per_connection": 3}) as plane,
    ):
        answers = plane.ask(GET * 5)
    assert answers.count(b"HTTP/1.1 200 OK") == 3
    assert answers.count(b"Connection: close") == 1


def test_no_socket_is_left_behind() -> None:
    with raw_upstream() as upstream, running_plane(upstream=upstream.port, limits=QUICK) as plane:
        base = plane.open_sockets()
        for _ in range(30):
            _abandoned(plane, b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 10000000\r\n\r\n")
            _abandoned(
                plane, b"POST /-/gate/x HTTP/1.1\r\n" + HOST + b"Content-Length: 9999999\r\n\r\n"
            )
            _abandoned(plane, b"GET / HT")
            _abandoned(plane, GET)
        assert settled(plane, base)


def _abandoned(plane: PlaneProcess, request: bytes) -> None:
    client = plane.connect()
    sender = threading.Thread(target=_pushed, args=(client, request), daemon=True)
    sender.start()
    sender.join(0.02)
    client.close()


def _pushed(client: socket.socket, request: bytes) -> None:
    try:
        client.sendall(request + b"x" * 2_000_000)
    except OSError:
        return


def test_f14_idle_connections_are_light() -> None:
    with running_plane(limits={"connections_per_address": 5000}) as plane:
        before = plane.resident()
        held = [plane.connect() for _ in range(1000)]
        time.sleep(0.5)
        assert plane.resident() - before < 1000 * 40
        for each in held:
            each.close()
        assert settled(plane, 20)


def test_t95_odd_values_end_no_process() -> None:
    odd = [
        b"Sec-WebSocket-Protocol: \xe9\xff\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n",
        b"Cookie: \r\n",
        b"Cookie: =; ;;=\r\n",
        b"Range: bytes=9-1,x\r\n",
        b"Authorization: \xff\r\n",
        b"Accept: \xff\xfe\r\n",
        b"Expect: 200-ok\r\n",
        b"Connection: ,,,\r\n",
        b"Content-Length: 99999999999999999999\r\n",
    ]
    with raw_upstream() as upstream, running_plane(upstream=upstream.port) as plane:
        for header in odd:
            answer = plane.ask(b"GET / HTTP/1.1\r\n" + HOST + header + b"Connection: close\r\n\r\n")
            assert status_of(answer) in {200, 400}, header
        assert status_of(plane.ask(b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n")) == 400
        assert plane.process.poll() is None


@pytest.mark.parametrize("enforcer", ["Raising", "Refusing"])
def test_t95_no_refusal_leaves_a_trace_of_a_crash(enforcer: str) -> None:
    with running_plane(enforcer) as plane:
        for _ in range(20):
            plane.ask(GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        assert "Unhandled" not in plane.log.read_text()
