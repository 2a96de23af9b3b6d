"""Values that can be taken once, in memory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gate.store.memory.tables import OneTimeValue, Tables


@dataclass(frozen=True, slots=True)
class MemoryOneTime:
    """Values that can be taken once: ceremonies, links, pre-session forms."""

    _tables: Tables

    def put(self, kind: str, key: str, payload: str, expires: datetime) -> None:
        """Store a payload under the hash of a token."""
        with self._tables.lock:
            self._tables.one_time[kind, key] = OneTimeValue(payload=payload, expires=expires)

    def peek(self, kind: str, key: str, now: datetime) -> str | None:
        """Give the payload and leave it."""
        return _live(self._tables.one_time.get((kind, key)), now)

    def take(self, kind: str, key: str, now: datetime) -> str | None:
        """Give the payload and delete it; None when gone or expired."""
        with self._tables.lock:
            return _live(self._tables.one_time.pop((kind, key), None), now)


def _live(value: OneTimeValue | None, now: datetime) -> str | None:
    return None if value is None or value.expires <= now else value.payload
