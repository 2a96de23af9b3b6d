"""A seed waits for the first code of its app, for one session and one account."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from gate.core.decision import Reason
from gate.core.secret_text import Secret
from gate.core.subject import Method
from gate.factors import totp as totp_factor
from gate.service.new_code_apps import (
    WAITS,
    Confirmed,
    NewCodeApps,
    NothingPending,
    Pending,
    Unconfirmed,
)
from tests.support.use_cases import WRONG_CODE, House

SESSION = Secret("the session of alice")
OTHER = Secret("another session")


def new_code_apps(house: House) -> NewCodeApps:
    return NewCodeApps(
        store=house.store, clock=house.clock, throttle=house.throttle, issuer="wiki.example.com"
    )


def code_of(house: House, pending: Pending, ahead: timedelta = timedelta()) -> Secret:
    return Secret(totp_factor.code_at(pending.seed, house.clock.now() + ahead))


def test_the_seed_is_shown_with_the_address_that_a_phone_reads() -> None:
    house = House()
    pending = new_code_apps(house).begin(SESSION, house.add())
    seed = pending.seed.reveal()
    assert len(seed) == 32
    assert pending.uri.reveal() == (
        f"otpauth://totp/wiki.example.com:alice?secret={seed}&issuer=wiki.example.com"
    )
    assert seed not in repr(pending)


def test_t64_the_right_code_confirms_once() -> None:
    house = House()
    alice, apps = house.add(), new_code_apps(house)
    pending = apps.begin(SESSION, alice, added_with=(Method.TOTP,))
    code = code_of(house, pending)
    step = totp_factor.step_at(house.clock.now())
    assert apps.confirm(SESSION, alice, code) == Confirmed(
        seed=pending.seed, step=step, added_with=(Method.TOTP,)
    )
    assert isinstance(apps.confirm(SESSION, alice, code), NothingPending)
    assert apps.pending(SESSION, alice) is None


def test_t64_a_wrong_code_keeps_the_seed() -> None:
    house = House()
    alice, apps = house.add(), new_code_apps(house)
    pending = apps.begin(SESSION, alice)
    assert apps.confirm(SESSION, alice, WRONG_CODE) == Unconfirmed(reason=Reason.WRONG_CODE)
    assert apps.pending(SESSION, alice) == pending
    assert isinstance(apps.confirm(SESSION, alice, code_of(house, pending)), Confirmed)


@pytest.mark.parametrize("seconds", [-300, -60, 90, 300])
def test_a_clock_that_is_off_is_told_by_how_much(seconds: int) -> None:
    house = House()
    alice, apps = house.add(), new_code_apps(house)
    pending = apps.begin(SESSION, alice)
    off = timedelta(seconds=seconds)
    assert apps.confirm(SESSION, alice, code_of(house, pending, off)) == Unconfirmed(
        reason=Reason.WRONG_CODE, clock_off=off
    )


def test_a_seed_that_waits_is_not_made_anew() -> None:
    house = House()
    alice, apps = house.add(), new_code_apps(house)
    first = apps.begin(SESSION, alice)
    house.clock.advance(WAITS - timedelta(seconds=1))
    again = apps.begin(SESSION, alice, added_with=(Method.TOTP,))
    assert again.seed == first.seed
    assert again.added_with == (Method.TOTP,)
    house.clock.advance(WAITS - timedelta(seconds=1))
    assert apps.pending(SESSION, alice) == again


def test_t64_a_seed_waits_ten_minutes_or_until_it_is_cancelled() -> None:
    house = House()
    alice, apps = house.add(), new_code_apps(house)
    first = apps.begin(SESSION, alice)
    house.clock.advance(WAITS)
    assert apps.pending(SESSION, alice) is None
    assert isinstance(apps.confirm(SESSION, alice, code_of(house, first)), NothingPending)
    second = apps.begin(SESSION, alice)
    assert second.seed != first.seed
    apps.cancel(SESSION)
    assert apps.pending(SESSION, alice) is None


def test_t64_another_session_or_account_has_no_seed() -> None:
    house = House()
    alice, bob, apps = house.add(), house.add("bob"), new_code_apps(house)
    code = code_of(house, apps.begin(SESSION, alice))
    assert isinstance(apps.confirm(OTHER, alice, code), NothingPending)
    assert isinstance(apps.confirm(SESSION, bob, code), NothingPending)
    assert isinstance(apps.confirm(SESSION, alice, code), Confirmed)


def test_t62_guesses_are_counted_and_a_right_one_is_given_back() -> None:
    house = House()
    alice, apps = house.add(), new_code_apps(house)
    pending = apps.begin(SESSION, alice)
    for _ in range(5):
        assert apps.confirm(SESSION, alice, WRONG_CODE) == Unconfirmed(reason=Reason.WRONG_CODE)
    refused = apps.confirm(SESSION, alice, code_of(house, pending))
    assert refused == Unconfirmed(reason=Reason.RATE_LIMITED, wait=timedelta(minutes=5))
    house.clock.advance(timedelta(minutes=5))
    assert isinstance(apps.confirm(SESSION, alice, code_of(house, pending)), Confirmed)


def test_f18_of_many_right_answers_one_counts() -> None:
    house = House()
    alice, apps = house.add(), new_code_apps(house)
    code = code_of(house, apps.begin(SESSION, alice))
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda _: apps.confirm(SESSION, alice, code), range(5)))
    assert sum(isinstance(each, Confirmed) for each in answers) == 1
