"""Whether a journey may begin or go on is looked at again at every step (G20, G25)."""

from __future__ import annotations

from copy import copy
from datetime import timedelta

import pytest

from gate.core.decision import Reason
from gate.core.ports import LinkPurpose
from gate.core.secret_text import Secret
from gate.core.subject import AccountState
from gate.service.journeys import KIND, PAUSE, JourneyRefused
from gate.service.tokens import token_hash
from tests.support.travelling import Travelling
from tests.support.use_cases import ABROAD, House, at


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def erin(house: House) -> Travelling:
    return Travelling(house)


def refused(reason: Reason) -> JourneyRefused:
    return JourneyRefused(reason=reason)


def test_g20_a_link_becomes_another_token(erin: Travelling) -> None:
    held = erin.opens()
    assert isinstance(held, Secret)
    assert held != erin.made.token
    assert erin.now().link == erin.made.link


def test_t64_a_cookie_that_was_planted_is_not_gone_on_with(erin: Travelling) -> None:
    thief = copy(erin)
    thief.opens()
    thief.gives()
    erin.held = thief.held
    assert erin.opens() != thief.held
    assert not erin.now().journey.has_password
    assert erin.now().journey.codes != thief.now().journey.codes


def test_on_the_way_the_browser_goes_on_without_the_link(erin: Travelling) -> None:
    erin.opens()
    erin.gives()
    assert erin.now().journey.has_password


def test_a_journey_that_can_not_be_read_is_none(erin: Travelling) -> None:
    held = erin.opens()
    assert isinstance(held, Secret)
    ends = erin.house.clock.now() + PAUSE
    erin.house.store.one_time.put(KIND, token_hash(held), '{"link": "h"}', ends)
    assert erin.looks() == refused(Reason.NEEDS_LINK)


def test_t64_each_browser_has_a_journey_of_its_own(erin: Travelling) -> None:
    first = erin.opens()
    erin.gives()
    erin.held = None
    assert erin.opens() != first
    assert not erin.now().journey.has_password


def test_a_browser_that_opens_another_link_begins_that_one(house: House, erin: Travelling) -> None:
    erin.opens()
    frank = Travelling(house, "frank", held=erin.held)
    assert frank.opens() != erin.held
    assert frank.now().account.name == "frank"


def test_without_a_cookie_there_is_no_journey(erin: Travelling) -> None:
    assert erin.looks() == refused(Reason.NEEDS_LINK)
    erin.held = Secret("a" * 43)
    assert erin.looks() == refused(Reason.NEEDS_LINK)


def test_a_journey_is_kept_for_an_hour_after_each_step(erin: Travelling) -> None:
    erin.opens()
    house = erin.house
    house.clock.advance(PAUSE - timedelta(minutes=1))
    erin.gives()
    house.clock.advance(PAUSE - timedelta(minutes=1))
    assert erin.now().journey.has_password
    house.clock.advance(timedelta(minutes=1))
    assert erin.looks() == refused(Reason.NEEDS_LINK)


def test_g20_nothing_is_kept_beyond_the_link(erin: Travelling) -> None:
    erin.house.clock.advance(timedelta(hours=23, minutes=30))
    erin.opens()
    erin.house.clock.advance(timedelta(minutes=30))
    assert erin.looks() == refused(Reason.NEEDS_LINK)
    assert erin.opens() == refused(Reason.LINK_EXPIRED)


@pytest.mark.parametrize("state", [AccountState.DISABLED, AccountState.LOCKED])
def test_g20_disabling_ends_a_journey_on_its_way(erin: Travelling, state: AccountState) -> None:
    erin.opens()
    erin.house.store.accounts.set_state(erin.account.id, state)
    assert erin.looks() == refused(Reason.LINK_VOID)


def test_g20_a_newer_link_ends_a_journey_on_its_way(erin: Travelling) -> None:
    erin.opens()
    erin.new_link()
    assert erin.looks() == refused(Reason.LINK_VOID)


def test_g20_a_deleted_account_has_no_journey(erin: Travelling) -> None:
    erin.opens()
    erin.house.store.accounts.delete(erin.account.id)
    assert erin.looks() == refused(Reason.LINK_VOID)


def test_g20_networks_are_obeyed_at_every_step(house: House) -> None:
    house.add("frank", networks="203.0.113.0/24")
    frank = Travelling(house, "frank", LinkPurpose.RESET)
    frank.opens()
    frank.visitor = at(ABROAD)
    assert frank.looks() == refused(Reason.IP_NOT_ALLOWED)
    assert frank.opens() == refused(Reason.IP_NOT_ALLOWED)


def test_g25_the_session_that_made_a_link_can_not_use_it(house: House, erin: Travelling) -> None:
    house.add()
    session = house.session()
    erin.made = erin.new_link(issuer=session.id)
    erin.opens()
    erin.session = session
    assert erin.looks() == refused(Reason.LINK_NOT_HERE)
    assert erin.opens() == refused(Reason.LINK_NOT_HERE)
    erin.session = None
    assert erin.now().account.name == "erin"


@pytest.mark.parametrize(
    ("purpose", "has_password", "chooses"),
    [
        (LinkPurpose.NEW, False, True),
        (LinkPurpose.NEW, True, True),
        (LinkPurpose.ADD, True, False),
        (LinkPurpose.RESET, True, False),
        (LinkPurpose.ADD, False, True),
        (LinkPurpose.RESET, False, True),
    ],
)
def test_when_a_password_is_chosen(
    house: House, purpose: LinkPurpose, *, has_password: bool, chooses: bool
) -> None:
    if has_password:
        house.add("erin", has_app=False)
    erin = Travelling(house, purpose=purpose)
    erin.opens()
    assert erin.now().chooses_password is chooses


@pytest.mark.parametrize("purpose", list(LinkPurpose))
@pytest.mark.parametrize("codes", [[], ["h1"]])
def test_codes_are_kept_only_where_a_factor_is_added(
    house: House, purpose: LinkPurpose, codes: list[str]
) -> None:
    erin = Travelling(house, purpose=purpose)
    house.store.recovery_codes.replace(erin.account.id, codes, house.clock.now())
    erin.made = erin.new_link()
    erin.opens()
    assert erin.now().keeps_codes is (purpose is LinkPurpose.ADD and bool(codes))
