"""The version of an account's factors, and the reset of them, in every store (G20)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

from gate.core.ports import FamiliarPlace, Store
from gate.core.secret_text import Secret
from gate.core.subject import Account, AccountState
from tests.support.store_values import (
    NOON,
    allowlist,
    some_account,
    some_key,
    some_link,
    some_session,
    some_totp,
)

type Call = Callable[[Store], object]

ALICE: Final = some_account("alice")
BOB: Final = some_account("bob")
PLACE: Final = FamiliarPlace(account=ALICE.id, device="device", address_range="192.0.2.0", at=NOON)

CHANGES: Final[dict[str, Call]] = {
    "a code app is added": lambda s: s.accounts.add_totp(some_totp(ALICE, "tablet")),
    "a code app is removed": lambda s: s.accounts.remove_totp(ALICE.id, "phone"),
    "a key is added": lambda s: s.keys.add(some_key(ALICE, "spare")),
    "a key is removed": lambda s: s.keys.remove(ALICE.id, "yubi"),
    "recovery codes are made": lambda s: s.recovery_codes.replace(ALICE.id, ["other"], NOON),
    "the password is changed": lambda s: s.accounts.set_password_hash(
        ALICE.id, Secret("other"), NOON
    ),
    "the account is disabled": lambda s: s.accounts.set_state(ALICE.id, AccountState.DISABLED),
    "the account is locked": lambda s: s.accounts.set_state(ALICE.id, AccountState.LOCKED),
    "factors are reset": lambda s: s.accounts.reset_factors(ALICE.id),
}
LEAVES: Final[dict[str, Call]] = {
    "a code app is renamed": lambda s: s.accounts.rename_totp(ALICE.id, "phone", "tablet"),
    "a code is used": lambda s: s.accounts.accept_totp_step("phone", 7, NOON),
    "a key is renamed": lambda s: s.keys.rename(ALICE.id, "yubi", "other"),
    "a key is used": lambda s: s.keys.note_use("yubi", sign_count=1, backed_up=True, at=NOON),
    "a key is approved": lambda s: s.keys.count_now(ALICE.id, "yubi"),
    "a recovery code is used": lambda s: s.recovery_codes.use(ALICE.id, "code", NOON),
    "the password is hashed anew": lambda s: s.accounts.upgrade_password_hash(
        ALICE.id, old=Secret("hash"), new=Secret("better")
    ),
    "the account is enabled": lambda s: s.accounts.set_state(ALICE.id, AccountState.ENABLED),
    "the addresses change": lambda s: s.accounts.set_networks(ALICE.id, allowlist("192.0.2.1")),
    "another's factors change": lambda s: s.accounts.add_totp(some_totp(BOB, "of bob")),
}


def version(store: Store) -> int:
    return held(store, ALICE).factor_version


def held(store: Store, account: Account) -> Account:
    found = store.accounts.by_id(account.id)
    assert found is not None
    return found


@pytest.fixture
def filled(store: Store) -> Store:
    """A store in which alice has one of each factor and a link."""
    for account in (ALICE, BOB):
        store.accounts.add(account)
    store.accounts.set_password_hash(ALICE.id, Secret("hash"), NOON)
    store.accounts.add_totp(some_totp(ALICE))
    store.keys.add(some_key(ALICE))
    store.recovery_codes.replace(ALICE.id, ["code"], NOON)
    store.links.put(some_link(held(store, ALICE)))
    store.sessions.begin(some_session(ALICE))
    store.sessions.remember_place(PLACE)
    return store


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_g20_a_link_is_void_when(filled: Store, change: Call) -> None:
    before = version(filled)
    change(filled)
    assert version(filled) > before
    assert filled.links.peek(some_link(ALICE).hash, NOON) is None
    assert filled.links.take(some_link(ALICE).hash, NOON) is None


@pytest.mark.parametrize("change", LEAVES.values(), ids=LEAVES.keys())
def test_g20_a_link_stays_good_when(filled: Store, change: Call) -> None:
    before = version(filled)
    change(filled)
    assert version(filled) == before
    assert filled.links.take(some_link(ALICE).hash, NOON) is not None


def test_an_account_begins_at_the_first_version(store: Store) -> None:
    claimed = Account(id=ALICE.id, name="alice", factor_version=7)
    added = store.accounts.add(claimed)
    assert isinstance(added, Account)
    assert added.factor_version == 0


def test_g20_a_reset_leaves_the_password_and_nothing_else(filled: Store) -> None:
    filled.sessions.begin(some_session(BOB, "of bob"))
    filled.keys.add(some_key(BOB, "of bob"))
    assert filled.accounts.reset_factors(ALICE.id)
    assert held(filled, ALICE) == ALICE
    assert filled.accounts.totps(ALICE.id) == ()
    assert filled.keys.of_account(ALICE.id) == ()
    assert filled.recovery_codes.left(ALICE.id) == 0
    assert filled.links.void(ALICE.id) == 0
    assert [session.account.name for session in filled.sessions.all()] == ["bob"]
    assert not filled.sessions.is_familiar(
        ALICE.id, device="device", address_range="192.0.2.0", since=NOON
    )
    assert filled.accounts.password_hash(ALICE.id) == Secret("hash")
    assert filled.keys.of_account(BOB.id) == (some_key(BOB, "of bob"),)


def test_nothing_is_reset_for_an_account_that_is_gone(filled: Store) -> None:
    filled.accounts.delete(ALICE.id)
    assert not filled.accounts.reset_factors(ALICE.id)


def test_a_code_app_is_renamed_by_its_owner_only(filled: Store) -> None:
    assert not filled.accounts.rename_totp(BOB.id, "phone", "mine")
    assert not filled.accounts.rename_totp(ALICE.id, "unknown", "mine")
    assert filled.accounts.rename_totp(ALICE.id, "phone", "the tablet")
    assert [totp.name for totp in filled.accounts.totps(ALICE.id)] == ["the tablet"]
