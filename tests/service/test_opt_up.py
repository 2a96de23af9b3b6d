"""A second factor always: chosen by the person, with proof, and never less than the policy."""

from __future__ import annotations

from gate.core.decision import Reason
from gate.core.secret_text import Secret
from gate.core.subject import Session
from gate.service.given import Given, Unproved
from gate.service.last_factor import demands_second_factor
from gate.service.opt_up import OptUp
from tests.support.policies import policy_of
from tests.support.recoveries import recovered_session
from tests.support.use_cases import PASSWORD, WRONG_CODE, House, at

QUIET = """
sites:
  wiki:
    hosts: [wiki.example.com]
    upstream: http://127.0.0.1:8000
    rules:
      - {name: all, when: any, then: {require: signed_in}}
"""


def choose(
    house: House, session: Session, proof: Secret | None = None, *, on: bool = True
) -> Unproved | None:
    given = Given(typed=proof or house.next_code())
    opt_up = OptUp(store=house.store, fresh_proof=house.fresh_proof, events=house.events)
    return opt_up.choose(session, given, at(), on=on)


def is_on(house: House) -> bool:
    account = house.store.accounts.by_name("alice")
    assert account is not None
    return account.always_second_factor


def test_it_is_switched_on_and_off_with_a_code() -> None:
    house = House()
    house.add()
    session = house.session()
    assert choose(house, session) is None
    assert is_on(house)
    assert choose(house, session, on=False) is None
    assert not is_on(house)
    kinds = [record.kind for record in house.records()]
    assert kinds[:2] == ["always_asked_off", "always_asked_on"]


def test_g3_without_the_strongest_proof_nothing_changes() -> None:
    house = House()
    house.add()
    session = house.session()
    for proof in (WRONG_CODE, PASSWORD):
        refused = choose(house, session, proof)
        assert refused == Unproved(reason=Reason.WRONG_CODE)
    assert not is_on(house)
    assert len(house.records("always_asked_refused")) == 2


def test_g2_it_counts_in_every_process_at_once() -> None:
    house = House()
    house.add()
    session = house.session()
    before = house.store.epoch()
    choose(house, session)
    assert house.store.epoch() > before


def test_t70_the_last_factor_stays_as_long_as_it_is_on() -> None:
    house = House(policy=policy_of(QUIET))
    account = house.add()
    assert not demands_second_factor(house.policy, house.as_kept(account))
    choose(house, house.session())
    assert demands_second_factor(house.policy, house.as_kept(account))


def test_g21_a_recovered_session_does_not_change_it() -> None:
    house = House()
    session = recovered_session(house, house.add())
    assert choose(house, session) == Unproved(reason=Reason.NOT_BY_RECOVERY_CODE)
    assert not is_on(house)


def test_an_account_without_a_factor_is_not_locked_out_by_it() -> None:
    house = House()
    house.add(has_app=False)
    session = house.entered().session
    assert choose(house, session, PASSWORD) == Unproved(reason=Reason.NOT_ENROLLED)
    assert not is_on(house)


def test_t43_a_session_that_ended_meanwhile_changes_nothing() -> None:
    house = House()
    house.add()
    session = house.session()
    house.store.sessions.end(session.hash)
    assert choose(house, session) == Unproved(reason=Reason.SESSION_ENDED)
    assert not is_on(house)
