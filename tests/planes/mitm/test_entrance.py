"""The entrance of the mitm plane: PROXY headers, handshakes that never end, and who is counted."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from ipaddress import IPv4Address

import pytest

from gate.core.proxy_protocol import SIGNATURE
from tests.support.certificates import Authority
from tests.support.gate_process import until
from tests.support.plane_process import PlaneProcess, read_all, read_until, running_plane
from tests.support.raw_upstream import status_of

HOST = "wiki.test"
GET = b"GET / HTTP/1.1\r\nHost: wiki.test\r\nConnection: close\r\n\r\n"
LINE = b"PROXY TCP4 203.0.113.9 192.0.2.1 4242 443\r\n"
BINARY = (
    SIGNATURE
    + b"\x21\x11\x00\x0f"
    + IPv4Address("203.0.113.9").packed
    + IPv4Address("192.0.2.1").packed
    + b"\x10\x92\x01\xbb\x04\x00\x00"
)
UNKNOWN = b"PROXY UNKNOWN\r\n"
LOCAL = SIGNATURE + b"\x20\x00\x00\x00"
QUICK = {"header": 0.6, "linger": 0.6}
PROXY = "127.0.0.9"


@pytest.fixture(scope="module")
def plane() -> Iterator[PlaneProcess]:
    with running_plane("Telling", proxies=[PROXY, "::1"], limits=QUICK) as running:
        yield running


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("entrance"))


@pytest.fixture(scope="module")
def secure(authority: Authority) -> Iterator[PlaneProcess]:
    pair = authority.write("a", HOST)
    with running_plane("Telling", proxies=[PROXY], tls=[pair], limits=QUICK) as running:
        yield running


def connect(plane: PlaneProcess, source: str = PROXY) -> socket.socket:
    return socket.create_connection(("127.0.0.1", plane.port), 60, (source, 0))


def said(plane: PlaneProcess, *parts: bytes, source: str = PROXY) -> bytes:
    """Send parts, each in a packet of its own, and give all that comes until the plane closes."""
    with connect(plane, source) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for part in parts:
            client.sendall(part)
        return read_all(client)


# --- who is meant --------------------------------------------------------------------------------


@pytest.mark.parametrize("header", [LINE, BINARY], ids=["v1", "v2"])
@pytest.mark.parametrize("together", [True, False])
def test_r7_the_address_is_the_one_that_the_proxy_names(
    plane: PlaneProcess, header: bytes, *, together: bool
) -> None:
    parts = (header + GET,) if together else (header[:9], header[9:], GET)
    assert said(plane, *parts).endswith(b"\r\n\r\n203.0.113.9|False|None")


def test_t05_the_address_of_the_header_is_not_overridden_by_another_one(
    plane: PlaneProcess,
) -> None:
    forged = GET.replace(b"\r\n\r\n", b"\r\nX-Forwarded-For: 10.0.0.1\r\n\r\n")
    assert said(plane, LINE + forged).endswith(b"203.0.113.9|False|None")


def test_local_is_the_proxy_and_unknown_is_nobody(plane: PlaneProcess) -> None:
    assert said(plane, LOCAL + GET).endswith(PROXY.encode() + b"|False|None")
    answer = said(plane, UNKNOWN + GET)
    assert status_of(answer) == 403
    assert b"ip_not_allowed" in answer


@pytest.mark.parametrize(
    "begin",
    [
        GET,
        b"PROXY TCP4 203.0.113.9\r\n" + GET,
        LINE.replace(b"\r\n", b"\n") + GET,
        SIGNATURE + b"\x21\x31" + (216).to_bytes(2) + bytes(216) + GET,
        SIGNATURE + b"\x21\x12\x00\x0c" + bytes(12) + GET,
        b"PROXY " + b"x" * 200,
        b"\x16\x03\x01\x02\x00",
    ],
)
def test_t06_a_proxy_without_a_whole_header_is_closed(plane: PlaneProcess, begin: bytes) -> None:
    assert said(plane, begin) == b""


@pytest.mark.parametrize("begin", [b"", b"P", LINE[:20], BINARY[:20]])
def test_r36_a_header_has_as_long_as_a_request_head(plane: PlaneProcess, begin: bytes) -> None:
    assert said(plane, begin) == b""
    with connect(plane) as client:
        client.sendall(begin)
        client.shutdown(socket.SHUT_WR)
        assert read_all(client) == b""


@pytest.mark.parametrize("header", [LINE, BINARY, UNKNOWN], ids=["v1", "v2", "unknown"])
def test_r7_from_anybody_else_a_header_is_no_http(plane: PlaneProcess, header: bytes) -> None:
    answer = said(plane, header + GET, source="127.0.0.1")
    assert status_of(answer) == 400
    assert said(plane, GET, source="127.0.0.1").endswith(b"127.0.0.1|False|None")


def test_a_second_header_is_no_http(plane: PlaneProcess) -> None:
    assert status_of(said(plane, LINE + LINE + GET)) == 400


# --- with TLS ------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", [LINE, BINARY], ids=["v1", "v2"])
def test_r7_the_header_comes_before_the_handshake(
    secure: PlaneProcess, authority: Authority, header: bytes
) -> None:
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = authority.trusting().wrap_bio(incoming, outgoing, server_hostname=HOST)
    with connect(secure) as client:
        shaking, first = True, header
        while shaking:
            try:
                tls.do_handshake()
                shaking = False
            except ssl.SSLWantReadError:
                client.sendall(first + outgoing.read())  # the header and the hello in one packet
                first = b""
                incoming.write(client.recv(65_536))
        tls.write(GET)
        client.sendall(outgoing.read())
        incoming.write(read_all(client))
    assert tls.read().endswith(b"203.0.113.9|True|wiki.test")


@pytest.mark.parametrize("begin", [LINE + GET, LINE + b"\x16\x03\x01\x00\x00", GET, b""])
def test_t06_what_is_no_handshake_behind_a_header_gets_nothing(
    secure: PlaneProcess, begin: bytes
) -> None:
    with connect(secure) as client:
        client.sendall(begin)
        assert b"HTTP/" not in read_all(client)


def test_r7_a_header_inside_tls_is_no_http(secure: PlaneProcess, authority: Authority) -> None:
    with connect(secure, "127.0.0.1") as bare:
        client = authority.trusting().wrap_socket(bare, server_hostname=HOST)
        with client:
            client.sendall(LINE + GET)
            assert status_of(read_all(client)) == 400


# --- who is counted ------------------------------------------------------------------------------


def answered(plane: PlaneProcess, *parts: bytes, source: str = PROXY) -> bool:
    try:
        return b" 200 OK" in said(plane, *parts, source=source)
    except OSError:
        return False


def test_r36_whoever_waits_at_the_entrance_counts_as_a_connection() -> None:
    limits = {"connections": 3, "header": 60}
    with running_plane("Telling", proxies=[PROXY], limits=limits) as plane:
        waiting = [connect(plane) for _ in range(3)]
        assert until(lambda: not answered(plane, LINE + GET), 60)
        for client in waiting:
            client.close()
        assert until(lambda: answered(plane, LINE + GET), 60)


def test_r36_the_cap_of_an_address_is_that_of_the_client_and_not_of_the_proxy() -> None:
    limits = {"connections_per_address": 2}
    with running_plane("Telling", proxies=[PROXY], limits=limits) as plane:
        held = [connect(plane) for _ in range(4)]
        for index, client in enumerate(held):
            client.sendall(LINE if index < 2 else LINE.replace(b"113.9", b"113.8"))
            client.sendall(GET.replace(b"Connection: close\r\n", b""))
            assert b" 200 OK" in read_until(client, b"|None")
        assert not answered(plane, LINE + GET)
        assert answered(plane, LINE.replace(b"113.9", b"113.7") + GET)
        for client in held:
            client.close()
        assert until(lambda: answered(plane, LINE + GET), 60)


def test_r36_a_handshake_counts_ends_in_time_and_leaves_nothing(authority: Authority) -> None:
    pair = authority.write("counted", HOST)
    limits = {"connections_per_address": 2, "header": 3}
    with running_plane("Telling", tls=[pair], limits=limits) as plane:
        before = plane.open_sockets()
        silent = [connect(plane, "127.0.0.3") for _ in range(2)]
        silent[1].sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")  # half a hello
        assert until(lambda: plane.open_sockets() == before + 2, 60)
        assert said(plane, source="127.0.0.3") == b""
        for client in silent:
            assert read_all(client) == b""
            client.close()
        for _ in range(20):
            connect(plane, "127.0.0.3").close()
        assert until(lambda: plane.open_sockets() <= before, 60)
        assert until(lambda: shakes(plane, authority.trusting(), "127.0.0.3"), 60)


def shakes(plane: PlaneProcess, context: ssl.SSLContext, source: str) -> bool:
    try:
        with connect(plane, source) as bare:
            context.wrap_socket(bare, server_hostname=HOST).close()
    except OSError:
        return False
    return True


@pytest.mark.parametrize("tls", [True, False])
def test_draining_sends_away_who_only_stands_at_the_entrance(
    authority: Authority, *, tls: bool
) -> None:
    pairs = [authority.write("drained", HOST)] if tls else []
    with running_plane("Telling", tls=pairs, proxies=[PROXY], limits={"header": 60}) as plane:
        source = "127.0.0.1" if tls else PROXY
        with connect(plane, source) as silent:
            assert until(lambda: plane.open_sockets() >= 3, 60)
            plane.say("drain")
            assert plane.process.wait(60) == 0
            assert read_all(silent) == b""
