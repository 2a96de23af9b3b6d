"""Clocks: the system's, and two that tests hold in their hands."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's wall clock and its monotonic one."""

    def now(self) -> datetime:
        """Give the wall clock, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> timedelta:
        """Give the time since some fixed moment; never goes back."""
        return timedelta(microseconds=time.monotonic_ns() // 1000)


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock that stands still."""

    at: datetime

    def now(self) -> datetime:
        """Give the moment at which it stands."""
        return self.at

    def monotonic(self) -> timedelta:
        """Give no time passed."""
        return timedelta()


class AdjustableClock:
    """A clock that goes on when told; its wall can also be set, as an operator sets a wrong one."""

    def __init__(self, at: datetime) -> None:
        self._lock = threading.Lock()
        self._wall = at
        self._passed = timedelta()

    def now(self) -> datetime:
        """Give the wall clock."""
        return self._wall

    def monotonic(self) -> timedelta:
        """Give the time that `advance` let pass."""
        return self._passed

    def advance(self, by: timedelta) -> None:
        """Let time pass on both clocks."""
        if by < timedelta():
            raise ValueError("time does not go back; set the wall clock instead")
        with self._lock:
            self._wall += by
            self._passed += by

    def set_wall(self, at: datetime) -> None:
        """Set the wall clock alone; the monotonic one stays."""
        with self._lock:
            self._wall = at
