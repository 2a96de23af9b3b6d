"""Times, spans and browsers in words."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil
from typing import Final

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
APOSTROPHE: Final = "\u2019"

# Order matters: most browsers also name those that they want to be taken for.
BROWSERS: Final = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"), ("Chromium", "Chromium"), ("Chrome", "Chrome"), ("Safari", "Safari"),
    ("curl", "curl"), ("git/", "git"), ("Wget", "Wget"), ("python", "Python"),
)  # fmt: skip
SYSTEMS: Final = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def span(length: timedelta) -> str:
    """Give a waiting time, rounded up to what a person would say."""
    seconds = max(1, ceil(length.total_seconds()))
    if seconds <= MINUTE:
        return _counted(seconds, "second")
    if seconds <= HOUR:
        return _counted(ceil(seconds / MINUTE), "minute")
    if seconds <= DAY:
        return _counted(ceil(seconds / HOUR), "hour")
    return _counted(ceil(seconds / DAY), "day")


def ago(then: datetime, now: datetime) -> str:
    """Give how long ago something was, rounded down."""
    seconds = int((now - then).total_seconds())
    if seconds < MINUTE:
        return "just now"
    if seconds < HOUR:
        return f"{_counted(seconds // MINUTE, 'minute')} ago"
    if seconds < DAY:
        return f"{_counted(seconds // HOUR, 'hour')} ago"
    return f"{_counted(seconds // DAY, 'day')} ago"


def moment(then: datetime) -> str:
    """Give a time for reading; the zone is always said."""
    return f"{then.day} {then:%B %Y, %H:%M} UTC"


def browser(user_agent: str) -> str:
    """Give browser and system of a User-Agent, as far as it can be told."""
    name = next((word for mark, word in BROWSERS if mark in user_agent), "")
    system = next((word for mark, word in SYSTEMS if mark in user_agent), "")
    if name and system:
        return f"{name} on {system}"
    return name or system or "Unknown browser"


def curly(text: str) -> str:
    """Give a text with the apostrophes of print."""
    return text.replace("'", APOSTROPHE)


def _counted(number: int, unit: str) -> str:
    return f"{number:,} {unit}" if number == 1 else f"{number:,} {unit}s"
