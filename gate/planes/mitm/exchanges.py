"""The registry of open exchanges: what is no longer permitted is cut within a second (G19).

Every exchange is in it from its permit to its last byte, with or without a session. It is decided
again when the store or the policy moved, when its permit runs out, and now and then for the clock.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol

from gate.planes.mitm.guard import Guard
from gate.service.answer import Exchange

AGAIN: Final = timedelta(seconds=1)  # between decisions on a permit that has run out
SWEEP: Final = timedelta(seconds=10)  # between decisions on all, should the wall clock be set
BATCH: Final = 200  # decisions before other work gets its turn


class Open(Protocol):
    """An exchange that can be ended."""

    def cut(self) -> None:
        """End it at once, on both sides."""


@dataclass(slots=True)
class _Entry:
    exchange: Exchange
    due: float | None  # on the loop's clock: when time may have ended the permit


class Exchanges:
    """Open exchanges of one process."""

    def __init__(self, guard: Guard) -> None:
        """Begin with none."""
        self._guard = guard
        self._open: dict[Open, _Entry] = {}
        self._swept = 0.0

    def __len__(self) -> int:
        return len(self._open)

    def add(self, opened: Open, exchange: Exchange, now: float) -> None:
        """Note an exchange at its permit."""
        until = exchange.granted_until
        due = None if until is None else now + (until - exchange.opened_at).total_seconds()
        self._open[opened] = _Entry(exchange, due)

    def discard(self, opened: Open) -> None:
        """Forget an exchange that is over."""
        self._open.pop(opened, None)

    async def watch(self, every: timedelta) -> None:
        """Decide open exchanges again for as long as the process lives."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(every.total_seconds())
            await self.look(loop.time())

    async def look(self, now: float) -> None:
        """Decide again what has to be, as of `now` on the loop's clock."""
        everything = self._guard.moved() or now - self._swept >= SWEEP.total_seconds()
        if everything:
            self._swept = now
        due = [
            (opened, entry)
            for opened, entry in self._open.items()
            if everything or (entry.due is not None and entry.due <= now)
        ]
        for count, (opened, entry) in enumerate(due, start=1):
            self._decide(opened, entry, now)
            if count % BATCH == 0:
                await asyncio.sleep(0)

    def _decide(self, opened: Open, entry: _Entry, now: float) -> None:
        if opened not in self._open:
            return
        if self._guard.still_permitted(entry.exchange):
            if entry.due is not None and entry.due <= now:
                entry.due = now + AGAIN.total_seconds()
        else:
            self.discard(opened)
            opened.cut()
