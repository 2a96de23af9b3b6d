"""The throttle's counters in memory."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gate.core.ports import Full, Limit, Reserved
from gate.store.memory.tables import Attempt, Tables


@dataclass(frozen=True, slots=True)
class MemoryAttempts:
    """Counted attempts."""

    _tables: Tables

    def reserve(self, lane: str, limits: Sequence[Limit], now: datetime) -> Reserved | Full:
        """Count an attempt in a lane if every limit leaves one; atomic."""
        with self._tables.lock:
            wait = max((self._wait(lane, limit, now) for limit in limits), default=timedelta())
            if wait > timedelta():
                return Full(wait=wait)
            ticket = secrets.token_hex(16)
            until = now + max((limit.per for limit in limits), default=timedelta())
            self._tables.attempts[ticket] = Attempt(lane=lane, at=now, until=until)
            return Reserved(ticket=ticket)

    def refund(self, ticket: str) -> None:
        """Take one counted attempt back."""
        with self._tables.lock:
            self._tables.attempts.pop(ticket, None)

    def clear(self, prefix: str) -> int:
        """Forget the attempts of every lane that starts so; say how many."""
        with self._tables.lock:
            found = [t for t, a in self._tables.attempts.items() if a.lane.startswith(prefix)]
            for ticket in found:
                del self._tables.attempts[ticket]
            return len(found)

    def _wait(self, lane: str, limit: Limit, now: datetime) -> timedelta:
        """Give the time until the limit leaves an attempt; none when it does now."""
        if limit.attempts < 1:
            return limit.per
        counted = sorted(
            attempt.at
            for attempt in self._tables.attempts.values()
            if attempt.lane == lane and attempt.at > now - limit.per
        )
        if len(counted) < limit.attempts:
            return timedelta()
        return counted[-limit.attempts] + limit.per - now
