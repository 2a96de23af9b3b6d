"""An upstream of bare sockets: it records every byte and answers by script.

A script gets the connection and one request's head and body; it sends what it likes and says
whether the connection goes on.
"""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

POLL: Final = 0.05  # seconds


@dataclass
class Asked:
    """One request as it arrived."""

    head: bytes
    body: bytes = b""

    @property
    def line(self) -> bytes:
        return self.head.split(b"\r\n", 1)[0]

    @property
    def path(self) -> bytes:
        return self.line.split(b" ")[1]

    def values(self, name: bytes) -> list[bytes]:
        lines = self.head.split(b"\r\n")[1:]
        pairs = [line.split(b": ", 1) for line in lines if b": " in line]
        return [value for key, value in pairs if key.lower() == name.lower()]


type Script = Callable[[socket.socket, Asked], bool | None]


def says(raw: bytes) -> Script:
    """Give a script that sends fixed bytes and goes on."""

    def script(connection: socket.socket, _asked: Asked) -> bool:
        connection.sendall(raw)
        return True

    return script


def ok(body: bytes = b"ok", *headers: bytes) -> bytes:
    """Give the bytes of a plain answer."""
    lines = b"".join(header + b"\r\n" for header in headers)
    return b"HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s" % (lines, len(body), body)


@dataclass
class RawUpstream:
    """What a running upstream saw."""

    port: int
    script: Script
    heads_only: bool = False  # answer before the body
    asked: list[Asked] = field(default_factory=list)
    received: bytearray = field(default_factory=bytearray)  # every byte, of all connections
    connections: int = 0
    ended: threading.Event = field(default_factory=threading.Event)  # some connection is over

    def serve(self, connection: socket.socket) -> None:
        buffer = b""
        with connection, contextlib.suppress(OSError):
            while True:
                buffer = self._until(connection, buffer, b"\r\n\r\n")
                head, _, buffer = buffer.partition(b"\r\n\r\n")
                asked = Asked(head)
                self.asked.append(asked)
                if self.heads_only:
                    asked.body, buffer = buffer, b""  # what came along with the head
                elif asked.values(b"content-length"):
                    length = int(asked.values(b"content-length")[0])
                    while len(buffer) < length:
                        buffer += self._more(connection)
                    asked.body, buffer = buffer[:length], buffer[length:]
                elif asked.values(b"transfer-encoding"):
                    buffer = self._until(connection, buffer, b"0\r\n\r\n")
                    raw, _, buffer = buffer.partition(b"0\r\n\r\n")
                    asked.body = raw
                if not self.script(connection, asked):
                    break
        self.ended.set()

    def _more(self, connection: socket.socket) -> bytes:
        chunk = connection.recv(65536)
        if not chunk:
            raise ConnectionResetError
        if len(self.received) < 1_000_000:
            self.received += chunk
        return chunk

    def _until(self, connection: socket.socket, buffer: bytes, mark: bytes) -> bytes:
        while mark not in buffer:
            buffer += self._more(connection)
        return buffer


@contextmanager
def raw_upstream(
    script: Script | bytes | None = None,
    *,
    tls: ssl.SSLContext | None = None,
    heads_only: bool = False,
) -> Iterator[RawUpstream]:
    """Run an upstream; without a script it says ok to everything."""
    chosen = says(ok() if script is None else script) if not callable(script) else script
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    listener.settimeout(POLL)
    upstream = RawUpstream(listener.getsockname()[1], chosen, heads_only)
    over = threading.Event()
    open_now: list[socket.socket] = []

    def accept() -> None:
        while not over.is_set():
            with contextlib.suppress(OSError):
                connection = listener.accept()[0]
                connection.settimeout(60)
                if tls is not None:
                    connection = tls.wrap_socket(connection, server_side=True)
                upstream.connections += 1
                open_now.append(connection)
                threading.Thread(target=upstream.serve, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield upstream
    finally:
        over.set()
        thread.join()
        listener.close()
        for connection in open_now:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()


def status_of(answer: bytes) -> int:
    """Give the status of an answer, 0 when there is none."""
    found = re.match(rb"HTTP/1\.1 (\d{3})", answer)
    return int(found[1]) if found else 0


def body_of(answer: bytes) -> bytes:
    """Give what follows the head."""
    return answer.partition(b"\r\n\r\n")[2]
