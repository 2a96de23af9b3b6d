"""The words of a decision."""

from __future__ import annotations

import pytest

from gate.core.decision import Decision, Deny, Level, Permit, Reason, SignIn, StepUp


@pytest.mark.parametrize(
    ("decision", "word"),
    [
        (Permit(reason=Reason.PERMITTED), "permit"),
        (SignIn(reason=Reason.NEEDS_SIGN_IN), "sign_in"),
        (StepUp(reason=Reason.FACTOR_TOO_OLD, level=Level.SECOND_FACTOR), "step_up"),
        (Deny(reason=Reason.RULE_DENIES), "deny"),
    ],
)
def test_each_decision_has_its_word(decision: Decision, word: str) -> None:
    assert decision.outcome == word


def test_answers_of_different_kinds_are_never_equal() -> None:
    kinds = (Permit, SignIn, StepUp, Deny)
    assert len({each._field_defaults["outcome"] for each in kinds}) == len(kinds)


def test_reasons_are_snake_case() -> None:
    assert all(reason == reason.lower().replace("-", "_") for reason in Reason)
