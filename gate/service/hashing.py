"""A bounded place for password hashing, so that a flood of sign-ins can't take the machine (R18).

One hash runs at a time per slot; a bounded number waits; whoever comes beyond that is told to
come again. Part of the queue is kept for people who come from a known browser or place (G16).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Final

SLOTS: Final = 1  # hashes at the same time, SECURITY F16
QUEUE: Final = 32  # waiting requests
KEPT_FOR_KNOWN: Final = 8  # places of the queue that strangers can't take
BUSY_WAIT: Final = timedelta(seconds=5)


class Busy:
    """The queue was full and the work was not done."""


class HashQueue:
    """Admits callers to hashing one after another, up to a bound."""

    def __init__(self, *, slots: int = SLOTS, queue: int = QUEUE) -> None:
        """Admit `slots` callers at once and let `queue` wait."""
        self._running = threading.Semaphore(slots)
        self._lock = threading.Lock()
        self._waiting = 0
        self._queue = queue

    def run[T](self, work: Callable[[], T], *, familiar: bool) -> T | Busy:
        """Wait for a slot and do the work, unless too many wait already."""
        if not self._enter(self._queue if familiar else max(1, self._queue - KEPT_FOR_KNOWN)):
            return Busy()
        try:
            with self._running:
                return work()
        finally:
            with self._lock:
                self._waiting -= 1

    def _enter(self, most: int) -> bool:
        with self._lock:
            if self._waiting >= most:
                return False
            self._waiting += 1
            return True
