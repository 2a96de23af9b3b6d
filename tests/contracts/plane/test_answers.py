"""What upstreams answer, however odd, and framing of permitted requests (T29, T30, T32, T104)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.contracts.plane.conftest import House
from tests.contracts.plane.test_smuggling import CHUNKS, gadgets
from tests.contracts.plane.test_streams import head_of, upgrade
from tests.support.gate_process import parsed, read_answer


def cookie_of(house: House, name: str = "alice") -> bytes:
    return f"Cookie: {house.gate.cookie_name}={house.token(name)}\r\n".encode()


def test_t30_a_permitted_gadget_gives_the_upstream_one_request_or_none(house: House) -> None:
    """The framing alone stands between the smuggled request and the upstream here."""
    line = b"POST /public/x HTTP/1.1\r\n"
    allowed = b"POST /open/x HTTP/1.1\r\n" + cookie_of(house)
    for name, sent in gadgets():
        before = len(house.upstream.asked)
        answer = parsed(house.gate.raw(sent.replace(line, allowed, 1)))
        asked = house.upstream.asked[before:]
        assert not any(b"smuggled" in each.line for each in asked), name
        assert len(asked) <= 1, name
        assert answer.status in {200, 0, 400, 431}, name
        for each in asked:
            framing = each.values(b"content-length") + each.values(b"transfer-encoding")
            assert len(framing) == 1, name
            assert not set(each.head) & {0, 11, 12, 127}, name


@pytest.mark.parametrize("chunks", CHUNKS)
def test_t30_chunks_reach_the_upstream_in_their_one_plain_form(house: House, chunks: bytes) -> None:
    head = b"POST /open/x HTTP/1.1\r\nHost: echo.test\r\n" + cookie_of(house)
    before = len(house.upstream.asked)
    house.gate.raw(head + b"Transfer-Encoding: chunked\r\n\r\n" + chunks)
    for asked in house.upstream.asked[before:]:
        assert asked.body in {b"", b"5\r\nhello\r\n"}


@pytest.mark.parametrize(
    "chunks",
    [
        b"5;ext=1\r\nhello\r\n0\r\n\r\n",
        b'5;a="\r\n"\r\nhello\r\n0\r\n\r\n',
        b"5\r\nhello\r\n0\r\nRemote-User: root\r\n\r\n",
        b"000005\r\nhello\r\n000\r\n\r\n",
    ],
)
def test_t30_extensions_and_trailers_are_not_carried_over(house: House, chunks: bytes) -> None:
    head = b"POST /open/x HTTP/1.1\r\nHost: echo.test\r\n" + cookie_of(house)
    before = len(house.upstream.asked)
    house.gate.raw(head + b"Transfer-Encoding: chunked\r\n\r\n" + chunks)
    for asked in house.upstream.asked[before:]:
        assert b"ext" not in asked.body
        assert b"root" not in asked.body + asked.head


def test_t32_a_flood_of_interim_answers_is_survived(house: House) -> None:
    answer = house.gate.ask("/interim-flood", "echo.test", token=house.token("alice"))
    assert answer.status in {200, 502}
    assert house.gate.ask("/x", "echo.test", token=house.token("alice")).status == 200


@pytest.mark.parametrize("path", ["/huge-head", "/not-http", "/cl-and-te", "/two-lengths"])
def test_t32_what_is_no_clean_answer_is_502(house: House, path: str) -> None:
    answer = house.gate.ask(path, "echo.test", token=house.token("alice"))
    assert (answer.status, answer.reason) == (502, "upstream_down")


def test_t32_an_answer_that_breaks_off_is_not_whole(house: House) -> None:
    sent = b"GET /cut HTTP/1.1\r\nHost: echo.test\r\n" + cookie_of(house) + b"\r\n"
    with house.gate.connect() as connection:
        connection.sendall(sent * 2)
        raw = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert raw.count(b"HTTP/1.1") == 1
    assert raw.endswith(b"\r\n\r\nabc")


def test_t32_a_304_with_a_body_leaves_the_connection_in_step(house: House) -> None:
    head = b"Host: echo.test\r\n" + cookie_of(house)
    first = b"GET /not-modified-with-body HTTP/1.1\r\n" + head + b"\r\n"
    second = b"GET /after HTTP/1.1\r\n" + head + b"Connection: close\r\n\r\n"
    raw = house.gate.until_closed(first + second)
    assert [part[:3] for part in raw.split(b"HTTP/1.1 ")[1:3]] == [b"304", b"200"]
    assert b"a body of a 304" not in raw


def test_t32_t49_no_answer_reaches_another_person(house: House) -> None:
    names = [("alice", "bob")[number % 2] for number in range(8)]

    def asks(number: int) -> bool:
        name = names[number]
        with house.gate.connect() as connection:
            for count in range(15):
                line = f"GET /who-{number}-{count} HTTP/1.1\r\nHost: echo.test\r\n".encode()
                connection.sendall(line + cookie_of(house, name) + b"\r\n")
                answer = parsed(read_answer(connection))
                told = answer.json()
                if f"/who-{number}-{count} " not in told["line"]:
                    return False
                if dict(told["headers"])["Remote-User"] != name:
                    return False
        return True

    house.token("alice"), house.token("bob")
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(asks, range(len(names))))


@pytest.mark.parametrize("status", [401, 403, 404, 500, 503])
def test_t104_a_sites_own_errors_are_its_own(house: House, status: int) -> None:
    answer = house.gate.ask(f"/status-{status}", "echo.test", token=house.token("alice"))
    assert (answer.status, answer.body, answer.reason) == (status, b"the site's own", "")
    denied = house.gate.ask(f"/status-{status}", "echo.test")
    assert (denied.status, denied.reason) == (401, "needs_sign_in")


def test_t104_an_upstream_that_is_down_makes_no_refusal_a_permit(house: House) -> None:
    assert house.gate.ask("/x", "down.test").reason == "upstream_down"
    answer = house.gate.ask("/x", "down.test", headers=[("Authorization", "Basic eDp5")], page=True)
    assert answer.status == 502
    assert "eDp5" not in answer.text


def test_t29_bytes_before_the_101_reach_no_upstream(house: House) -> None:
    sent = upgrade(house, house.token("alice"))
    before = len(house.upstream.received)
    with house.gate.connect() as connection:
        connection.sendall(sent + b"\x81\x05early")
        head_of(connection)
    assert b"early" not in bytes(house.upstream.received[before:])


@pytest.mark.parametrize(
    "change",
    [
        (b"GET /ws", b"POST /ws"),
        (b"websocket", b"websocket, h2c"),
        (b"Sec-WebSocket-Version: 13", b"Sec-WebSocket-Version: 8"),
        (b"Upgrade: websocket", b"Upgrade: WEBSOCKET\r\nUpgrade: h2c"),
        (b"dGhlIHNhbXBsZSBub25jZQ==", b"short"),
        (b"HTTP/1.1", b"HTTP/1.0"),
    ],
)
def test_t29_half_a_handshake_opens_no_tunnel(house: House, change: tuple[bytes, bytes]) -> None:
    sent = upgrade(house, house.token("alice")).replace(*change)
    with house.gate.connect() as connection:
        connection.sendall(sent)
        assert not head_of(connection).startswith(b"HTTP/1.1 101")
