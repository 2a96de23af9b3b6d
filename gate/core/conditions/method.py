"""`method`: the method of the request; GET includes HEAD (G11)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gate.core.conditions.base import HIT, MISS, Match, Scope, Timeless
from gate.core.conditions.kind import TEXT_OR_TEXTS, Kind, Names, did_you_mean, each_text, problem
from gate.core.located import Node, Problems, Text
from gate.core.methods import METHODS

if TYPE_CHECKING:
    from gate.core.access import Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Methods(Timeless):
    """The method is one of these."""

    methods: frozenset[str]

    @property
    def key(self) -> str:
        """The key in `when:`."""
        return "method"

    @property
    def scope(self) -> Scope:
        """The request alone."""
        return Scope.REQUEST

    def match(self, seen: Seen) -> Match:
        """Say whether the method is one of these."""
        return HIT if seen.access.method in self.methods else MISS

    def words(self, seen: Seen) -> str:
        """Say which methods were wanted."""
        verb = "is" if self.match(seen) is HIT else "is not"
        return f"`{seen.access.method}` {verb} {' or '.join(sorted(self.methods))}"


def _parse(node: Node, names: Names) -> Methods | Problems:
    known = METHODS | names.methods

    def method(text: Text) -> str | Problems:
        if text.value in known:
            return text.value
        near = text.value.upper() if text.value.upper() in known else text.value
        return problem(text.at, f"unknown method `{text.value}`{did_you_mean(near, known)}")

    found = each_text("method", node, method)
    if isinstance(found, Problems):
        return found
    return Methods(methods=frozenset(found) | ({"HEAD"} if "GET" in found else frozenset[str]()))


METHOD: Final = Kind(
    key="method",
    parse=_parse,
    schema=TEXT_OR_TEXTS,
    docs="the method; GET includes HEAD",
)
