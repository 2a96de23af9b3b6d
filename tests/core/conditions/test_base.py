"""What every condition can do, and the logic that joins them."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from gate.core.access import Seen
from gate.core.conditions import HIT, MAY, MISS, Match, all_of, leaves
from gate.core.conditions.base import Scope, Timeless
from tests.support.decisions import NAMES, conditions, seen


@dataclass(frozen=True)
class Says(Timeless):
    """A condition that says what the test wants."""

    said: Match
    key: str = "says"
    scope: Scope = Scope.REQUEST

    def match(self, seen: Seen) -> Match:
        return self.said

    def words(self, seen: Seen) -> str:
        return self.said.name


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param([], HIT, id="none at all"),
        pytest.param([HIT, HIT], HIT, id="all hit"),
        pytest.param([HIT, MAY], MAY, id="one may"),
        pytest.param([MAY, MISS], MISS, id="a miss outweighs a may before it"),
        pytest.param([MISS, MAY], MISS, id="a miss outweighs a may after it"),
    ],
)
def test_g8_conditions_are_joined_by_kleenes_logic(said: list[Match], expected: Match) -> None:
    assert all_of([Says(each) for each in said], seen()) is expected


def test_leaves_look_into_every_not() -> None:
    found = conditions({"path": "/a", "not": {"method": "GET", "not": {"group": "staff"}}}, NAMES)
    assert [leaf.key for leaf in leaves(found)] == ["path", "method", "group"]


def test_a_condition_that_ignores_the_clock_has_no_edge_and_no_doubt() -> None:
    says = Says(HIT)
    assert (says.parts, says.edge(seen()), says.doubtful(seen())) == ((), None, False)
