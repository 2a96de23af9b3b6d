"""A bounded place for password hashing, so that a flood of sign-ins can't take the machine (R18).

One hash runs at a time per slot; a bounded number waits; whoever comes beyond that is told to
come again. Part of the queue is kept for people who come from a known browser or place (G16).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

SLOTS: Final = 1  # hashes at the same time, SECURITY F16
QUEUE: Final = 32  # waiting requests
KEPT_FOR_KNOWN: Final = 8  # places of the queue that strangers can't take
BUSY_WAIT: Final = timedelta(seconds=5)


class Busy(Exception):
    """The queue is full."""


class HashQueue:
    """Admits callers to hashing one after another, up to a bound."""

    def __init__(self, *, slots: int = SLOTS, queue: int = QUEUE) -> None:
        """Admit `slots` callers at once and let `queue` wait."""
        self._running = threading.Semaphore(slots)
        self._lock = threading.Lock()
        self._waiting = 0
        self._queue = queue

    @contextmanager
    def place(self, *, familiar: bool) -> Iterator[None]:
        """Wait for a slot and hold it; raises `Busy` when the queue is full."""
        self._enter(self._queue if familiar else max(1, self._queue - KEPT_FOR_KNOWN))
        try:
            with self._running:
                yield
        finally:
            with self._lock:
                self._waiting -= 1

    def _enter(self, most: int) -> None:
        with self._lock:
            if self._waiting >= most:
                raise Busy
            self._waiting += 1
