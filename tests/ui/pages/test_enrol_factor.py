"""The choice of a second factor, in words for somebody who has never heard of one."""

from __future__ import annotations

import pytest

from tests.ui.house import House
from tests.ui.travelling import ENROL, Travelling


@pytest.fixture
def erin() -> Travelling:
    erin = Travelling(House())
    erin.opens()
    return erin


def test_steps_are_taken_in_their_order(erin: Travelling) -> None:
    for page in ("factor", "recovery-codes"):
        assert erin.browser.get(f"{ENROL}/{page}").location == f"{ENROL}/password"
    erin.gives()
    assert erin.browser.get(f"{ENROL}/recovery-codes").location == f"{ENROL}/factor"
    assert erin.sends("factor", "done", stored="yes").location == f"{ENROL}/factor"


def test_the_choice_is_explained_without_jargon(erin: Travelling) -> None:
    erin.gives()
    page = erin.browser.get(f"{ENROL}/factor")
    assert page.title.startswith("Choose a second proof")
    assert "An app on your phone that shows six digits" in page.text
    for word in ("2FA", "TOTP", "MFA", "WebAuthn", "FIDO", "authentication"):
        assert word not in page.text


def test_what_is_ready_is_said_and_leads_on(erin: Travelling) -> None:
    erin.gives()
    erin.sets_up_app()
    page = erin.browser.get(f"{ENROL}/factor")
    assert page.title.startswith("Your second proof")
    assert "Ready" in page.text
    assert 'href="/-/gate/enrol/recovery-codes"' in page.text
