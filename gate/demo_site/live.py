"""Live movements and counter messages: who listens, and what they hear every second.

Movements are made up and posted to stock overnight, so the stock list stays as it is.
"""

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from gate.demo_site.pages.clock import seconds
from gate.demo_site.stock import Company, Part
from gate.demo_site.websocket import Opcode, encode

EVERY: Final = 1.0  # second
MAX_MESSAGE: Final = 500  # characters of a counter message that are passed on


def movement(number: int, parts: list[Part]) -> dict[str, object]:
    """Give the movement of that number."""
    part = parts[number * 7 % len(parts)]
    change = (number * 13 % 9 - 6) or 4
    where = f"counter {number % 3 + 1}" if change < 0 else "goods in"
    return {"part": part.number, "description": part.description, "change": change, "where": where}


@dataclass(slots=True, kw_only=True)
class Live:
    """Everybody who listens; movements stop when the site does."""

    company: Company
    stopping: threading.Event = field(default_factory=threading.Event)
    _sockets: set[socket.socket] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def events(self) -> Iterator[bytes]:
        """Give an event a second, in the form of an event stream, until the site stops."""
        yield b"retry: 2000\n\n"
        number = 0
        while not self.stopping.is_set():
            yield f"id: {number}\ndata: {self._movement(number)}\n\n".encode()
            number += 1
            self.stopping.wait(EVERY)

    def join(self, connection: socket.socket) -> None:
        """Let a WebSocket hear what everybody hears."""
        with self._lock:
            self._sockets.add(connection)

    def leave(self, connection: socket.socket) -> None:
        """Forget a WebSocket."""
        with self._lock:
            self._sockets.discard(connection)

    def say(self, who: str, text: str) -> None:
        """Pass a counter message on to everybody."""
        words = {"kind": "message", "time": seconds(), "who": who, "text": text[:MAX_MESSAGE]}
        self._send_to_all(json.dumps(words))

    def send_movements(self) -> None:
        """Send a movement a second to every WebSocket until the site stops."""
        number = 0
        while not self.stopping.wait(EVERY):
            number += 1
            self._send_to_all(self._movement(number))

    def _movement(self, number: int) -> str:
        made = movement(number, list(self.company.parts.values()))
        return json.dumps({"kind": "movement", "time": seconds(), **made})

    def _send_to_all(self, text: str) -> None:
        frame = encode(Opcode.TEXT, text.encode("utf-8"))
        with self._lock:
            for connection in list(self._sockets):
                if not send_at_once(connection, frame):
                    self._sockets.discard(connection)


def send_at_once(connection: socket.socket, frame: bytes) -> bool:
    """Send a frame without waiting; who does not read is cut off, and False says so."""
    try:
        if connection.send(frame, socket.MSG_DONTWAIT) == len(frame):
            return True
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return False
    return False
