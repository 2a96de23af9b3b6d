"""What the pages about addresses say of a list and of its effects."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gate.service.network_review import LineNote, Review, Severity
from tests.support.decisions import account, allowlist, session
from ui.network_words import ends_words, said, text_of, verdict_of

WRONG = LineNote(line=1, severity=Severity.ERROR, text="wrong")
COVERED = Review(notes=(), covers_visitor=True, networks=allowlist("192.0.2.0/24"), covered_by=1)
SESSION = session(account())


def test_a_list_is_given_as_it_can_be_typed_again() -> None:
    assert text_of(None) == ""
    listed = allowlist("192.0.2.7/32", "192.0.2.0/24", "2001:db8::/32", "2001:db8::7/128")
    assert text_of(listed).split("\n") == [
        "192.0.2.7",
        "192.0.2.0/24",
        "2001:db8::/32",
        "2001:db8::7",
    ]


@pytest.mark.parametrize(
    ("line", "text", "expected"),
    [
        (0, "there is no IPv6 line", "There is no IPv6 line."),
        (2, "is private", "Line 2 is private."),
        (3, "line 1 already covers this line", "Line 3: line 1 already covers this line."),
        (4, "did you mean this?", "Line 4: did you mean this?"),
    ],
)
def test_a_note_names_its_line(line: int, text: str, expected: str) -> None:
    assert said(line, text) == expected


@pytest.mark.parametrize(
    ("review", "end"),
    [
        (Review(notes=(WRONG,), covers_visitor=False), "to see whether it is covered."),
        (Review(notes=(), covers_visitor=True), "so you can sign in from everywhere."),
        (COVERED, "which line 1 covers."),
        (replace(COVERED, covers_visitor=False), "which the list does not cover."),
    ],
)
def test_the_verdict_begins_with_the_address(review: Review, end: str) -> None:
    verdict = verdict_of(review, "192.0.2.7")
    assert verdict.startswith("You are at 192.0.2.7")
    assert verdict.endswith(end)


def test_g15_what_happens_to_the_browsers_outside_is_said() -> None:
    one, two = replace(COVERED, ends=(SESSION,)), replace(COVERED, ends=(SESSION, SESSION))
    assert ends_words(one).startswith("This browser would be kept out at once")
    assert ends_words(two).startswith("These browsers would be kept out at once")
    assert ends_words(two).endswith("signed out when you keep the list:")
    nobody = ends_words(replace(two, leaves_none=True))
    assert nobody.endswith("To keep it you'd have to sign in from one of its addresses:")
