"""Whoever finds somebody else in the account locks it, by the session alone."""

from __future__ import annotations

from gate.core.decision import Reason
from gate.core.subject import AccountState
from gate.service.lockdown import Lockdown
from gate.service.sign_in import SignInRefused
from tests.support.use_cases import ABROAD, House, at


def lockdown(house: House) -> Lockdown:
    return Lockdown(store=house.store, events=house.events)


def test_t43_a_locked_account_has_no_session_and_gets_none() -> None:
    house = House()
    account = house.add()
    own, thiefs = house.session(), house.session(visitor=at(ABROAD))
    assert lockdown(house).lock(own, at())
    assert house.as_kept(account).state is AccountState.LOCKED
    assert not house.is_live(own.hash)
    assert not house.is_live(thiefs.hash)
    refused = house.enter()
    assert isinstance(refused, SignInRefused)
    assert refused.reason is Reason.ACCOUNT_LOCKED


def test_g20_links_made_before_are_void() -> None:
    house = House()
    account = house.add()
    before = house.as_kept(account).factor_version
    lockdown(house).lock(house.session(), at())
    assert house.as_kept(account).factor_version > before


def test_the_history_says_from_where() -> None:
    house = House()
    house.add()
    lockdown(house).lock(house.session(), at(ABROAD))
    (record,) = house.records("account_locked")
    assert (record.account, record.client) == ("alice", ABROAD)


def test_nobody_else_is_locked() -> None:
    house = House()
    house.add()
    bob = house.add("bob")
    lockdown(house).lock(house.session(), at())
    assert house.as_kept(bob).state is AccountState.ENABLED


def test_a_session_that_ended_meanwhile_locks_nothing() -> None:
    house = House()
    account = house.add()
    session = house.session()
    house.store.accounts.set_state(account.id, AccountState.DISABLED)
    assert not lockdown(house).lock(session, at())
    assert house.as_kept(account).state is AccountState.DISABLED
    assert house.records("account_locked") == []
