"""`group`: who is signed in by group, and may as long as nobody knows."""

from __future__ import annotations

import pytest

from gate.core.conditions import HIT, MAY, MISS, Match, Scope
from gate.core.conditions.group import GROUP, Groups
from tests.support.decisions import ADMINS, NAMES, STAFF, complaints, conditions, seen


@pytest.mark.parametrize(
    ("name", "expected", "words"),
    [
        pytest.param("bob", HIT, "bob is in admins or staff", id="in one of them"),
        pytest.param("carol", MISS, "carol is not in admins or staff", id="in none"),
        pytest.param(None, MAY, "it is not known yet who asks", id="g8 nobody known"),
    ],
)
def test_g8_groups_are_compared_once_somebody_is_known(
    name: str | None, expected: Match, words: str
) -> None:
    condition = Groups(groups=(ADMINS, STAFF))
    assert condition.match(seen(name=name)) is expected
    assert condition.words(seen(name=name)) == words


def test_g10_groups_are_named_in_any_case() -> None:
    assert conditions({"group": ["Staff", "admins"]}, NAMES) == (Groups(groups=(STAFF, ADMINS)),)


def test_an_unknown_group_is_refused() -> None:
    assert complaints({"group": "staf"}, NAMES) == ["unknown group `staf`; did you mean `staff`?"]


def test_the_group_belongs_to_the_person() -> None:
    condition = Groups(groups=(STAFF,))
    assert (condition.key, condition.scope, GROUP.key) == ("group", Scope.SUBJECT, "group")
