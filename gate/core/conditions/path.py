"""`path`: the path decoded once, against patterns that match it whole.

`*` stands for anything within a segment, `**` for any number of segments, none included, so that
`/x/**` matches `/x` and `/x/` too. Patterns are written decoded. They compare without regard to
ASCII capitals, except in `public` rules and on sites with `case: exact` (G12).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from gate.core.conditions.base import HIT, MISS, Match, Scope, Timeless
from gate.core.conditions.glob import PathGlob
from gate.core.conditions.kind import TEXT_OR_TEXTS, Kind, Names, each_text, one_of, problem
from gate.core.located import Location, Node, Problem, Problems, Text

if TYPE_CHECKING:
    from gate.core.access import Seen

LONGEST: Final = 1024  # characters of a pattern; keeps the worst match far below a second
_ASCII_CAPITALS: Final = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_CONTROL: Final = re.compile("[\x00-\x1f\x7f]")


def fold(path: str) -> str:
    """Give the path with its ASCII capitals, and no others, made small."""
    return path.lower() if path.isascii() else path.translate(_ASCII_CAPITALS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One path pattern and where it is written."""

    text: str
    at: Location = field(compare=False)

    @property
    def literal_segments(self) -> tuple[str, ...]:
        """The leading segments without a star, folded: what an index can sort by."""
        found: list[str] = []
        for segment in fold(self.text).split("/")[1:]:
            if "*" in segment:
                break
            found.append(segment)
        return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Path(Timeless):
    """The path is one of the patterns."""

    patterns: tuple[Pattern, ...]
    exact: bool = False
    _whole: frozenset[str] = field(init=False, repr=False, compare=False)
    _below: tuple[str, ...] = field(init=False, repr=False, compare=False)
    _globs: tuple[PathGlob, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        written = [each.text if self.exact else fold(each.text) for each in self.patterns]
        trees = [each.removesuffix("/**") for each in written if _is_tree(each)]
        plain = [each for each in written if "*" not in each]
        globs = tuple(PathGlob(each) for each in written if "*" in each and not _is_tree(each))
        object.__setattr__(self, "_whole", frozenset(plain + trees))
        object.__setattr__(self, "_below", tuple(f"{each}/" for each in trees))
        object.__setattr__(self, "_globs", globs)

    @property
    def key(self) -> str:
        """The key in `when:`."""
        return "path"

    @property
    def scope(self) -> Scope:
        """The request alone."""
        return Scope.REQUEST

    def match(self, seen: Seen) -> Match:
        """Say whether a pattern matches this reading of the path."""
        path = seen.path if self.exact else seen.folded
        if path in self._whole or path.startswith(self._below):
            return HIT
        for glob in self._globs:
            if glob.matches(path):
                return HIT
        return MISS

    def covers(self, beneath: tuple[str, ...]) -> bool:
        """Say whether every path that begins with these folded segments is sure to match."""
        if self.exact or not beneath:
            return False  # `*` of an OPTIONS request begins with no segment at all
        return f"/{'/'.join(beneath)}/".startswith(self._below)

    def words(self, seen: Seen) -> str:
        """Say which patterns the path was held against."""
        verb = "matches" if self.match(seen) is HIT else "does not match"
        return f"`{seen.path}` {verb} {one_of(each.text for each in self.patterns)}"


def _is_tree(pattern: str) -> bool:
    """Say whether the pattern is plain text and `/**`, which needs no walk over segments."""
    return pattern.endswith("/**") and "*" not in pattern.removesuffix("/**")


def _parse(node: Node, names: Names) -> Path | Problems:
    patterns = each_text("path", node, _pattern)
    if isinstance(patterns, Problems):
        return patterns
    return Path(patterns=patterns, exact=names.exact_paths)


def _pattern(text: Text) -> Pattern | Problems:
    wrong = _wrong_with(text.value)
    return problem(text.at, wrong) if wrong else Pattern(text=text.value, at=text.at)


def _wrong_with(pattern: str) -> str | None:
    segments = pattern.split("/")[1:]
    checks = (
        (not pattern.startswith("/"), f"does not begin with `/`; did you mean `/{pattern}`?"),
        (len(pattern) > LONGEST, f"is longer than {LONGEST} characters; shorten it with `*`"),
        (_CONTROL.search(pattern), "has a control character, which no path that arrives has"),
        (re.search("%[0-9A-Fa-f]{2}", pattern), "is escaped; write the characters themselves"),
        (re.search("[?#]", pattern), "has a query; write it as `query: {name: pattern}`"),
        ("" in segments[:-1], "has `//`, which no path that arrives has; write one `/`"),
        ("." in segments or ".." in segments, "has dot segments; write the path without them"),
        (
            any("**" in each and each != "**" for each in segments),
            "has `**` beside other characters; `**` stands alone between slashes",
        ),
    )
    return next((f"path `{pattern}` {what}" for wrong, what in checks if wrong), None)


def case_clashes(conditions: Iterable[Path]) -> tuple[Problem, ...]:
    """Give a problem for each pattern that differs from an earlier one only in capitals (G12)."""
    first: dict[str, Pattern] = {}
    found: list[Problem] = []
    for pattern in (each for condition in conditions for each in condition.patterns):
        earlier = first.setdefault(fold(pattern.text), pattern)
        if earlier.text != pattern.text:
            message = (
                f"path `{pattern.text}` differs from `{earlier.text}` ({earlier.at}) only in"
                " capitals; write both alike or set `case: exact` on the site"
            )
            found.append(Problem(at=pattern.at, message=message))
    return tuple(found)


PATH: Final = Kind(
    key="path",
    parse=_parse,
    schema=TEXT_OR_TEXTS,
    docs="the path: `*` within a segment, `**` any number of segments",
)
