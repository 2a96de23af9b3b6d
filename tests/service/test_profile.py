"""What a person is called: a line of text, and nothing else of the account."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gate.core.subject import Account
from gate.service.profile import LONGEST, DisplayNameProblem, Profile, display_name
from tests.support.use_cases import House, at


def rename(house: House, typed: str) -> str | DisplayNameProblem:
    return Profile(store=house.store, events=house.events).rename(house.session(), typed, at())


def kept(house: House) -> Account:
    account = house.store.accounts.by_name("alice")
    assert account is not None
    return account


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Alice", "Alice"),
        ("  Alice \u00a0 B. ", "Alice B."),
        ("Zoe\u0308", "Zo\u00eb"),
        ("", ""),
        ("a" * LONGEST, "a" * LONGEST),
        ("a" * (LONGEST + 1), DisplayNameProblem.TOO_LONG),
        ("al\u202eice", DisplayNameProblem.UNREADABLE),
        ("al\u0000ice", DisplayNameProblem.UNREADABLE),
        ("al\u200bice", DisplayNameProblem.UNREADABLE),
        ("al\ud800ice", DisplayNameProblem.UNREADABLE),
    ],
)
def test_a_name_is_a_line_that_can_be_read(typed: str, found: str | DisplayNameProblem) -> None:
    assert display_name(typed) == found


def test_g10_a_new_name_leaves_everything_else_as_it_is() -> None:
    house = House()
    account = house.add()
    house.store.accounts.set_profile(account.id, display_name="", email="alice@example.com")
    before = kept(house)
    assert rename(house, " Alice  B. ") == "Alice B."
    assert kept(house) == replace(before, display_name="Alice B.")
    (record,) = house.records("account_renamed")
    assert record.details["display_name"] == "Alice B."


def test_the_same_name_is_no_change() -> None:
    house = House()
    house.add()
    rename(house, "Alice")
    rename(house, "Alice")
    assert len(house.records("account_renamed")) == 1


def test_a_name_with_a_problem_changes_nothing() -> None:
    house = House()
    house.add()
    assert rename(house, "\u202e") is DisplayNameProblem.UNREADABLE
    assert kept(house).display_name == ""


def test_t43_a_session_that_ended_meanwhile_changes_nothing() -> None:
    house = House()
    house.add()
    session = house.session()
    house.store.sessions.end(session.hash)
    profile = Profile(store=house.store, events=house.events)
    assert profile.rename(session, "Mallory", at()) is DisplayNameProblem.SESSION_ENDED
    assert kept(house).display_name == ""
