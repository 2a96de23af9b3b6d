"""`time`: the moment lies in one of the windows, such as `Mon-Fri 08:00-18:00 Europe/Paris`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from gate.core.conditions.base import HIT, MISS, Condition, Match, Scope
from gate.core.conditions.kind import TEXT_OR_TEXTS, Kind, Names, each_text
from gate.core.conditions.windows import DAYS, Window, parse_window
from gate.core.located import Node, Problems

if TYPE_CHECKING:
    from gate.core.access import Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """The moment lies in one of the windows."""

    windows: tuple[Window, ...]

    @property
    def key(self) -> str:
        """The key in `when:`."""
        return "time"

    @property
    def scope(self) -> Scope:
        """The clock alone."""
        return Scope.TIME

    @property
    def parts(self) -> tuple[Condition, ...]:
        """No conditions are inside."""
        return ()

    def match(self, seen: Seen) -> Match:
        """Say whether one of the windows is open."""
        return HIT if self._holds(seen.access.now, wide=seen.wide) else MISS

    def words(self, seen: Seen) -> str:
        """Say which moment was held against which windows, in their first zone."""
        here = seen.access.now.astimezone(self.windows[0].zone)
        verb = "lies in" if self.match(seen) is HIT else "lies outside"
        windows = " and ".join(window.text for window in self.windows)
        return f"{DAYS[here.weekday()]} {here:%H:%M} {verb} {windows}"

    def edge(self, seen: Seen) -> datetime | None:
        """Give the next moment at which one of the windows opens or closes."""
        now = seen.access.now
        return min((edge for window in self.windows for edge in window.edges(now)), default=None)

    def doubtful(self, seen: Seen) -> bool:
        """Say whether the two readings of the clock differ."""
        now = seen.access.now
        return self._holds(now, wide=True) and not self._holds(now, wide=False)

    def _holds(self, now: datetime, *, wide: bool) -> bool:
        return any(window.holds(now, wide=wide) for window in self.windows)


def _parse(node: Node, _names: Names) -> Times | Problems:
    windows = each_text("time", node, parse_window)
    return windows if isinstance(windows, Problems) else Times(windows=windows)


TIME: Final = Kind(
    key="time",
    parse=_parse,
    schema=TEXT_OR_TEXTS,
    docs="hours of the week, `Mon-Fri 08:00-18:00 Europe/Paris`",
)
