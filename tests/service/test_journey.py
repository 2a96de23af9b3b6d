"""What was set up so far, as a value: its parts in order, and as text and back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gate.core.ports import LinkHash, LinkPurpose
from gate.core.secret_text import Secret
from gate.core.subject import AccountId
from gate.service.journey import Journey, Step, read, written
from gate.service.new_code_apps import Confirmed

BEGUN = Journey(link=LinkHash("h"), account=AccountId("a"), purpose=LinkPurpose.NEW)
CHOSEN = replace(BEGUN, password=Secret("$argon2id$..."))
KNOWN = replace(BEGUN, knows_password=True)
WITH_APP = replace(CHOSEN, app=Confirmed(seed=Secret("JBSWY3DPEHPK3PXP"), step=7))
WHOLE = replace(WITH_APP, codes=(Secret("AAAA"), Secret("BBBB")), code_hashes=("h1", "h2"))


@pytest.mark.parametrize(
    ("journey", "step"),
    [
        pytest.param(BEGUN, Step.PASSWORD, id="begun"),
        pytest.param(CHOSEN, Step.FACTOR, id="a password chosen"),
        pytest.param(KNOWN, Step.FACTOR, id="the password given"),
        pytest.param(replace(WITH_APP, password=None), Step.PASSWORD, id="an app alone"),
        pytest.param(WITH_APP, Step.RECOVERY_CODES, id="password and app"),
        pytest.param(WHOLE, Step.RECOVERY_CODES, id="everything"),
    ],
)
def test_the_first_part_that_is_not_done(journey: Journey, step: Step) -> None:
    assert journey.open_step is step


@pytest.mark.parametrize("journey", [BEGUN, CHOSEN, KNOWN, WITH_APP, WHOLE])
@pytest.mark.parametrize("purpose", list(LinkPurpose))
def test_it_is_read_as_it_was_written(journey: Journey, purpose: LinkPurpose) -> None:
    kept = replace(journey, purpose=purpose)
    assert read(written(kept)) == kept


def test_t71_it_shows_no_secret() -> None:
    for secret in ("argon2id", "JBSWY3DP", "AAAA"):
        assert secret not in repr(WHOLE)
