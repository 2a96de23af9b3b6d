"""Patterns with `*`: anchored at both ends, everything else literal, no backtracking.

The time is bounded by text times pattern, whatever the pattern (T96): between two stars the
first place that fits is always good enough.
"""

from __future__ import annotations

from dataclasses import dataclass, field


def fits(pieces: tuple[str, ...], text: str) -> bool:
    """Say whether the text is the pieces in their order with anything in between."""
    if len(pieces) == 1:
        return text == pieces[0]
    first, last = pieces[0], pieces[-1]
    start, end = len(first), len(text) - len(last)
    if start > end or not text.startswith(first) or not text.endswith(last):
        return False
    for piece in pieces[1:-1]:
        found = text.find(piece, start, end)
        if found < 0:
            return False
        start = found + len(piece)
    return True


@dataclass(frozen=True, slots=True)
class Glob:
    """A pattern in which `*` stands for any characters, none included."""

    text: str
    _pieces: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_pieces", tuple(self.text.split("*")))

    def matches(self, text: str) -> bool:
        """Say whether the whole text fits."""
        return fits(self._pieces, text)


@dataclass(frozen=True, slots=True)
class PathGlob:
    """A path pattern: `*` within a segment, `**` any number of segments, none included."""

    text: str
    _segments: tuple[tuple[str, ...] | None, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        segments = self.text.split("/")[1:]
        pieces = tuple(None if each == "**" else tuple(each.split("*")) for each in segments)
        object.__setattr__(self, "_segments", pieces)

    def matches(self, path: str) -> bool:
        """Say whether the whole path fits; the last `**` alone is ever tried again."""
        wanted, given = self._segments, path.split("/")[1:]
        at, next_one, again, tried = 0, 0, -1, 0
        while at < len(given):
            pieces = wanted[next_one] if next_one < len(wanted) else ()
            if pieces is None:
                again, tried, next_one = next_one, at, next_one + 1
            elif pieces and fits(pieces, given[at]):
                at, next_one = at + 1, next_one + 1
            elif again < 0:
                return False
            else:
                tried += 1
                at, next_one = tried, again + 1
        return all(pieces is None for pieces in wanted[next_one:])
