"""Permitted requests: what the upstream gets and what the client gets back, byte for byte."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tests.support.plane_process import PlaneProcess, read_all, read_until, running_plane
from tests.support.raw_upstream import (
    Asked,
    RawUpstream,
    body_of,
    ok,
    raw_upstream,
    status_of,
)

GET = b"GET %s HTTP/1.1\r\nHost: wiki.test\r\n%s\r\n"

ANSWERS = {
    b"/chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    b"/trailers": b"HTTP/1.1 200 OK\r\nTrailer: X-T\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"3\r\nabc\r\n0\r\nX-T: 1\r\n\r\n",
    b"/interim": b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
    + ok(),
    b"/ten": b"HTTP/1.0 200 Fine\r\nContent-Length: 2\r\n\r\nok",
    b"/until-close": b"HTTP/1.1 200 OK\r\n\r\nall of it",
    b"/ten-until-close": b"HTTP/1.0 200 OK\r\n\r\nall of it",
    b"/closes": b"HTTP/1.1 200 OK\r\nConnection: close, X-Private\r\nX-Private: 1\r\n"
    b"Content-Length: 2\r\n\r\nok",
    b"/head": b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n",
    b"/204": b"HTTP/1.1 204 No Content\r\n\r\n",
    b"/304": b'HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\nETag: "x"\r\n\r\n',
    b"/folded": b"HTTP/1.1 200 OK\r\nX-Long: one\r\n two\r\nContent-Length: 2\r\n\r\nok",
    b"/early": b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig",
    b"/both": b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"0\r\n\r\n",
    b"/two": ok(b"one") + ok(b"two"),
    b"/junk": b"I am no HTTP\r\n\r\n",
    b"/huge-head": b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000,
    b"/cut": b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
    b"/cut-chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    b"/own-cookie": b"HTTP/1.1 200 OK\r\nSet-Cookie: __Host-gate=x\r\nSet-Cookie: a=b\r\n"
    b"Content-Length: 0\r\n\r\n",
}
LAST = {b"/ten", b"/until-close", b"/ten-until-close", b"/closes", b"/cut", b"/cut-chunk"}


def by_path(connection: socket.socket, asked: Asked) -> bool:
    connection.sendall(ANSWERS.get(asked.path, ok(b"plain")))
    return asked.path not in LAST


@pytest.fixture(scope="module")
def upstream() -> Iterator[RawUpstream]:
    with raw_upstream(by_path) as found:
        yield found


@pytest.fixture(scope="module")
def plane(upstream: RawUpstream) -> Iterator[PlaneProcess]:
    with running_plane(upstream=upstream.port) as found:
        yield found


@pytest.fixture
def client(plane: PlaneProcess) -> Iterator[socket.socket]:
    with plane.connect() as found:
        yield found


def last(path: bytes, method: bytes = b"GET") -> bytes:
    return b"%s %s HTTP/1.1\r\nHost: wiki.test\r\nConnection: close\r\n\r\n" % (method, path)


def test_the_upstream_gets_exactly_the_headers_of_the_permit(
    plane: PlaneProcess, upstream: RawUpstream
) -> None:
    plane.ask(
        b"GET /a?b=%41&c HTTP/1.1\r\nHost: wiki.test\r\nX-ODD-case:  two blanks \r\n"
        b"Cookie: a=b; __Host-gate=secret; c=d\r\nConnection: close, x-private\r\n"
        b"X-Private: 1\r\nRemote-User: root\r\nX_Forwarded_For: 6.6.6.6\r\n\r\n"
    )
    assert upstream.asked[-1].head == (
        b"GET /a?b=%41&c HTTP/1.1\r\nHost: wiki.test\r\nX-ODD-case: two blanks\r\n"
        b"Cookie: a=b; c=d\r\nX-Forwarded-For: 127.0.0.1"
    )


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param(
            b"/plain",
            b"Content-Length: 5\r\nCache-Control: private\r\nConnection: close\r\n\r\nplain",
            id="length stays length",
        ),
        pytest.param(
            b"/chunked",
            b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            id="chunked stays chunked",
        ),
        pytest.param(b"/trailers", b"\r\n\r\n3\r\nabc\r\n0\r\n\r\n", id="trailers are dropped"),
        pytest.param(b"/interim", b"\r\n\r\nok", id="interim answers are skipped"),
        pytest.param(b"/ten", b"\r\n\r\nok", id="an upstream of HTTP 1.0"),
        pytest.param(
            b"/until-close",
            b"\r\n\r\n9\r\nall of it\r\n0\r\n\r\n",
            id="a body that ends with the connection",
        ),
        pytest.param(
            b"/ten-until-close", b"\r\n\r\n9\r\nall of it\r\n0\r\n\r\n", id="the same of HTTP 1.0"
        ),
        pytest.param(
            b"/204", b"Cache-Control: private\r\nConnection: close\r\n\r\n", id="204 has no body"
        ),
        pytest.param(b"/304", b"\r\n\r\n", id="304 has no body"),
        pytest.param(b"/two", b"\r\n\r\none", id="surplus bytes are dropped"),
    ],
)
def test_t32_an_answer_arrives_in_its_framing(
    plane: PlaneProcess, path: bytes, expected: bytes
) -> None:
    assert plane.ask(last(path)).endswith(expected)


def test_an_answer_to_head_has_no_body(plane: PlaneProcess) -> None:
    answer = plane.ask(last(b"/head", b"HEAD"))
    assert b"Content-Length: 1000\r\n" in answer
    assert body_of(answer) == b""


def test_a_folded_value_arrives_on_one_line(plane: PlaneProcess) -> None:
    assert b"X-Long: one two\r\n" in plane.ask(last(b"/folded"))


def test_t46_an_upstream_cannot_set_cookies_of_the_gate(plane: PlaneProcess) -> None:
    answer = plane.ask(last(b"/own-cookie"))
    assert b"a=b" in answer
    assert b"__Host-gate" not in answer


def test_an_upstream_that_closes_leaves_the_client_connected(client: socket.socket) -> None:
    client.sendall(GET % (b"/closes", b""))
    first = read_until(client, b"\r\n\r\nok")
    assert b"Connection" not in first
    assert b"X-Private" not in first
    client.sendall(GET % (b"/plain", b""))
    assert read_until(client, b"plain").endswith(b"plain")


def test_t32_every_kind_of_answer_leaves_the_connection_in_step(client: socket.socket) -> None:
    paths = [b"/chunked", b"/trailers", b"/interim", b"/ten", b"/until-close", b"/204", b"/two"]
    for path in paths * 2:
        client.sendall(GET % (path, b"") + GET % (b"/step", b""))
        assert status_of(read_until(client, b"\r\n\r\nplain")) == (204 if path == b"/204" else 200)


@pytest.mark.parametrize("path", [b"/both", b"/junk", b"/huge-head"])
def test_t32_an_answer_that_can_be_read_in_two_ways_is_502(
    plane: PlaneProcess, path: bytes
) -> None:
    answer = plane.ask(last(path))
    assert status_of(answer) == 502
    assert b"upstream_down" in answer
    assert b"127.0.0.1" not in answer


@pytest.mark.parametrize("path", [b"/cut", b"/cut-chunk"])
def test_f10_a_truncated_answer_ends_the_connection_without_an_end(
    client: socket.socket, path: bytes
) -> None:
    client.sendall(GET % (path, b"") + GET % (b"/plain", b""))
    answer = read_all(client)
    assert status_of(answer) == 200
    assert not answer.endswith(b"0\r\n\r\n")
    assert b"plain" not in answer


def test_pipelined_requests_are_answered_in_order(client: socket.socket) -> None:
    client.sendall(b"".join(GET % (b"/chunked", b"") for _ in range(20)) + last(b"/plain"))
    answers = read_all(client)
    assert answers.count(b"HTTP/1.1 200 OK") == 21
    assert answers.endswith(b"plain")


def test_one_upstream_connection_serves_the_requests_of_a_client(
    client: socket.socket, upstream: RawUpstream
) -> None:
    before = upstream.connections
    for _ in range(5):
        client.sendall(GET % (b"/plain", b""))
        read_until(client, b"plain")
    assert upstream.connections == before + 1


POST = b"POST /echo HTTP/1.1\r\nHost: wiki.test\r\nConnection: close\r\n%s\r\n\r\n%s"


def test_a_body_with_a_length_keeps_it(plane: PlaneProcess, upstream: RawUpstream) -> None:
    plane.ask(POST % (b"Content-Length: 5", b"hello"))
    assert upstream.asked[-1].values(b"Content-Length") == [b"5"]
    assert upstream.asked[-1].values(b"Transfer-Encoding") == []
    assert upstream.asked[-1].body == b"hello"


def test_a_chunked_body_stays_chunked(plane: PlaneProcess, upstream: RawUpstream) -> None:
    plane.ask(POST % (b"Transfer-Encoding: chunked", b"5;ext=1\r\nhello\r\n0\r\nX-T: 1\r\n\r\n"))
    assert upstream.asked[-1].values(b"Content-Length") == []
    assert upstream.asked[-1].values(b"Transfer-Encoding") == [b"chunked"]
    assert upstream.asked[-1].body == b"5\r\nhello\r\n"


def test_an_empty_body_keeps_its_length(plane: PlaneProcess, upstream: RawUpstream) -> None:
    plane.ask(POST % (b"Content-Length: 0", b""))
    assert upstream.asked[-1].values(b"Content-Length") == [b"0"]


def test_a_client_that_expects_continue_gets_it_after_the_permit(client: socket.socket) -> None:
    client.sendall(POST % (b"Expect: 100-continue\r\nContent-Length: 5", b""))
    assert read_until(client, b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    client.sendall(b"hello")
    assert read_all(client).endswith(b"plain")


def test_an_old_client_gets_an_answer_that_ends_with_the_connection(plane: PlaneProcess) -> None:
    answer = plane.ask(b"GET /chunked HTTP/1.0\r\nHost: wiki.test\r\n\r\n")
    assert b"Transfer-Encoding" not in answer
    assert answer.endswith(b"\r\n\r\nabc")


def test_an_answer_before_the_end_of_the_body_is_passed_and_ends_the_connection() -> None:
    with (
        raw_upstream(ANSWERS[b"/early"], heads_only=True) as upstream,
        running_plane(upstream=upstream.port) as plane,
        plane.connect() as client,
    ):
        client.sendall(b"POST / HTTP/1.1\r\nHost: wiki.test\r\nContent-Length: 100000\r\n\r\nabc")
        answer = read_all(client)
        assert status_of(answer) == 413
        assert answer.endswith(b"big")


def dies_when_used_again(connection: socket.socket, asked: Asked) -> bool:
    """Answer one request and end at the next one, as an upstream does whose patience is over."""
    if asked.path == b"/again":
        return False
    connection.sendall(ok())
    return True


@pytest.mark.parametrize(
    ("request_line", "expected", "times"),
    [
        pytest.param(b"GET /again", 502, 2, id="a second connection is tried once"),
        pytest.param(b"POST /again", 502, 1, id="what may not be repeated goes once"),
    ],
)
def test_f8_a_request_is_repeated_at_most_once(
    request_line: bytes, expected: int, times: int
) -> None:
    with (
        raw_upstream(dies_when_used_again) as upstream,
        running_plane(upstream=upstream.port) as plane,
        plane.connect() as client,
    ):
        client.sendall(GET % (b"/first", b""))
        read_until(client, b"\r\n\r\nok")
        client.sendall(b"%s HTTP/1.1\r\nHost: wiki.test\r\n\r\n" % request_line)
        assert status_of(read_until(client, b"}")) == expected
        assert [asked.path for asked in upstream.asked].count(b"/again") == times


def test_a_reused_connection_that_died_is_replaced() -> None:
    answered: list[int] = []

    def script(connection: socket.socket, _asked: Asked) -> bool:
        answered.append(len(answered))
        if len(answered) == 2:
            return False
        connection.sendall(ok(b"%d" % len(answered)))
        return True

    with (
        raw_upstream(script) as upstream,
        running_plane(upstream=upstream.port) as plane,
        plane.connect() as client,
    ):
        client.sendall(GET % (b"/", b""))
        assert read_until(client, b"\r\n\r\n1")
        client.sendall(GET % (b"/", b""))
        assert read_until(client, b"\r\n\r\n3").endswith(b"3")


def test_many_upstream_connections_that_end_leave_nothing_behind() -> None:
    def closes(connection: socket.socket, _asked: Asked) -> bool:
        connection.sendall(ANSWERS[b"/closes"])
        return False

    limits = {"requests_per_connection": 10_000}
    with (
        raw_upstream(closes) as upstream,
        running_plane(upstream=upstream.port, limits=limits) as plane,
        plane.connect() as client,
    ):
        sockets = plane.open_sockets()
        for _ in range(300):
            client.sendall(GET % (b"/", b""))
            read_until(client, b"\r\n\r\nok")
        assert plane.open_sockets() <= sockets + 2
