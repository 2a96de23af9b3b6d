"""What pages answer when a factor was not changed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gate.core.decision import Reason
from gate.service.factor_changes import FactorRefused
from gate.service.factor_names import NameProblem
from tests.ui.test_ask import ask
from ui.factor_answers import NAME_WORDS, clock_words, name_error, status_of, whole_page


def test_every_problem_of_a_name_has_words() -> None:
    assert set(NAME_WORDS) == set(NameProblem)
    assert name_error(NameProblem.TAKEN, "name-x").field == "name-x"


@pytest.mark.parametrize(
    ("seconds", "said"), [(90, "about 90 seconds ahead"), (-300, "about 300 seconds behind")]
)
def test_a_clock_is_ahead_or_behind(seconds: int, said: str) -> None:
    assert said in clock_words(timedelta(seconds=seconds))


def test_a_wait_has_a_status_of_its_own() -> None:
    assert status_of(FactorRefused(reason=Reason.WRONG_CODE)) == 422
    waiting = FactorRefused(reason=Reason.RATE_LIMITED, wait=timedelta(minutes=1))
    assert status_of(waiting) == 429


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        (Reason.SESSION_ENDED, 303),
        (Reason.NOT_BY_RECOVERY_CODE, 403),
        (Reason.LAST_FACTOR, 403),
        (Reason.TOO_MANY_FACTORS, 403),
        (Reason.WRONG_CODE, None),
        (Reason.NOT_FOUND, None),
    ],
)
def test_what_no_field_is_about_has_a_page_of_its_own(reason: Reason, status: int | None) -> None:
    answer = whole_page(ask(), FactorRefused(reason=reason))
    assert (answer.status_code if answer else None) == status
