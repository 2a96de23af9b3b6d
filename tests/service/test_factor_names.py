"""Names of keys and code apps: readable, not too long, and each once an account."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from gate.service.factor_names import LONGEST, NameProblem, factor_name, free_name, readable

TAKEN = ("Phone", "Büro")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Work phone", "Work phone"),
        ("  Work \t phone ", "Work phone"),
        ("Bu\u0308ro 2", "Büro 2"),
        ("\U0001f469\u200d\U0001f4bb", "\U0001f469\u200d\U0001f4bb"),
        ("鍵", "鍵"),
        ("x" * LONGEST, "x" * LONGEST),
        ("", NameProblem.EMPTY),
        (" \n", NameProblem.EMPTY),
        ("\u200d", NameProblem.EMPTY),
        ("x" * (LONGEST + 1), NameProblem.TOO_LONG),
        ("a\0b", NameProblem.UNREADABLE),
        ("a\u202eb", NameProblem.UNREADABLE),
        ("a\ud800b", NameProblem.UNREADABLE),
        ("phone", NameProblem.TAKEN),
        ("BU\u0308RO", NameProblem.TAKEN),
    ],
    ids=repr,
)
def test_a_name_is_taken_in_its_one_spelling_or_not_at_all(
    typed: str, expected: str | NameProblem
) -> None:
    found = factor_name(typed, TAKEN)
    assert (type(found), found) == (type(expected), expected)


def test_a_name_to_begin_with_is_free() -> None:
    assert free_name("Code app", ()) == "Code app"
    assert free_name("Code app", ["code app", "Code app 3"]) == "Code app 2"
    assert free_name("Code app", ["Code app", "Code app 2"]) == "Code app 3"


@given(st.text())
def test_what_can_be_seen_of_a_name_is_a_name_or_nothing(typed: str) -> None:
    name = readable(typed)
    assert factor_name(name, ()) == (name or NameProblem.EMPTY)


def test_what_is_a_name_stays_as_it_is() -> None:
    assert readable("  Work \t phone ") == "Work phone"
    assert readable("x" * (LONGEST + 1)) == "x" * LONGEST
