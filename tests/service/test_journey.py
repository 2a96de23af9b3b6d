"""What was set up so far, as a value: its parts in order, and as text and back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gate.core.ports import LinkHash, LinkPurpose
from gate.core.secret_text import Secret
from gate.core.subject import AccountId
from gate.service.journey import Journey, Step, read, written
from gate.service.new_code_apps import Confirmed
from tests.support.store_values import NOON

BEGUN = Journey(link=LinkHash("h"), account=AccountId("a"), purpose=LinkPurpose.NEW)
CHOSEN = replace(BEGUN, password=Secret("$argon2id$..."), password_at=NOON)
KNOWN = replace(BEGUN, password_at=NOON)
WITH_APP = replace(CHOSEN, app=Confirmed(seed=Secret("JBSWY3DPEHPK3PXP"), step=7), app_at=NOON)
DRAWN = replace(WITH_APP, codes=(Secret("AAAA"), Secret("BBBB")), code_hashes=("h1", "h2"))
WHOLE = replace(DRAWN, codes_shown=True)


@pytest.mark.parametrize(
    ("journey", "step"),
    [
        pytest.param(BEGUN, Step.PASSWORD, id="begun"),
        pytest.param(CHOSEN, Step.FACTOR, id="a password chosen"),
        pytest.param(KNOWN, Step.FACTOR, id="the password given"),
        pytest.param(
            replace(WITH_APP, password=None, password_at=None), Step.PASSWORD, id="an app alone"
        ),
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


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "null", "7", '{"link": "h", "app": []}', written(BEGUN).replace("new", "old")],
)
def test_what_another_version_wrote_is_no_journey(text: str) -> None:
    assert read(text) is None


def test_g21_codes_are_drawn_before_they_are_shown() -> None:
    assert DRAWN.shown_codes == ()
    assert WHOLE.shown_codes == WHOLE.codes


def test_t71_it_shows_no_secret() -> None:
    for secret in ("argon2id", "JBSWY3DP", "AAAA"):
        assert secret not in repr(WHOLE)
