"""Live exchanges pass, and are cut within a second when they may not go on (G19)."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from gate.core.subject import SessionLimits
from tests.contracts.plane.conftest import House

LIMIT = 60.0  # seconds until a test gives up; the promise is one, a loaded machine may take longer


def upgrade(house: House, token: str | None, *more: str) -> bytes:
    """Give the head of a WebSocket handshake."""
    lines = [
        "GET /ws HTTP/1.1",
        "Host: echo.test",
        "Connection: keep-alive, Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        *more,
    ]
    if token is not None:
        lines.append(f"Cookie: {house.gate.cookie_name}={token}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


@contextmanager
def opened(house: House, sent: bytes) -> Iterator[socket.socket]:
    """Open a connection, send a head and read the answer's head."""
    with house.gate.connect() as connection:
        connection.sendall(sent)
        yield connection


def head_of(connection: socket.socket) -> bytes:
    got = b""
    while b"\r\n\r\n" not in got and (more := connection.recv(65_536)):
        got += more
    return got


def is_cut(connection: socket.socket) -> bool:
    """Wait until the other side closes; nobody asks for anything else meanwhile."""
    end = time.monotonic() + LIMIT
    while (left := end - time.monotonic()) > 0:
        connection.settimeout(left)
        try:
            if not connection.recv(65_536):
                return True
        except TimeoutError:
            return False
        except ConnectionResetError:
            return True
    return False


def test_t29_a_websocket_passes_bytes_both_ways(house: House) -> None:
    with opened(house, upgrade(house, house.token("bob"))) as connection:
        assert head_of(connection).startswith(b"HTTP/1.1 101 ")
        connection.sendall(b"\x81\x05hello")
        assert connection.recv(100) == b"\x81\x05hello"


def test_t29_a_stranger_opens_no_websocket(house: House) -> None:
    before = len(house.upstream.asked)
    with opened(house, upgrade(house, None)) as connection:
        assert head_of(connection).startswith(b"HTTP/1.1 401 ")
    assert len(house.upstream.asked) == before


def test_g30_a_websocket_of_another_sites_page_is_refused(house: House) -> None:
    sent = upgrade(house, house.token("bob"), "Origin: https://evil.test")
    with opened(house, sent) as connection:
        assert head_of(connection).startswith(b"HTTP/1.1 403 ")


@pytest.mark.parametrize(
    ("change", "back"),
    [
        (["account", "disable", "bob"], ["account", "enable", "bob"]),
        (["session", "revoke", "--account", "bob", "--all"], []),
        (
            ["account", "networks", "bob", "--add", "10.9.9.0/24"],
            ["account", "clear-networks", "bob"],
        ),
    ],
    ids=["disabled", "revoked", "narrowed"],
)
def test_g19_t43_a_change_cuts_an_open_websocket(
    house: House, change: list[str], back: list[str]
) -> None:
    with opened(house, upgrade(house, house.fresh("bob"))) as connection:
        assert head_of(connection).startswith(b"HTTP/1.1 101 ")
        house.gate.command(*change)
        assert is_cut(connection)
    if back:
        house.gate.command(*back)
    house.tokens.pop(("bob", "echo.test"), None)


def test_g19_the_end_of_a_session_cuts_an_open_websocket_without_any_event(
    house: House, person: str
) -> None:
    for seconds in (5, 20, 60):  # how long a machine may take to open it, quiet ones first
        old = SessionLimits().absolute - timedelta(seconds=seconds)
        token = house.gate.session(person, host="echo.test", age=old)
        with opened(house, upgrade(house, token)) as connection:
            if head_of(connection).startswith(b"HTTP/1.1 101 "):
                assert is_cut(connection)
                return
    pytest.fail("no session lived long enough to open anything")


def test_g19_t43_a_change_cuts_a_download_and_leaves_others_alone(house: House) -> None:
    def asked(token: str) -> bytes:
        cookie = f"Cookie: {house.gate.cookie_name}={token}"
        return f"GET /stream HTTP/1.1\r\nHost: echo.test\r\n{cookie}\r\n\r\n".encode()

    with (
        opened(house, asked(house.fresh("dave"))) as daves,
        opened(house, asked(house.token("alice"))) as alices,
    ):
        assert head_of(daves).startswith(b"HTTP/1.1 200 ")
        assert head_of(alices).startswith(b"HTTP/1.1 200 ")
        house.gate.command("session", "revoke", "--account", "dave", "--all")
        assert is_cut(daves)
        assert b"tick" in alices.recv(65_536)


def test_bob_is_turned_away_let_in_and_cut_off_by_his_own_list(house: House, person: str) -> None:
    """The whole of it: 10.9.9.0/24 alone, then 127.0.0.0/8 too, then not any more."""
    words = ("account", "networks", person)
    house.gate.command(*words, "--add", "10.9.9.0/24")
    token = house.fresh(person)
    answer = house.gate.ask("/x", "echo.test", token=token, page=True)
    assert (answer.status, answer.reason) == (403, "ip_not_allowed")
    assert "127.0.0.1" in answer.text
    assert "VPN" in answer.text
    house.gate.command(*words, "--add", "127.0.0.0/8")
    assert house.gate.ask("/x", "echo.test", token=token).status == 200
    with opened(house, upgrade(house, token)) as connection:
        assert head_of(connection).startswith(b"HTTP/1.1 101 ")
        house.gate.command(*words, "--remove", "127.0.0.0/8")
        assert is_cut(connection)
    assert house.gate.ask("/x", "echo.test", token=token).status in {401, 403}
