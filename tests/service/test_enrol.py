"""The end of a journey: all of it or nothing, and the link once (F1, F18, G20)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from gate.core.decision import Reason
from gate.core.errors import StoreUnavailable
from gate.core.ports import LinkPurpose
from gate.core.secret_text import Secret
from gate.core.subject import Method
from gate.service.enrol import Enrolled, NotEnrolled
from gate.service.links import link_hash
from tests.support.broken_store import BrokenStore
from tests.support.decisions import allowlist
from tests.support.sql_stores import new_sqlite_store
from tests.support.travelling import NEW_PASSWORD, Travelling, enrolment_of
from tests.support.use_cases import PASSWORD, House

WRITES = [
    "links.take",
    "accounts.reset_factors",
    "sessions.end_all",
    "accounts.set_password_hash",
    "accounts.add_totp",
    "recovery_codes.replace",
]


@pytest.fixture
def erin() -> Travelling:
    return Travelling(House()).is_ready()


def refused(reason: Reason) -> NotEnrolled:
    return NotEnrolled(reason=reason)


def counts(somebody: Travelling) -> bool:
    """Say whether anything of the journey counts, and that it is all or nothing."""
    store, account = somebody.house.store, somebody.account
    found = {
        account.has_totp,
        store.accounts.password_hash(account.id) is not None,
        store.recovery_codes.left(account.id) > 0,
        store.links.peek(link_hash(somebody.made.token), somebody.house.clock.now()) is None,
    }
    assert len(found) == 1
    return found.pop()


def test_everything_counts_at_once_and_the_person_is_signed_in(erin: Travelling) -> None:
    assert not counts(erin)
    enrolled = erin.finishes()
    assert isinstance(enrolled, Enrolled)
    assert counts(erin)
    assert erin.house.methods(enrolled.issued.session.hash) == {Method.PASSWORD, Method.TOTP}
    assert enrolled.device is not None
    assert enrolled.issued.session.account.has_totp


def test_g18_each_proof_is_as_old_as_what_was_typed() -> None:
    house = House()
    erin, begun = Travelling(house), house.clock.now()
    erin.opens()
    erin.gives()
    house.clock.advance(timedelta(minutes=30))
    erin.sets_up_app()
    house.clock.advance(timedelta(minutes=59))
    erin.sees_codes()
    enrolled = erin.finishes()
    assert isinstance(enrolled, Enrolled)
    ages = {proof.method: proof.at - begun for proof in enrolled.issued.session.proofs}
    assert ages == {Method.PASSWORD: timedelta(), Method.TOTP: timedelta(minutes=30)}
    assert enrolled.issued.session.created_at == house.clock.now()


def test_g20_a_first_sign_in_is_as_old_as_its_password() -> None:
    house = House(first_sign_in_from=allowlist("203.0.113.0/24"))
    frank = Travelling(house, "frank", LinkPurpose.ADD)
    house.store.accounts.set_password_hash(
        frank.account.id, Secret("$argon2id$"), house.clock.now()
    )
    begun = house.clock.now()
    frank.held = frank.enrolment.journeys.begin(frank.account, frank.visitor)
    house.clock.advance(timedelta(minutes=20))
    frank.sets_up_app()
    frank.sees_codes()
    enrolled = frank.finishes()
    assert isinstance(enrolled, Enrolled)
    assert {proof.method: proof.at - begun for proof in enrolled.issued.session.proofs} == {
        Method.PASSWORD: timedelta(),
        Method.TOTP: timedelta(minutes=20),
    }


def test_g21_pages_that_are_asked_for_at_once_show_one_set(erin: Travelling) -> None:
    erin.opens()
    erin.gives()
    erin.sets_up_app()
    before = erin.now()
    first, second = erin.enrolment.end.codes(before), erin.enrolment.end.codes(before)
    assert first == second == erin.now().journey.shown_codes


def test_the_step_of_the_code_that_confirmed_it_is_used_up(erin: Travelling) -> None:
    erin.finishes()
    (app,) = erin.house.store.accounts.totps(erin.account.id)
    assert app.last_step > 0


@pytest.mark.parametrize("write", WRITES)
def test_f1_when_any_write_fails_nothing_counts(erin: Travelling, write: str) -> None:
    broken = enrolment_of(erin.house, BrokenStore(erin.house.store, fail_on={write}))
    with pytest.raises(StoreUnavailable):
        broken.end.finish(erin.now(), erin.visitor)
    assert not counts(erin)
    assert isinstance(erin.finishes(), Enrolled), "the journey can still be ended"


def test_f1_f18_in_a_database_of_fifty_ends_one_counts(tmp_path: Path) -> None:
    house = House(store=new_sqlite_store(tmp_path))
    erin = Travelling(house).is_ready()
    journey = erin.now()
    with ThreadPoolExecutor(8) as pool:
        ends = [pool.submit(erin.enrolment.end.finish, journey, erin.visitor) for _ in range(50)]
        results = [end.result() for end in ends]
    assert sum(isinstance(each, Enrolled) for each in results) == 1
    assert len(house.store.accounts.totps(erin.account.id)) == 1
    assert len(house.store.sessions.of_account(erin.account.id)) == 1
    house.store.close()


def test_g20_a_link_that_ended_meanwhile_lets_nothing_in(erin: Travelling) -> None:
    journey = erin.now()
    erin.new_link()
    assert erin.enrolment.end.finish(journey, erin.visitor) == refused(Reason.LINK_VOID)
    assert not erin.account.has_totp


def test_a_used_link_says_so(erin: Travelling) -> None:
    journey = erin.now()
    erin.finishes()
    assert erin.enrolment.end.finish(journey, erin.visitor) == refused(Reason.LINK_USED)


def test_v231_no_part_is_skipped() -> None:
    erin = Travelling(House())
    erin.opens()
    assert erin.finishes() == refused(Reason.NEEDS_SECOND_FACTOR)
    erin.gives()
    assert erin.finishes() == refused(Reason.NEEDS_SECOND_FACTOR)
    erin.sets_up_app()
    assert erin.finishes() == refused(Reason.WRONG_CODE)
    erin.sees_codes()
    assert isinstance(erin.finishes(), Enrolled)


@pytest.mark.parametrize("typed", ["", "0000-0000-0000-0000", "what"])
def test_g21_a_code_of_another_set_ends_nothing(erin: Travelling, typed: str) -> None:
    assert erin.finishes(Secret(typed)) == refused(Reason.WRONG_CODE)
    assert not erin.account.has_totp


def test_g21_a_code_that_was_typed_is_spent(erin: Travelling) -> None:
    codes = erin.sees_codes()
    erin.finishes(codes[4])
    assert erin.house.store.recovery_codes.left(erin.account.id) == 9


@pytest.mark.parametrize("purpose", [LinkPurpose.RESET, LinkPurpose.NEW])
def test_g20_old_factors_sessions_and_known_browsers_end(purpose: LinkPurpose) -> None:
    house = House()
    house.add("frank")
    stepped = house.full("frank")
    frank = Travelling(house, "frank", purpose)
    frank.opens()
    frank.gives(PASSWORD if purpose is LinkPurpose.RESET else NEW_PASSWORD)
    frank.sets_up_app()
    frank.sees_codes()
    assert house.is_live(stepped.issued.session.hash)
    frank.finishes()
    assert not house.is_live(stepped.issued.session.hash)
    assert len(house.store.accounts.totps(frank.account.id)) == 1


def test_an_added_factor_stands_beside_the_others() -> None:
    house = House()
    house.add("frank")
    frank = Travelling(house, "frank", LinkPurpose.ADD)
    frank.opens()
    frank.gives(PASSWORD)
    frank.sets_up_app()
    frank.sees_codes()
    assert isinstance(frank.finishes(), Enrolled)
    assert len(house.store.accounts.totps(frank.account.id)) == 2


def test_what_happened_is_recorded_without_secrets(erin: Travelling) -> None:
    codes = erin.sees_codes()
    erin.finishes(codes[0])
    (record,) = erin.house.records("enrolled")
    assert record.details["purpose"] == "new"
    assert codes[0].reveal() not in repr(erin.house.records())
