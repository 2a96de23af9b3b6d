"""Requests that two servers could read in two ways: refused before anything else, in bounds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.plane_process import PlaneProcess, read_all, read_until, running_plane
from tests.support.raw_upstream import RawUpstream, raw_upstream, status_of

HOST = b"Host: wiki.test\r\n"
FRAMED = (
    b"POST /x HTTP/1.1\r\n"
    + HOST
    + b"%s\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\n"
    + HOST
    + b"\r\n"
)


@pytest.fixture(scope="module")
def upstream() -> Iterator[RawUpstream]:
    with raw_upstream() as found:
        yield found


@pytest.fixture(scope="module")
def plane(upstream: RawUpstream) -> Iterator[PlaneProcess]:
    with running_plane(upstream=upstream.port) as found:
        yield found


@pytest.fixture(scope="module")
def passing() -> Iterator[tuple[PlaneProcess, RawUpstream]]:
    """A pair of their own for requests whose beginning passes."""
    with raw_upstream() as upstream, running_plane(upstream=upstream.port) as plane:
        yield plane, upstream


def refused(plane: PlaneProcess, upstream: RawUpstream, request: bytes) -> int:
    """Give the status of what must not reach the upstream."""
    before = len(upstream.received)
    answer = plane.ask(request)
    assert upstream.received[before:] == b""
    assert b"smuggled" not in answer
    return status_of(answer)


@pytest.mark.parametrize(
    "request_bytes",
    [
        pytest.param(b"GET / HTTP/1.1\n" + HOST + b"\r\n", id="bare LF after the request line"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: wiki.test\n\n", id="bare LF after a header"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: wiki.test\n\r\n", id="bare LF, then CRLF"),
        pytest.param(b"\nGET / HTTP/1.1\r\n" + HOST + b"\r\n", id="a bare LF in front"),
        pytest.param(
            b"GET / HTTP/1.1\r\n" + HOST + b"X: a\rRemote-User: root\r\n\r\n",
            id="bare CR in a value",
        ),
        pytest.param(b"GET / HTTP/1.1\r\n" + HOST + b"X: a\x00b\r\n\r\n", id="NUL in a value"),
        pytest.param(b"GET / HTTP/1.1\r\n" + HOST + b"X: a\r\n folded\r\n\r\n", id="folded value"),
        pytest.param(
            b"GET / HTTP/1.1\r\n X: a\r\n" + HOST + b"\r\n", id="blank before the first header"
        ),
        pytest.param(b"GET / HTTP/1.1\r\n" + HOST + b"X : a\r\n\r\n", id="blank before the colon"),
        pytest.param(b"GET / HTTP/1.1\r\n" + HOST + b"X\r\n\r\n", id="no colon"),
        pytest.param(b"GET / HTTP/1.1\r\n" + HOST + b": a\r\n\r\n", id="no name"),
        pytest.param(b"GET / HTTP/1.1\r\n" + HOST + b"X\xe9: a\r\n\r\n", id="8-bit name"),
        pytest.param(b"GET\t/ HTTP/1.1\r\n" + HOST + b"\r\n", id="TAB as separator"),
        pytest.param(b"GET  / HTTP/1.1\r\n" + HOST + b"\r\n", id="two blanks"),
        pytest.param(b"GET / x HTTP/1.1\r\n" + HOST + b"\r\n", id="blank in the target"),
        pytest.param(b"GET /\x0b HTTP/1.1\r\n" + HOST + b"\r\n", id="control in the target"),
        pytest.param(b"GET / HTTP/1.1 \r\n" + HOST + b"\r\n", id="blank after the version"),
        pytest.param(b"GET / http/1.1\r\n" + HOST + b"\r\n", id="lower-case version"),
        pytest.param(b"GET / HTTP/11\r\n" + HOST + b"\r\n", id="version without a dot"),
        pytest.param(b"GET /\r\n" + HOST + b"\r\n", id="HTTP 0.9"),
        pytest.param(b"GET http://b.test/ HTTP/1.1\r\n" + HOST + b"\r\n", id="absolute form"),
        pytest.param(b"GET wiki.test HTTP/1.1\r\n" + HOST + b"\r\n", id="no form at all"),
        pytest.param(b"GET / HTTP/1.1\r\n" + HOST + b"Host: b.test\r\n\r\n", id="two hosts"),
        pytest.param(b"GET / HTTP/1.1\r\nX: a\r\n\r\n", id="no host"),
        pytest.param(
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", id="TLS on a plain port"
        ),
    ],
)
def test_t30_an_odd_head_is_refused(
    plane: PlaneProcess, upstream: RawUpstream, request_bytes: bytes
) -> None:
    assert refused(plane, upstream, request_bytes) == 400


@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: chunked\r\nContent-Length: 5",
        b"Content-Length: 5\r\nContent-Length: 5",
        b"Content-Length: 5\r\nContent-Length: 6",
        b"Content-Length: 5, 5",
        b"Content-Length: +5",
        b"Content-Length: 05",
        b"Content-Length: 0x5",
        b"Content-Length: -1",
        b"Content-Length: 5_0",
        b"Content-Length:",
        b"Content-Length: 5\x0b",
        b"Transfer-Encoding: xchunked",
        b"Transfer-Encoding: chunkedx",
        b"Transfer-Encoding : chunked",
        b" Transfer-Encoding: chunked",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: chunked, identity",
        b"Transfer-Encoding: identity",
        b"Transfer-Encoding: gzip, chunked",
        b"Transfer-Encoding: chunked, chunked",
        b"Transfer-Encoding:",
        b"Transfer-Encoding: \x0bchunked",
        b"Transfer-Encoding:\x00chunked",
        b"Transfer-Encoding: chunked\x7f",
        b"Transfer-Encoding: \r\n chunked",
        b'Transfer-Encoding: "chunked"',
        b"Transfer-Encoding: chunked;x=1",
    ],
)
def test_t30_an_odd_framing_is_refused(
    plane: PlaneProcess, upstream: RawUpstream, framing: bytes
) -> None:
    assert refused(plane, upstream, FRAMED % framing) == 400


def test_t30_chunks_are_not_for_old_clients(plane: PlaneProcess, upstream: RawUpstream) -> None:
    request = (FRAMED % b"Transfer-Encoding: chunked").replace(b"HTTP/1.1", b"HTTP/1.0")
    assert refused(plane, upstream, request) == 400


@pytest.mark.parametrize(
    "body",
    [
        b"0x5\r\nhello\r\n0\r\n\r\n",
        b"5 5\r\nhello\r\n0\r\n\r\n",
        b"-5\r\nhello\r\n0\r\n\r\n",
        b"5\r\nhello0\r\n\r\n",
        b"5\nhello\r\n0\r\n\r\n",
        b"5;\nhello\r\n0\r\n\r\n",
        b"fffffffffffffffffffff\r\nhello",
        b"\r\nhello\r\n0\r\n\r\n",
        b"g\r\nhello\r\n0\r\n\r\n",
        b"5\r\nhello\r\n0\r\nno colon\r\n\r\n",
        b"5;" + b"x" * 100_000,
    ],
)
def test_t30_odd_chunks_end_the_exchange(
    passing: tuple[PlaneProcess, RawUpstream], body: bytes
) -> None:
    plane, upstream = passing
    before = len(upstream.asked)
    head = (
        b"POST /x HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    )
    assert status_of(plane.ask(head + body)) == 400
    complete = [asked for asked in upstream.asked[before:] if asked.body.endswith(b"hello\r\n")]
    assert complete == []


def test_t31_http2_is_refused_by_prior_knowledge(
    plane: PlaneProcess, upstream: RawUpstream
) -> None:
    preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00"
    assert refused(plane, upstream, preface) in {400, 505}


@pytest.mark.parametrize("version", [b"HTTP/2.0", b"HTTP/1.2", b"HTTP/0.9", b"HTTP/9.9"])
def test_t93_other_versions_are_refused(
    plane: PlaneProcess, upstream: RawUpstream, version: bytes
) -> None:
    assert refused(plane, upstream, b"GET / %s\r\n%s\r\n" % (version, HOST)) in {400, 505}


def test_t29_an_upgrade_to_h2c_is_no_upgrade(plane: PlaneProcess, upstream: RawUpstream) -> None:
    for spelling in (b"h2c", b"H2C", b"h2c, websocket"):
        upgrade = b"Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: %s\r\n" % spelling
        plane.ask(b"GET / HTTP/1.1\r\n" + HOST + upgrade + b"HTTP2-Settings: AAMAAABk\r\n\r\n")
        head = upstream.asked[-1].head.lower()
        assert b"upgrade" not in head
        assert b"http2-settings" not in head


@pytest.mark.parametrize("method", [b"CONNECT", b"TRACE", b"get", b"G<>T", b"X" * 8192])
def test_t23_odd_methods_are_refused(
    plane: PlaneProcess, upstream: RawUpstream, method: bytes
) -> None:
    request = b"%s / HTTP/1.1\r\n%sConnection: close\r\n\r\n" % (method, HOST)
    assert refused(plane, upstream, request) in {400, 405, 501}


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        pytest.param(
            b"GET /" + b"a" * 10_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414, id="long target"
        ),
        pytest.param(
            b"GET / HTTP/1.1\r\n"
            + HOST
            + b"X: "
            + b"a" * 64_000
            + b"\r\nY: "
            + b"a" * 3_000
            + b"\r\n\r\n",
            431,
            id="64 KB of header",
        ),
        pytest.param(
            b"GET / HTTP/1.1\r\n" + HOST + b"X: 1\r\n" * 101 + b"\r\n", 431, id="101 headers"
        ),
        pytest.param(b"GET / HTTP/1.1\r\nX: " + b"a" * 1_000_000, 431, id="a head without an end"),
    ],
)
def test_t91_a_head_beyond_its_bounds_is_refused(
    plane: PlaneProcess, upstream: RawUpstream, request_bytes: bytes, status: int
) -> None:
    assert refused(plane, upstream, request_bytes) == status


def test_t91_a_flood_of_headers_costs_no_memory(plane: PlaneProcess) -> None:
    before = plane.resident()
    with plane.connect() as client:
        client.sendall(b"GET / HTTP/1.1\r\n" + HOST)
        try:
            for _ in range(400):
                client.sendall(b"X: " + b"a" * 65536 * 4)
        except OSError:
            pass
    assert plane.resident() - before < 10_000


def test_t91_bytes_behind_a_request_under_way_are_bounded() -> None:
    def never(_connection: object, _asked: object) -> bool:
        return True

    with (
        raw_upstream(never) as upstream,
        running_plane(upstream=upstream.port) as plane,
        plane.connect() as client,
    ):
        before = plane.resident()
        client.sendall(b"GET / HTTP/1.1\r\n" + HOST + b"\r\n")
        flood = b"GET / HTTP/1.1\r\n" * 4_000_000
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            client.sendall(flood)
        assert plane.resident() - before < 10_000


def test_an_empty_line_before_a_request_is_skipped(plane: PlaneProcess) -> None:
    with plane.connect() as client:
        client.sendall(b"\r\n\r\nGET / HTTP/1.1\r\n" + HOST + b"\r\n")
        assert status_of(read_until(client, b"ok")) == 200


def test_a_head_may_come_byte_by_byte(plane: PlaneProcess) -> None:
    with plane.connect() as client:
        for byte in b"GET / HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n":
            client.sendall(bytes([byte]))
        assert status_of(read_all(client)) == 200
