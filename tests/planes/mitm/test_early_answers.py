"""Answers that come before the request's body was read, from upstreams that close at once (F10)."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

import pytest

from tests.support.plane_process import PlaneProcess, read_all, running_plane
from tests.support.raw_upstream import Asked, body_of, raw_upstream, status_of

BODY = 8_000_000  # far more than sockets hold
TRIES = 15
TOLD = {"body": b"too large" * 1000}
ANSWER = b"HTTP/1.1 413 Too Large\r\nContent-Length: %d\r\n\r\n" % len(TOLD["body"]) + TOLD["body"]
HEAD = b"POST /upload HTTP/1.1\r\nHost: wiki.test\r\n"


def refuses(connection: socket.socket, _asked: Asked) -> bool:
    """Answer and close, with most of the body unread: the kernel sends a reset."""
    connection.sendall(ANSWER)
    return False


def whole(connection: socket.socket) -> None:
    """Send a body with its length."""
    connection.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % BODY)
    for _ in range(BODY // 65_536):
        connection.sendall(b"x" * 65_536)


def in_chunks(connection: socket.socket) -> None:
    """Send a body that never ends."""
    connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    for _ in range(BODY // 65_536):
        connection.sendall(b"10000\r\n" + b"x" * 65_536 + b"\r\n")


def upload(plane: PlaneProcess, send: Callable[[socket.socket], None]) -> bytes:
    """Send a body and read at the same time, as browsers do."""
    with plane.connect() as client:
        client.settimeout(60)

        def sending() -> None:
            try:
                send(client)
            except OSError:
                return  # the plane has heard enough

        sender = threading.Thread(target=sending)
        sender.start()
        answer = read_all(client)
        sender.join()
        return answer


@pytest.mark.parametrize("send", [whole, in_chunks])
def test_f10_an_answer_before_the_end_of_a_large_body_always_arrives(
    send: Callable[[socket.socket], None],
) -> None:
    with (
        raw_upstream(refuses, heads_only=True) as upstream,
        running_plane(upstream=upstream.port, limits={"linger": 0.5}) as plane,
    ):
        answers = [upload(plane, send) for _ in range(TRIES)]
    assert [status_of(answer) for answer in answers] == [413] * TRIES
    assert {body_of(answer) for answer in answers} == {TOLD["body"]}
    assert all(b"\r\nConnection: close\r\n" in answer for answer in answers)


def test_f10_an_upstream_that_breaks_off_without_an_answer_is_still_502() -> None:
    with (
        raw_upstream(lambda _connection, _asked: False, heads_only=True) as upstream,
        running_plane(upstream=upstream.port, limits={"linger": 0.5}) as plane,
    ):
        assert status_of(upload(plane, whole)) == 502


def sent_until_cut(client: socket.socket) -> int:
    """Give how many bytes of a body without end go out until the plane ends the connection."""
    sent = 0
    try:
        while sent < 1_000_000_000:
            sent += client.send(b"x" * 65_536)
    except (ConnectionResetError, BrokenPipeError):
        return sent
    return sent


def test_t91_a_body_that_nobody_wants_is_not_read_for_ever() -> None:
    """Behind an answer the plane reads a bounded rest, waits for the client to read, and closes."""
    with (
        raw_upstream(refuses, heads_only=True) as upstream,
        running_plane(upstream=upstream.port, limits={"linger": 0.6}) as plane,
        plane.connect() as client,
    ):
        client.settimeout(60)
        client.sendall(HEAD + b"Content-Length: 100000000000\r\n\r\n")
        assert sent_until_cut(client) < 100_000_000
