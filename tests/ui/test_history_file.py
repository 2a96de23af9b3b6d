"""The history as a table in which nothing is computed."""

from __future__ import annotations

import csv
import io

import pytest

from gate.core.ports import AuditRecord
from gate.core.subject import Account, AccountId
from tests.ui.house import NOON
from ui.history_file import history_file, inert

ALICE = Account(id=AccountId("id-of-alice"), name="alice")


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_nothing_is_taken_for_a_formula(begin: str) -> None:
    assert inert(f"{begin}1+2") == f"'{begin}1+2"


def test_other_words_stay_as_they_are() -> None:
    assert inert("Security key added: =1+2") == "Security key added: =1+2"


def test_a_cell_keeps_its_commas_quotes_and_lines() -> None:
    name = 'a,"b"\nc'
    event = AuditRecord(at=NOON, kind="key_added", details={"key": name})
    answer = history_file(ALICE, [event], lambda each: str(each.details["key"]), NOON)
    (_, cells) = csv.reader(io.StringIO(bytes(answer.body).decode(), newline=""))
    assert cells == ["2026-03-02T12:00:00", name, "the terminal", "", "", "", "key_added"]
