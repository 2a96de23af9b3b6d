"""Every reason of the closed list has words."""

from __future__ import annotations

import pytest

from gate.core.decision import Reason
from ui.refusals import REFUSALS, Way, words_of


def test_every_reason_has_words() -> None:
    assert set(REFUSALS) == set(Reason)


@pytest.mark.parametrize("reason", list(Reason))
def test_words_are_whole_sentences_and_lead_on(reason: Reason) -> None:
    words = words_of(reason)
    assert not words.title.endswith(".")
    assert words.what.endswith(".")
    assert words.advice.endswith(".") or not words.advice
    assert words.advice or words.ask or words.way is not Way.NONE


def test_what_is_not_on_the_list_is_closed() -> None:
    assert words_of("no such reason") == words_of(Reason.NO_RULE_MATCHED)


def test_t73_disabled_and_locked_read_alike() -> None:
    assert words_of(Reason.ACCOUNT_DISABLED) == words_of(Reason.ACCOUNT_LOCKED)
