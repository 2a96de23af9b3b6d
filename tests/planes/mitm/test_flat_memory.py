"""Bodies that nobody takes wait at their sender: the process keeps little of them (T90, T91)."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.support.plane_process import PlaneProcess, read_until, running_plane
from tests.support.raw_upstream import Asked, raw_upstream, status_of

SIZE = 200_000_000
PART = b"x" * 100_000
MOST = 10_000  # KiB
PATIENCE = 60  # seconds
GET = b"GET / HTTP/1.1\r\nHost: wiki.test\r\nConnection: close\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: wiki.test\r\nContent-Length: %d\r\n\r\n" % SIZE
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % SIZE
STUCK = 8  # looks in a row at which no byte moved


@dataclass
class Sender:
    """Sends parts until all is sent or the other side is gone."""

    sent: int = 0

    def send(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while self.sent < SIZE:
                self.sent += connection.send(PART[: SIZE - self.sent])


def stuck(sender: Sender) -> bool:
    """Wait until a sender sends no more, although it has more."""
    looks, before, end = 0, -1, time.monotonic() + PATIENCE
    while looks < STUCK and time.monotonic() < end:
        looks = looks + 1 if sender.sent == before > 0 else 0
        before = sender.sent
        time.sleep(0.1)
    return looks == STUCK and sender.sent < SIZE


@contextlib.contextmanager
def sending(sender: Sender, connection: socket.socket) -> Iterator[None]:
    thread = threading.Thread(target=sender.send, args=(connection,), daemon=True)
    thread.start()
    yield
    thread.join(PATIENCE)


def answering(sender: Sender) -> Callable[[socket.socket, Asked], bool]:
    def script(connection: socket.socket, _asked: Asked) -> bool:
        connection.settimeout(PATIENCE)
        connection.sendall(HEAD)
        sender.send(connection)
        return False

    return script


def warmed_up(plane: PlaneProcess) -> int:
    """Give the memory of a process that has answered before."""
    for _ in range(20):
        plane.ask(b"GET / HTTP/1.1\r\nHost: unknown.test\r\n\r\n")
    return plane.resident()


def test_t91_an_answer_that_nobody_reads_takes_no_memory_and_arrives_whole_in_the_end() -> None:
    sender = Sender()
    with (
        raw_upstream(answering(sender)) as upstream,
        running_plane(upstream=upstream.port) as plane,
    ):
        before = warmed_up(plane)
        with plane.connect() as client:
            client.settimeout(PATIENCE)
            client.sendall(GET)
            assert stuck(sender)
            assert plane.resident() - before < MOST
            head, _, body = read_until(client, b"\r\n\r\n").partition(b"\r\n\r\n")
            assert status_of(head) == 200
            received = len(body)
            while part := client.recv(1 << 20):
                received += len(part)
            assert received == SIZE
            assert plane.resident() - before < MOST


def test_t90_a_client_that_reads_nothing_is_cut_and_its_upstream_too() -> None:
    sender = Sender()
    with (
        raw_upstream(answering(sender)) as upstream,
        running_plane(upstream=upstream.port, limits={"reader_idle": 0.6}) as plane,
        plane.connect() as client,
    ):
        client.sendall(GET)
        assert upstream.ended.wait(PATIENCE)
        assert 0 < sender.sent < SIZE


def test_t91_a_body_that_the_upstream_does_not_read_takes_no_memory() -> None:
    over, sender = threading.Event(), Sender()

    def deaf(_connection: socket.socket, _asked: Asked) -> bool:
        return not over.wait(PATIENCE)

    with (
        raw_upstream(deaf, heads_only=True) as upstream,
        running_plane(upstream=upstream.port) as plane,
    ):
        before = warmed_up(plane)
        with plane.connect() as client:
            client.sendall(POST)
            client.settimeout(PATIENCE)
            with sending(sender, client):
                assert stuck(sender)
                assert plane.resident() - before < MOST
                over.set()
                client.shutdown(socket.SHUT_RDWR)
