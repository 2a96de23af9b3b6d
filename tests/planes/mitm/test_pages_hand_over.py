"""The gate's own pages: handed over with the enforcer's headers, bounded, and never needed."""

from __future__ import annotations

import socket
import threading

import pytest

from tests.support.plane_process import read_all, read_until, running_plane
from tests.support.raw_upstream import Asked, body_of, ok, raw_upstream, status_of

LAST = b"GET %s HTTP/1.1\r\nHost: wiki.test\r\nConnection: close\r\nAccept: text/html\r\n\r\n"
PAGE = (
    b"HTTP/1.1 200 OK\r\nServer: pages\r\nSet-Cookie: __Host-gate=new; Path=/\r\n"
    b'Clear-Site-Data: "cookies"\r\nContent-Length: 7\r\n\r\nsign in'
)


def test_g22_pages_get_the_hand_over_and_answer_unchanged() -> None:
    with raw_upstream(PAGE) as pages, running_plane(pages=pages.port) as plane:
        answer = plane.ask(LAST % b"/-/gate/sign-in")
        assert body_of(answer) == b"sign in"
        assert b"Set-Cookie: __Host-gate=new; Path=/\r\n" in answer
        assert b'Clear-Site-Data: "cookies"\r\n' in answer
        assert b"Server" not in answer
        assert pages.asked[0].values(b"x-gate-handoff") == [b"secret"]
        assert pages.asked[0].path == b"/-/gate/sign-in"


def test_g22_pages_that_are_down_are_503() -> None:
    with running_plane() as plane:
        answer = plane.ask(LAST % b"/-/gate/sign-in")
    assert status_of(answer) == 503
    assert b"gate_unavailable" in answer


def test_f8_pages_work_while_the_upstream_is_down() -> None:
    with (
        raw_upstream(PAGE) as pages,
        running_plane(pages=pages.port) as plane,
        plane.connect() as client,
    ):
        client.sendall(b"GET / HTTP/1.1\r\nHost: wiki.test\r\n\r\n")
        assert status_of(read_until(client, b"}")) == 502
        client.sendall(LAST % b"/-/gate/sign-in")
        assert status_of(read_all(client)) == 200


@pytest.mark.parametrize(
    ("framing", "sent"),
    [
        pytest.param(b"Content-Length: 10000000", b"x", id="announced"),
        pytest.param(
            b"Transfer-Encoding: chunked", b"8000\r\n" + b"x" * 0x8000 + b"\r\n", id="chunked"
        ),
    ],
)
def test_t91_a_body_too_large_for_a_page_is_413(framing: bytes, sent: bytes) -> None:
    with (
        raw_upstream(PAGE) as pages,
        running_plane(pages=pages.port) as plane,
        plane.connect() as client,
    ):
        client.sendall(
            b"POST /-/gate/sign-in HTTP/1.1\r\nHost: wiki.test\r\n" + framing + b"\r\n\r\n"
        )
        client.sendall(sent * 4)
        assert status_of(read_all(client)) == 413


def test_a_form_reaches_the_pages() -> None:
    with raw_upstream(PAGE) as pages, running_plane(pages=pages.port) as plane:
        form = b"account=alice&password=x"
        head = b"POST /-/gate/sign-in HTTP/1.1\r\nHost: wiki.test\r\nConnection: close\r\n"
        answer = plane.ask(head + b"Content-Length: %d\r\n\r\n%s" % (len(form), form))
        assert body_of(answer) == b"sign in"
        assert pages.asked[0].body == form


# --- personal refusals -----------------------------------------------------------------------


def test_a_refusal_gets_its_page_from_the_pages_and_keeps_its_status() -> None:
    page = b"HTTP/1.1 200 OK\r\nSet-Cookie: planted=1\r\nContent-Length: 9\r\n\r\nfor alice"
    with raw_upstream(page) as pages, running_plane("Refusing", pages=pages.port) as plane:
        answer = plane.ask(LAST % b"/personal")
        assert status_of(answer) == 403
        assert body_of(answer) == b"for alice"
        assert b"Content-Length: 9\r\n" in answer
        assert b"planted" not in answer
        assert pages.asked[0].line == b"GET /-/gate/refusal HTTP/1.1"
        assert pages.asked[0].values(b"x-gate-refusal") == [b"e30="]


def slow_page(_connection: socket.socket, _asked: Asked) -> bool:
    return not threading.Event().wait(5)


def half_page(connection: socket.socket, _asked: Asked) -> bool:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    return False


def endless_page(connection: socket.socket, _asked: Asked) -> bool:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b"x" * 65536)


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(slow_page, id="slow"),
        pytest.param(half_page, id="cut off"),
        pytest.param(endless_page, id="endless"),
        pytest.param(b"I am no HTTP\r\n\r\n", id="garbage"),
        pytest.param(b"HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\noops", id="an error"),
        pytest.param(
            b"HTTP/1.1 303 See\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n", id="a redirect"
        ),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", id="an empty page"),
    ],
)
def test_t94_a_refusal_falls_back_to_its_static_page(script: object) -> None:
    with (
        raw_upstream(script) as pages,  # type: ignore[arg-type]  # each case is a script or bytes
        running_plane("Refusing", pages=pages.port, pages_timeout=0.5) as plane,
    ):
        before = plane.resident()
        answer = plane.ask(LAST % b"/personal")
        assert status_of(answer) == 403
        assert b"rule_denies" in body_of(answer)
        assert plane.resident() - before < 10_000


def test_a_refusal_without_pages_is_static() -> None:
    with running_plane("Refusing") as plane:
        assert b"rule_denies" in body_of(plane.ask(LAST % b"/personal"))


def test_a_personal_refusal_of_head_asks_nobody() -> None:
    with raw_upstream(ok(b"page")) as pages, running_plane("Refusing", pages=pages.port) as plane:
        answer = plane.ask((LAST % b"/personal").replace(b"GET", b"HEAD"))
        assert status_of(answer) == 403
        assert body_of(answer) == b""
        assert pages.asked == []
