"""What an operator does with accounts: all of it or nothing, each act an event."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gate.core.errors import StoreError
from gate.core.secret_text import Secret
from gate.core.subject import Account, AccountState, SessionId
from gate.factors import password as password_factor
from gate.service.account_file import AccountLine
from gate.service.account_import import AccountImport, Imported
from gate.service.accounts import NewAccount, Refused
from gate.store.memory import MemoryStore
from tests.support.broken_store import BrokenStore
from tests.support.decisions import allowlist
from tests.support.store_values import SEED
from tests.support.use_cases import PASSWORD, PROFILE, WRONG, House

NEW = NewAccount(
    name="carol",
    password=PASSWORD,
    totp=SEED,
    networks="10.9.9.0/24",
    display_name="Carol",
    email="carol@example.com",
)


def added(house: House, new: NewAccount = NEW, *, reuse: bool = False) -> Account:
    account = house.accounts.add(new, reuse=reuse)
    assert isinstance(account, Account), account
    return account


def networks(account: Account) -> list[str]:
    return [str(network) for network in account.networks.networks] if account.networks else []


def update(house: House, account: Account, **changed: object) -> Imported:
    new = replace(NewAccount(name=account.name), **changed)  # type: ignore[arg-type]  # fields by name
    done = AccountImport(accounts=house.accounts)([AccountLine(line=1, account=new)], update=True)
    assert isinstance(done, Imported), done
    return done


def test_an_account_is_added_with_all_that_came_along() -> None:
    house = House()
    account = added(house)
    assert account.has_totp
    assert networks(account) == ["10.9.9.0/24"]
    assert (account.display_name, account.email) == ("Carol", "carol@example.com")
    assert house.store.accounts.password_hash(account.id) is not None
    assert [record.account for record in house.records("account_added")] == ["carol"]


def test_g10_a_name_is_folded_and_found_in_any_spelling() -> None:
    house = House()
    account = added(house, replace(NEW, name=" Carol"))
    assert account.name == "carol"
    assert house.accounts.by_name("CAROL ") == account
    assert isinstance(house.accounts.by_name("dave"), Refused)


@pytest.mark.parametrize(
    "name", ["", "-carol", "ca rol", "c" * 65, "carol\n", "çarol", "\u017farol"]
)
def test_g10_other_names_are_refused(name: str) -> None:
    house = House()
    assert isinstance(house.accounts.add(replace(NEW, name=name)), Refused)
    assert house.store.accounts.all() == ()


WRONG_FIELDS: dict[str, dict[str, object]] = {
    "no password": {"password": Secret("")},
    "endless password": {"password": Secret("x" * 1025)},
    "password that is no text": {"password": Secret("\ud800")},
    "unknown hash": {"password": None, "password_hash": Secret("$1$abc")},
    "two lines": {"display_name": "Carol\nAdmin: yes"},
    "endless name": {"display_name": "x" * 129},
    "no address": {"email": "carol"},
    "two addresses": {"email": "carol@example.com, eve@example.com"},
    "host bits": {"networks": "10.0.0.1/8"},
}


@pytest.mark.parametrize("wrong", WRONG_FIELDS)
def test_what_is_wrong_is_refused_and_nothing_is_added(wrong: str) -> None:
    house = House()
    refused = house.accounts.add(replace(NEW, **WRONG_FIELDS[wrong]))  # type: ignore[arg-type]  # fields by name
    assert isinstance(refused, Refused)
    assert house.store.accounts.all() == ()


def test_g10_the_name_of_a_deleted_account_is_taken_until_it_is_asked_for() -> None:
    house = House()
    first = added(house)
    house.accounts.delete(first)
    assert isinstance(house.accounts.add(NEW), Refused)
    assert added(house, reuse=True).id != first.id


def test_g10_an_address_belongs_to_one_account() -> None:
    house = House()
    added(house)
    refused = house.accounts.add(replace(NEW, name="dave", email="CAROL@example.com"))
    assert isinstance(refused, Refused)
    assert "another account" in refused.message


def test_weak_passwords_are_told_and_taken() -> None:
    house = House()
    weak = replace(NEW, password=Secret("password"))
    assert house.accounts.weaknesses(weak)
    assert house.accounts.weaknesses(NEW) == ()
    assert house.accounts.weaknesses(replace(NEW, password=None)) == ()
    added(house, weak)


def test_an_account_may_come_with_a_hash() -> None:
    house = House()
    encoded = Secret(password_factor.hash_password(PASSWORD, PROFILE))
    account = added(house, replace(NEW, password=None, password_hash=encoded))
    assert house.store.accounts.password_hash(account.id) == encoded


@pytest.mark.parametrize("call", range(1, 9))
def test_f3_an_account_whose_nth_write_fails_is_added_whole_or_not_at_all(call: int) -> None:
    kept = MemoryStore()
    broken = House(store=BrokenStore(kept, fail_on={"*"}, from_call=call))
    try:
        broken.accounts.add(NEW)
    except StoreError:
        assert kept.accounts.all() == ()
    else:
        (account,) = kept.accounts.all()
        assert account.has_totp


@pytest.mark.parametrize(
    "changed",
    [{"password": WRONG}, {"totp": Secret("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")}],
    ids=["password", "code app"],
)
def test_t42_a_new_password_or_code_app_ends_all_sessions(changed: dict[str, object]) -> None:
    house = House()
    account = house.add()
    session = house.session()
    assert update(house, account, **changed).updated == ("alice",)
    assert not house.is_live(session.hash)
    assert len(house.store.accounts.totps(account.id)) == 1


def test_an_update_leaves_what_did_not_come_along() -> None:
    house = House()
    account = added(house)
    update(house, account, display_name="Caroline")
    kept = house.as_kept(account)
    assert kept == replace(account, display_name="Caroline")


def test_an_update_can_change_the_list_and_keeps_sessions() -> None:
    house = House()
    account = house.add()
    session = house.session()
    update(house, account, networks="10.0.0.0/8")
    assert networks(house.as_kept(account)) == ["10.0.0.0/8"]
    assert house.is_live(session.hash)


@pytest.mark.parametrize("state", [AccountState.DISABLED, AccountState.LOCKED])
def test_t43_an_account_that_may_not_be_used_loses_its_sessions(state: AccountState) -> None:
    house = House()
    account = house.add()
    session = house.session()
    house.accounts.set_state(account, state)
    assert not house.is_live(session.hash)
    assert house.records()[0].kind == f"account_{state}"


def test_g16_unlocking_forgets_wrong_guesses() -> None:
    house = House()
    account = house.add()
    for _ in range(5):
        house.enter(password=WRONG)
    house.accounts.set_state(account, AccountState.LOCKED)
    house.accounts.unlock(house.as_kept(account))
    house.entered()


def test_unlocking_does_not_enable_a_disabled_account() -> None:
    house = House()
    account = house.add()
    house.accounts.set_state(account, AccountState.DISABLED)
    house.accounts.unlock(house.as_kept(account))
    assert house.as_kept(account).state is AccountState.DISABLED


def test_a_list_is_replaced_or_taken_off() -> None:
    house = House()
    account = house.add()
    house.accounts.set_networks(account, allowlist("10.0.0.0/8"))
    assert house.as_kept(account).networks == allowlist("10.0.0.0/8")
    house.accounts.set_networks(account, allowlist())
    assert house.as_kept(account).networks is None
    said = [record.details["networks"] for record in house.records("networks_changed")]
    assert said == [[], ["10.0.0.0/8"]]


def test_t41_an_operator_ends_one_session_or_all() -> None:
    house = House()
    account = house.add()
    first, _, _ = house.session(), house.session(), house.session()
    assert house.accounts.end_session(account, first.id)
    assert not house.accounts.end_session(account, SessionId("no such"))
    assert len(house.accounts.all_sessions()) == 2
    assert house.accounts.end_sessions(account) == 2
    assert house.accounts.all_sessions() == []


def test_r14_sessions_that_time_ended_are_not_listed() -> None:
    house = House()
    house.add()
    session = house.session()
    house.clock.advance(session.limits.idle)
    assert house.accounts.all_sessions() == []
