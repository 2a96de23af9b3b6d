"""Times and durations as whole microseconds, the form in which the databases hold them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

_START: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def micros(at: datetime) -> int:
    """Give the microseconds from 1970 to an aware time."""
    return (at - _START) // _MICROSECOND


def moment(since_start: int) -> datetime:
    """Give the time that so many microseconds after 1970 is, in UTC."""
    return _START + timedelta(microseconds=since_start)


def length(duration: timedelta) -> int:
    """Give the microseconds of a duration."""
    return duration // _MICROSECOND


def duration(microseconds: int) -> timedelta:
    """Give the duration of so many microseconds."""
    return timedelta(microseconds=microseconds)
