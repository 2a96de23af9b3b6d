"""`header`: values of request headers, each against patterns that match it whole.

The client chooses them (G13), so they can't prove anything. They are read after hygiene, once
each, and never those that carry credentials or identity.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gate.core.conditions.base import HIT, MISS, Match, Scope, Timeless
from gate.core.conditions.kind import Kind, Names, collect, pairs, problem
from gate.core.conditions.query import FIELDS_SCHEMA, Field, parse_field
from gate.core.header_names import Fate, fate, token
from gate.core.located import Node, Problems, Text

if TYPE_CHECKING:
    from gate.core.access import Seen

_CREDENTIALS: Final = frozenset({"authorization", "cookie"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Headers(Timeless):
    """All of these headers are there and fit; names are in lower case."""

    fields: tuple[Field, ...]

    @property
    def key(self) -> str:
        """The key in `when:`."""
        return "header"

    @property
    def scope(self) -> Scope:
        """The request alone."""
        return Scope.REQUEST

    def match(self, seen: Seen) -> Match:
        """Say whether every header fits."""
        return HIT if all(each.holds(seen.access.read) for each in self.fields) else MISS

    def words(self, seen: Seen) -> str:
        """Say of each header how it stands."""
        return ", ".join(each.words(seen.access.read) for each in self.fields)


def _parse(node: Node, _names: Names) -> Headers | Problems:
    entries = pairs("header", node)
    if isinstance(entries, Problems):
        return entries
    fields = collect(_field(name, value) for name, value in entries)
    if isinstance(fields, Problems):
        return fields
    twice = _twice(tuple(name for name, _ in entries))
    return twice or Headers(fields=fields)


def _field(name: Text, node: Node) -> Field | Problems:
    lower = name.value.lower()
    if not name.value.isascii() or token(name.value.encode()) is None:
        return problem(name.at, f"`{name.value}` is no header name")
    if lower in _CREDENTIALS:
        return problem(name.at, f"header `{name.value}` holds credentials; no rule may read it")
    if fate(lower.encode()) is not Fate.PASS:
        message = f"header `{name.value}` is taken out before rules are read; use another one"
        return problem(name.at, message)
    return parse_field("header", lower, node)


def _twice(names: tuple[Text, ...]) -> Problems | None:
    """Header names have no case, so two keys of a mapping may be one header."""
    first: dict[str, Text] = {}
    for name in names:
        if first.setdefault(name.value.lower(), name) is not name:
            return problem(name.at, f"header `{name.value}` stands twice; join both in one list")
    return None


HEADER: Final = Kind(
    key="header",
    parse=_parse,
    schema=FIELDS_SCHEMA,
    docs="request headers, `{Name: pattern}`; the client chooses them",
)
