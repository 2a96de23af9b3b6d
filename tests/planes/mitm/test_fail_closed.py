"""Whatever goes wrong in a decision, the client gets 503 and the upstream gets nothing."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tests.support.plane_process import read_all, running_plane
from tests.support.raw_upstream import RawUpstream, body_of, raw_upstream, status_of

REQUESTS = [
    pytest.param(b"GET / HTTP/1.1\r\nHost: wiki.test\r\nConnection: close\r\n\r\n", id="get"),
    pytest.param(
        b"POST / HTTP/1.1\r\nHost: wiki.test\r\nConnection: close\r\n"
        b"Content-Length: 5\r\n\r\nhello",
        id="post",
    ),
    pytest.param(
        b"POST / HTTP/1.1\r\nHost: wiki.test\r\nConnection: close\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        id="chunked",
    ),
    pytest.param(
        b"GET / HTTP/1.1\r\nHost: wiki.test\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
        id="websocket",
    ),
]
BROKEN = ["Raising", "Cancelled", "Garbage", "HalfForward"]


@pytest.fixture(scope="module")
def upstream() -> Iterator[RawUpstream]:
    with raw_upstream() as found:
        yield found


@pytest.mark.parametrize("enforcer", BROKEN)
def test_f29_a_failing_decision_is_503_and_reaches_no_upstream(
    enforcer: str, upstream: RawUpstream
) -> None:
    with running_plane(enforcer, upstream=upstream.port) as plane:
        for request in [parameter.values[0] for parameter in REQUESTS] * 10:
            assert isinstance(request, bytes)
            assert status_of(plane.ask(request)) == 503
    assert upstream.connections == 0


@pytest.mark.parametrize("request_bytes", REQUESTS)
def test_t105_a_denied_request_reaches_no_upstream(
    request_bytes: bytes, upstream: RawUpstream
) -> None:
    with running_plane("Refusing", upstream=upstream.port) as plane:
        assert status_of(plane.ask(request_bytes)) == 403
    assert upstream.connections == 0


def test_f29_a_decision_that_hangs_lets_nothing_pass(upstream: RawUpstream) -> None:
    with running_plane("Hanging", upstream=upstream.port) as plane, plane.connect() as client:
        client.settimeout(1)
        client.sendall(b"GET / HTTP/1.1\r\nHost: wiki.test\r\n\r\n")
        with pytest.raises(TimeoutError):
            client.recv(1)
    assert upstream.connections == 0


def test_f29_an_answer_whose_headers_cannot_be_judged_is_withheld() -> None:
    secret = b"HTTP/1.1 200 OK\r\nSet-Cookie: s=1\r\nContent-Length: 6\r\n\r\nsecret"
    with (
        raw_upstream(secret) as upstream,
        running_plane("BlindToHeaders", upstream=upstream.port) as plane,
    ):
        answer = plane.ask(b"GET / HTTP/1.1\r\nHost: wiki.test\r\nConnection: close\r\n\r\n")
    assert status_of(answer) == 503
    assert b"secret" not in answer
    assert b"Set-Cookie" not in answer


def test_a_slow_decision_delays_and_does_no_more(upstream: RawUpstream) -> None:
    with running_plane("Slow", upstream=upstream.port) as plane:
        answer = plane.ask(b"GET / HTTP/1.1\r\nHost: wiki.test\r\nConnection: close\r\n\r\n")
    assert body_of(answer) == b"ok"


# --- early deny ------------------------------------------------------------------------------

POST = b"POST / HTTP/1.1\r\nHost: wiki.test\r\n%s\r\n\r\n"


def test_t105_a_body_that_is_never_sent_is_not_waited_for() -> None:
    with running_plane("Refusing") as plane, plane.connect() as client:
        client.sendall(POST % b"Content-Length: 1000000")
        answer = read_all(client)
    assert status_of(answer) == 403
    assert b"Connection: close" in answer


def test_t105_a_client_that_expects_continue_gets_the_final_answer_alone() -> None:
    with running_plane("Refusing") as plane, plane.connect() as client:
        client.sendall(POST % b"Expect: 100-continue\r\nContent-Length: 5")
        answer = read_all(client)
    assert answer.startswith(b"HTTP/1.1 403 ")
    assert b"100 Continue" not in answer


def test_t105_a_huge_unwanted_body_costs_no_memory() -> None:
    with running_plane("Refusing") as plane:
        before = plane.resident()
        for framing in [b"Content-Length: 300000000", b"Transfer-Encoding: chunked"]:
            with plane.connect() as client:
                client.sendall(POST % framing)
                answer = _flooded(client)
            assert status_of(answer) == 403
        assert plane.resident() - before < 10_000


def _flooded(client: socket.socket) -> bytes:
    chunk = b"ffff\r\n" + b"x" * 65535 + b"\r\n"
    try:
        for _ in range(1000):
            client.sendall(chunk)
    except OSError:
        pass
    return read_all(client)


def test_t30_a_small_unwanted_body_leaves_the_connection_in_step() -> None:
    with running_plane("Refusing") as plane, plane.connect() as client:
        smuggled = b"GET /smuggled HTTP/1.1\r\nHost: wiki.test\r\n\r\n"
        client.sendall(POST % (b"Content-Length: %d" % len(smuggled)) + smuggled)
        client.sendall(b"GET / HTTP/1.1\r\nHost: wiki.test\r\nConnection: close\r\n\r\n")
        answers = read_all(client)
    assert answers.count(b"HTTP/1.1 403 ") == 2


def test_a_thousand_pipelined_refusals_are_all_answered() -> None:
    limits = {"requests_per_connection": 10_000}
    with running_plane("Refusing", limits=limits) as plane:
        asked = b"GET / HTTP/1.1\r\nHost: wiki.test\r\n\r\n"
        end = b"GET / HTTP/1.1\r\nHost: wiki.test\r\nConnection: close\r\n\r\n"
        answers = plane.ask(asked * 1500 + end)
    assert answers.count(b"HTTP/1.1 403 ") == 1501


def test_a_refusal_of_head_has_no_body() -> None:
    with running_plane("Refusing") as plane:
        answer = plane.ask(b"HEAD / HTTP/1.1\r\nHost: wiki.test\r\nConnection: close\r\n\r\n")
    assert status_of(answer) == 403
    assert body_of(answer) == b""
