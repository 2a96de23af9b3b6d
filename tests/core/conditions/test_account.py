"""`account`: who is signed in, and may as long as nobody knows."""

from __future__ import annotations

import pytest

from gate.core.conditions import HIT, MAY, MISS, Match, Scope
from gate.core.conditions.account import ACCOUNT, Accounts
from tests.support.decisions import Written, complaints, conditions, seen


@pytest.mark.parametrize(
    ("name", "expected", "words"),
    [
        pytest.param("alice", HIT, "alice is alice or bob", id="named"),
        pytest.param("carol", MISS, "carol is not alice or bob", id="another"),
        pytest.param(None, MAY, "it is not known yet who asks", id="g8 nobody known"),
    ],
)
def test_g8_an_account_is_compared_once_it_is_known(
    name: str | None, expected: Match, words: str
) -> None:
    condition = Accounts(names=frozenset({"alice", "bob"}))
    assert condition.match(seen(name=name)) is expected
    assert condition.words(seen(name=name)) == words


def test_g10_names_are_folded() -> None:
    assert conditions({"account": ["Alice", "bob"]}) == (
        Accounts(names=frozenset({"alice", "bob"})),
    )


@pytest.mark.parametrize("written", ["*", "a b", ".a", "a" * 65, "\xe9"])
def test_g10_what_is_no_name_is_refused(written: Written) -> None:
    (found,) = complaints({"account": written})
    assert found.startswith(f"`{written}` is no account name; ")


def test_the_account_belongs_to_the_person() -> None:
    condition = Accounts(names=frozenset({"alice"}))
    assert (condition.key, condition.scope, ACCOUNT.key) == ("account", Scope.SUBJECT, "account")
