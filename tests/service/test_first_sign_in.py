"""A password begins a journey only where and while the operator allows it (G20)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from gate.core.decision import Reason
from gate.core.network import Allowlist
from gate.core.subject import Account, AccountState, Method
from gate.service.enrol import Enrolled
from gate.service.first_sign_in import WINDOW
from gate.service.journeys import JourneyRefused
from gate.service.sign_in import BeginsEnrolment, SignInRefused
from tests.support.decisions import address, allowlist
from tests.support.policies import SITE, policy_of
from tests.support.travelling import Travelling
from tests.support.use_cases import ABROAD, HOME, WRONG, House, at

DEMANDING = f'accounts: {{"*": {{require: second_factor}}}}\nadmins: {{account: root}}\n{SITE}'
NOT_ENROLLED = SignInRefused(reason=Reason.NOT_ENROLLED)


def house_of(networks: Allowlist | None = None) -> House:
    here = allowlist("203.0.113.0/24") if networks is None else networks
    return House(policy=policy_of(DEMANDING), first_sign_in_from=here)


@pytest.fixture
def house() -> House:
    return house_of()


def allows(house: House, account: Account, client: str = HOME) -> bool:
    kept = house.as_kept(account)
    return house.journeys.first_sign_in.allows(kept, address(client))


def on_the_way(house: House) -> Travelling:
    """Give somebody whose password began a journey."""
    if house.store.accounts.by_name("erin") is None:
        house.add("erin", has_app=False)
    erin = Travelling(house)
    answer = house.enter("erin")
    assert isinstance(answer, BeginsEnrolment)
    erin.held = answer.held
    return erin


def test_g20_a_new_account_begins_by_its_password(house: House) -> None:
    house.add("erin", has_app=False)
    begun = house.enter("erin")
    assert isinstance(begun, BeginsEnrolment)
    assert house.store.sessions.all() == ()
    assert [record.account for record in house.records("enrolment_begun")] == ["erin"]


def test_g20_by_default_nobody_does() -> None:
    house = house_of(Allowlist())
    house.add("erin", has_app=False)
    assert house.enter("erin") == NOT_ENROLLED


def test_g20_only_from_the_networks_that_were_named(house: House) -> None:
    account = house.add("erin", has_app=False)
    assert allows(house, account)
    assert not allows(house, account, ABROAD)
    assert house.enter("erin", visitor=at(ABROAD)) == NOT_ENROLLED


def test_g20_only_within_seven_days_of_the_password(house: House) -> None:
    account = house.add("erin", has_app=False)
    house.clock.advance(WINDOW - timedelta(seconds=1))
    assert allows(house, account)
    house.clock.advance(timedelta(seconds=1))
    assert not allows(house, account)


def test_g20_never_an_admin(house: House) -> None:
    assert not allows(house, house.add("root", has_app=False))
    assert house.enter("root") == NOT_ENROLLED


def test_g20_only_who_never_had_a_factor(house: House) -> None:
    account = house.add("erin", has_app=False)
    house.add_app(account)
    assert not allows(house, account)
    house.store.accounts.remove_totp(account.id, f"phone-of-{account.name}")
    assert not allows(house, account)


def test_g20_a_reset_takes_a_link(house: House) -> None:
    account = house.add("erin", has_app=False)
    house.store.accounts.reset_factors(account.id)
    assert not allows(house, account)


@pytest.mark.parametrize("state", [AccountState.DISABLED, AccountState.LOCKED])
def test_who_is_turned_away_does_not(house: House, state: AccountState) -> None:
    account = house.add("erin", has_app=False)
    assert not house.journeys.first_sign_in.allows(replace(account, state=state), address(HOME))


def test_an_account_without_a_password_does_not(house: House) -> None:
    erin = Travelling(house)
    assert not allows(house, erin.account)
    with_version = replace(erin.account, factor_version=1)
    assert not house.journeys.first_sign_in.allows(with_version, address(HOME))


def test_a_wrong_password_begins_nothing(house: House) -> None:
    house.add("erin", has_app=False)
    assert house.enter("erin", WRONG) == SignInRefused(reason=Reason.WRONG_PASSWORD)


def test_g20_the_journey_asks_for_no_password_and_ends_signed_in(house: House) -> None:
    erin = on_the_way(house)
    assert erin.now().journey.has_password
    erin.sets_up_app()
    erin.sees_codes()
    enrolled = erin.finishes()
    assert isinstance(enrolled, Enrolled)
    assert house.methods(enrolled.issued.session.hash) == {Method.PASSWORD, Method.TOTP}
    assert not allows(house, erin.account)


def test_g20_all_of_it_is_looked_at_again_at_every_step(house: House) -> None:
    erin = on_the_way(house)
    erin.visitor = at(ABROAD)
    assert erin.looks() == JourneyRefused(reason=Reason.NOT_ENROLLED)
    erin.visitor = at()
    house.policy = policy_of(DEMANDING.replace("root", "erin"))
    assert erin.looks() == JourneyRefused(reason=Reason.NOT_ENROLLED)


def test_f18_the_newest_of_two_browsers_comes_to_the_end(house: House) -> None:
    first = on_the_way(house)
    second = on_the_way(house)
    assert first.looks() == JourneyRefused(reason=Reason.LINK_VOID)
    second.sets_up_app()
    second.sees_codes()
    assert isinstance(second.finishes(), Enrolled)
