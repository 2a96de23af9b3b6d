"""Windows of time: hours of the week in a zone, such as `Mon-Fri 08:00-18:00 Europe/Paris`.

Days may be lists and ranges and may be left out; a window that crosses midnight belongs to the
day it starts on. Where summer time skips an hour or repeats one, the edge of a window has two
readings: the narrow one begins late and ends early, the wide one the other way. Between the two
the condition is doubtful, and whoever decides takes the stricter answer of both (G19).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from gate.core.conditions.kind import did_you_mean, problem
from gate.core.located import Problems, Text

DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WHOLE_DAY: Final = 24 * 60  # minutes
AHEAD: Final = 9  # days in which the next edge of any weekly window lies, zone and night included

_SHAPE: Final = re.compile(
    r"(?:(?P<days>[A-Za-z,-]+) +)?"
    r"(?P<start>[0-2][0-9]:[0-5][0-9])-(?P<end>[0-2][0-9]:[0-5][0-9])"
    r"(?: +(?P<zone>[A-Za-z0-9_+/-]+))?"
)


class Span(NamedTuple):
    """One day's window as moments, in both readings; ends are outside."""

    wide_start: datetime
    start: datetime
    end: datetime
    wide_end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Hours of some days of the week; minutes count from midnight, `end` may lie behind it."""

    text: str
    days: frozenset[int]
    start: int
    end: int
    zone: ZoneInfo

    def holds(self, now: datetime, *, wide: bool) -> bool:
        """Say whether the moment lies in the window, in one reading of the clock."""
        for span in self._around(now):
            if wide and span.wide_start <= now < span.wide_end:
                return True
            if not wide and span.start <= now < span.end:
                return True
        return False

    def edges(self, now: datetime) -> Iterator[datetime]:
        """Give the moments after now at which the window opens or closes, in both readings."""
        today = now.astimezone(self.zone).date()
        for ahead in range(-2, AHEAD):
            day = today + timedelta(days=ahead)
            if day.weekday() in self.days:
                yield from (edge for edge in _span(self, day) if edge > now)

    def _around(self, now: datetime) -> Iterator[Span]:
        """Give the spans that can hold the moment: a night's, and one of a skipped midnight."""
        today = now.astimezone(self.zone).date()
        for ahead in (-1, 0, 1):
            day = today + timedelta(days=ahead)
            if day.weekday() in self.days:
                yield _span(self, day)


@lru_cache(maxsize=4096)
def _span(window: Window, day: date) -> Span:
    """Give a day's window as moments; a local time that is skipped or repeated has two."""
    starts = _moments(window, day, window.start)
    ends = _moments(window, day, window.end)
    return Span(min(starts), max(starts), min(ends), max(ends))


def _moments(window: Window, day: date, minutes: int) -> tuple[datetime, datetime]:
    days, minute = divmod(minutes, WHOLE_DAY)
    local = datetime(day.year, day.month, day.day, tzinfo=window.zone)
    local += timedelta(days=days, minutes=minute)
    return local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)


def parse_window(text: Text) -> Window | Problems:
    """Give the window that a text describes, or everything that is wrong with it."""
    match = _SHAPE.fullmatch(" ".join(text.value.split()))
    if match is None:
        return problem(
            text.at, f"time `{text.value}` is not like `Mon-Fri 08:00-18:00 Europe/Paris`"
        )
    days, zone = _days(match["days"], text), _zone(match["zone"], text)
    hours = _hours(match["start"], match["end"], text)
    if isinstance(days, Problems) or isinstance(zone, Problems) or isinstance(hours, Problems):
        found = [each for each in (days, hours, zone) if isinstance(each, Problems)]
        return Problems(items=tuple(item for each in found for item in each.items))
    return Window(text=text.value, days=days, start=hours[0], end=hours[1], zone=zone)


def _days(written: str | None, text: Text) -> frozenset[int] | Problems:
    if written is None:
        return frozenset(range(len(DAYS)))
    found: set[int] = set()
    for part in written.split(","):
        first, dash, last = part.partition("-")
        for day in (first, last) if dash else (first,):
            if day not in DAYS:
                return problem(text.at, f"unknown day `{day}`{did_you_mean(day, DAYS)}")
        begin = DAYS.index(first)
        count = (DAYS.index(last) - begin) % len(DAYS) + 1 if dash else 1
        found.update((begin + step) % len(DAYS) for step in range(count))
    return frozenset(found)


def _hours(start: str, end: str, text: Text) -> tuple[int, int] | Problems:
    first, last = _minutes(start), _minutes(end)
    if first >= WHOLE_DAY or last > WHOLE_DAY:
        return problem(text.at, f"time `{start}-{end}` is no time of day; at most 24:00, as an end")
    if first == last:
        return problem(text.at, f"time `{start}-{end}` is empty; write 00:00-24:00 for whole days")
    return first, last if last > first else last + WHOLE_DAY


def _minutes(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)


def _zone(name: str | None, text: Text) -> ZoneInfo | Problems:
    if name is None:
        message = f"time `{text.value}` names no zone; add one, such as `Europe/Paris` or `UTC`"
        return problem(text.at, message)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        known = did_you_mean(name, available_timezones())
        return problem(text.at, f"unknown time zone `{name}`{known}")
