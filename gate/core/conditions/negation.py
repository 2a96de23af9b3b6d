"""`not`: a set of conditions turned round; what may hold may also not hold (G8)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from gate.core.conditions.base import HIT, MAY, MISS, Condition, Match, Scope, all_of
from gate.core.conditions.kind import Kind, Names
from gate.core.located import Node, Problems

if TYPE_CHECKING:
    from gate.core.access import Seen

_TURNED: Final = {MISS: HIT, MAY: MAY, HIT: MISS}

type ParseSet = Callable[[Node, Names], tuple[Condition, ...] | Problems]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """Not all of these hold."""

    parts: tuple[Condition, ...]

    @property
    def key(self) -> str:
        """The key in `when:`."""
        return "not"

    @property
    def scope(self) -> Scope:
        """The person as soon as one part looks at the person, else what the first looks at."""
        scopes = [part.scope for part in self.parts]
        return Scope.SUBJECT if Scope.SUBJECT in scopes else scopes[0]

    def match(self, seen: Seen) -> Match:
        """Turn round what the parts say together."""
        return _TURNED[all_of(self.parts, seen)]

    def words(self, seen: Seen) -> str:
        """Say what the parts saw."""
        return "not: " + ", and ".join(part.words(seen) for part in self.parts)

    def edge(self, seen: Seen) -> datetime | None:
        """Give the next moment at which time changes one of the parts."""
        edges = [edge for part in self.parts if (edge := part.edge(seen)) is not None]
        return min(edges, default=None)

    def doubtful(self, seen: Seen) -> bool:
        """Say whether the clock leaves one of the parts open."""
        return any(part.doubtful(seen) for part in self.parts)


def negation(parse_set: ParseSet) -> Kind:
    """Give the kind `not`, which reads its inner set as `when` reads its own."""

    def parse(node: Node, names: Names) -> Not | Problems:
        parts = parse_set(node, names)
        return parts if isinstance(parts, Problems) else Not(parts=parts)

    return Kind(
        key="not",
        parse=parse,
        schema={"$ref": "#/$defs/conditions"},
        docs="a set of conditions turned round",
    )
