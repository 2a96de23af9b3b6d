"""`group`: who is signed in, by group; may for strangers and for partial sessions (G8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gate.core.conditions.account import UNKNOWN
from gate.core.conditions.base import HIT, MAY, MISS, Match, Scope, Timeless
from gate.core.conditions.kind import TEXT_OR_TEXTS, Kind, Names, did_you_mean, each_text, problem
from gate.core.located import Node, Problems, Text

if TYPE_CHECKING:
    from gate.core.access import Seen
    from gate.core.policy import Group


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups(Timeless):
    """The account is in one of these groups."""

    groups: tuple[Group, ...]

    @property
    def key(self) -> str:
        """The key in `when:`."""
        return "group"

    @property
    def scope(self) -> Scope:
        """The person."""
        return Scope.SUBJECT

    def match(self, seen: Seen) -> Match:
        """Say whether the account is in one of the groups, may when nobody is signed in."""
        name = seen.name
        if name is None:
            return MAY
        for group in self.groups:
            if name in group.members:
                return HIT
        return MISS

    def words(self, seen: Seen) -> str:
        """Say who is signed in and which groups were wanted."""
        if seen.name is None:
            return UNKNOWN
        verb = "is" if self.match(seen) is HIT else "is not"
        return f"{seen.name} {verb} in {' or '.join(group.name for group in self.groups)}"


def _parse(node: Node, names: Names) -> Groups | Problems:
    def group(text: Text) -> Group | Problems:
        found = names.groups.get(text.value.lower())
        if found is not None:
            return found
        return problem(
            text.at, f"unknown group `{text.value}`{did_you_mean(text.value, names.groups)}"
        )

    found = each_text("group", node, group)
    return found if isinstance(found, Problems) else Groups(groups=found)


GROUP: Final = Kind(
    key="group",
    parse=_parse,
    schema=TEXT_OR_TEXTS,
    docs="who is signed in, by group",
)
