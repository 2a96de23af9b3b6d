"""Clients that ask all the while, each over one kept connection, while a test changes something.

client = KeptClient(port, Errand(path="/x", headers={"Host": "echo.test"}))
with asking([client]):
    ...
assert client.failed == []
"""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

PATIENCE: Final = 60.0  # seconds for one answer; a loaded machine is slow, and slow is no failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What a client asks, over and over, and the status that it has to get."""

    path: str
    headers: Mapping[str, str]
    status: int = 200


@dataclass(slots=True)
class KeptClient:
    """One client; `told` is what `mark` gave before each request, with the answer's body."""

    port: int
    errand: Errand
    mark: Callable[[], int] = lambda: 0
    told: list[tuple[int, bytes]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    _connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        """Open nothing yet; a connection that the gate ended is opened anew."""
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def ask(self) -> None:
        """Ask once, and note what came of it."""
        before = self.mark()
        try:
            self._connection.request("GET", self.errand.path, headers=dict(self.errand.headers))
            answer = self._connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.failed.append(repr(error))
            self._connection.close()
            return
        self.told.append((before, body))
        if answer.status != self.errand.status:
            self.failed.append(f"{answer.status} {body[:200]!r}")

    def ask_on(self, over: threading.Event) -> None:
        """Ask until it is over."""
        while not over.is_set():
            self.ask()
        self._connection.close()


@contextmanager
def asking(clients: Sequence[KeptClient]) -> Iterator[None]:
    """Let clients ask, each in a thread of its own."""
    over = threading.Event()
    threads = [threading.Thread(target=client.ask_on, args=(over,)) for client in clients]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()
