"""What a page says of a proof that was not accepted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from gate.core.decision import Reason
from gate.service.given import Unproved
from tests.support.store_values import some_account
from ui.proofs import proof_error, words_for

PLAIN = some_account()
WITH_APP = replace(PLAIN, has_totp=True)
WITH_KEY = replace(WITH_APP, has_security_key=True)


@pytest.mark.parametrize(
    ("account", "reason", "said"),
    [
        (PLAIN, Reason.WRONG_PASSWORD, "That password was not accepted."),
        (WITH_APP, Reason.WRONG_CODE, "That code was not accepted."),
        (WITH_APP, Reason.TOTP_REPLAYED, "That code was not accepted."),
        (WITH_KEY, Reason.WRONG_KEY, "Your security key's answer was not accepted. Try again."),
    ],
)
def test_the_words_name_what_was_asked_for(account: object, reason: Reason, said: str) -> None:
    assert isinstance(account, type(PLAIN))
    error = proof_error(account, Unproved(reason=reason))
    assert (error.field, error.text) == ("proof", said)


def test_a_wait_is_said_whatever_was_asked_for() -> None:
    refused = Unproved(reason=Reason.RATE_LIMITED, wait=timedelta(minutes=3))
    assert words_for(refused) == "Too many attempts. Try again in 3 minutes."


def test_a_key_that_was_not_asked_or_does_not_fit_here_is_said() -> None:
    assert "did not ask" in words_for(Unproved(reason=Reason.NEEDS_SECURITY_KEY))
    assert "works at this address" in words_for(Unproved(reason=Reason.NOT_ENROLLED))
