"""Counted attempts, and values that can be taken once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """So many attempts in so long a time."""

    attempts: int
    per: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserved:
    """An attempt was counted; a success gives this ticket back."""

    ticket: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Full:
    """No attempt is left; `wait` until one is."""

    wait: timedelta


class Attempts(Protocol):
    """Counted attempts, committed before the check they guard (G16)."""

    def reserve(self, lane: str, limits: Sequence[Limit], now: datetime) -> Reserved | Full:
        """Count an attempt in a lane if every limit leaves one; atomic."""
        ...

    def refund(self, ticket: str) -> None:
        """Take one counted attempt back."""
        ...

    def clear(self, prefix: str) -> int:
        """Forget the attempts of every lane that starts so; say how many."""
        ...


class OneTime(Protocol):
    """Values that can be taken once: ceremonies, links, pre-session forms."""

    def put(self, kind: str, key: str, payload: str, expires: datetime) -> None:
        """Store a payload under the hash of a token."""
        ...

    def peek(self, kind: str, key: str, now: datetime) -> str | None:
        """Give the payload and leave it."""
        ...

    def take(self, kind: str, key: str, now: datetime) -> str | None:
        """Give the payload and delete it, in one statement; None when gone or expired."""
        ...
