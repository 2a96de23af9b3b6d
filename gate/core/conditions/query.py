"""`query`: values of the query, each against patterns that match it whole.

The client chooses them (G13): names arrive once and in one spelling, or the front door refuses.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gate.core.conditions.base import HIT, MISS, Match, Scope, Timeless
from gate.core.conditions.glob import Glob
from gate.core.conditions.kind import (
    TEXT_OR_TEXTS,
    Kind,
    Names,
    collect,
    each_text,
    one_of,
    pairs,
    problem,
)
from gate.core.located import Node, Problems, Text

if TYPE_CHECKING:
    from gate.core.access import Seen

_NAME: Final = re.compile(r"[A-Za-z0-9._~-]{1,100}")  # the same in every spelling


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A name, and the patterns of which its value has to fit one."""

    name: str
    patterns: tuple[Glob, ...]

    def holds(self, values: Mapping[str, str | None]) -> bool:
        """Say whether the value is there and fits."""
        value = values.get(self.name)
        return value is not None and any(each.matches(value) for each in self.patterns)

    def words(self, values: Mapping[str, str | None]) -> str:
        """Say how the value stands to the patterns, without showing it."""
        if values.get(self.name) is None:
            return f"`{self.name}` is absent"
        verb = "fits" if self.holds(values) else "does not fit"
        return f"`{self.name}` {verb} {one_of(each.text for each in self.patterns)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query(Timeless):
    """All of these query values are there and fit."""

    fields: tuple[Field, ...]

    @property
    def key(self) -> str:
        """The key in `when:`."""
        return "query"

    @property
    def scope(self) -> Scope:
        """The request alone."""
        return Scope.REQUEST

    def match(self, seen: Seen) -> Match:
        """Say whether every value fits."""
        return HIT if all(each.holds(seen.access.query) for each in self.fields) else MISS

    def words(self, seen: Seen) -> str:
        """Say of each name how its value stands."""
        return ", ".join(each.words(seen.access.query) for each in self.fields)


def parse_field(key: str, name: str, node: Node) -> Field | Problems:
    """Give a name with its patterns."""
    globs = each_text(f"{key} {name}", node, lambda text: Glob(text.value))
    return globs if isinstance(globs, Problems) else Field(name=name, patterns=globs)


def _parse(node: Node, _names: Names) -> Query | Problems:
    entries = pairs("query", node)
    if isinstance(entries, Problems):
        return entries
    fields = collect(_field(name, value) for name, value in entries)
    return fields if isinstance(fields, Problems) else Query(fields=fields)


def _field(name: Text, node: Node) -> Field | Problems:
    if _NAME.fullmatch(name.value):
        return parse_field("query", name.value, node)
    return problem(
        name.at,
        f"query name `{name.value}` has several spellings; use letters, digits, `.`, `_`, `~`, `-`",
    )


FIELDS_SCHEMA: Final[Mapping[str, object]] = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": TEXT_OR_TEXTS,
}
QUERY: Final = Kind(
    key="query",
    parse=_parse,
    schema=FIELDS_SCHEMA,
    docs="query values, `{name: pattern}`; `*` stands for anything",
)
