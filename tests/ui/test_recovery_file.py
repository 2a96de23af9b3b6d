"""The file of recovery codes says whose they are, for which site and from when."""

from __future__ import annotations

from tests.ui.house import House
from tests.ui.travelling import ENROL, Travelling


def test_the_file_is_named_and_says_what_it_is() -> None:
    erin = Travelling(House())
    erin.opens()
    erin.gives()
    erin.sets_up_app()
    assert erin.sends("recovery-codes", "recovery-codes/download").location == (
        f"{ENROL}/recovery-codes"
    )
    codes = erin.sees_codes()
    answer = erin.sends("recovery-codes", "recovery-codes/download")
    assert answer.header("content-disposition") == (
        'attachment; filename="wiki.example.com-recovery-codes-erin-2026-03-02.txt"'
    )
    lines = answer.text.split("\r\n")
    assert lines[0] == "Recovery codes of erin for wiki.example.com"
    assert [line for line in lines if line in codes] == codes
