"""The journey's recovery codes: shown in the answer to a POST alone (G3, G21)."""

from __future__ import annotations

import pytest

from gate.core.ports import LinkPurpose
from tests.ui.house import PASSWORD, House
from tests.ui.travelling import ENROL, Travelling, codes_on


@pytest.fixture
def erin() -> Travelling:
    erin = Travelling(House())
    erin.opens()
    erin.gives()
    erin.sets_up_app()
    return erin


def test_g3_codes_are_never_shown_by_a_get(erin: Travelling) -> None:
    codes = erin.sees_codes()
    assert len(set(codes)) == 10
    page = erin.browser.get(f"{ENROL}/recovery-codes")
    assert codes_on(page) == []
    assert "Show my recovery codes" in page.text


def test_shown_again_they_are_the_same(erin: Travelling) -> None:
    assert erin.sees_codes() == erin.sees_codes()


def test_t71_codes_that_were_shown_to_nobody_are_none(erin: Travelling) -> None:
    answer = erin.finishes()
    assert answer.location == f"{ENROL}/recovery-codes"
    assert not erin.account.has_totp


def test_codes_from_before_stay_when_a_factor_is_added() -> None:
    house = House()
    house.add("frank")
    frank = Travelling(house, "frank", LinkPurpose.ADD)
    house.store.recovery_codes.replace(frank.account.id, ["h1", "h2"], house.clock.now())
    frank.token = frank.new_link()
    frank.opens()
    frank.gives(PASSWORD)
    frank.sets_up_app()
    assert (
        "Those that you stored before are still good."
        in frank.browser.get(f"{ENROL}/recovery-codes").text
    )
    assert frank.sends("recovery-codes", "done").status == 303
    assert house.store.recovery_codes.left(frank.account.id) == 2
    assert len(house.store.accounts.totps(frank.account.id)) == 2
