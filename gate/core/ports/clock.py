"""Time, as services ask for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Time as a value: tests hold it, the gate reads it."""

    def now(self) -> datetime:
        """Give the wall clock, aware, in UTC."""
        ...

    def monotonic(self) -> timedelta:
        """Give the time since some fixed moment; never goes back."""
        ...
