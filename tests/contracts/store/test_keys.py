"""Security keys, as every store keeps them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from gate.core.errors import StoreCorrupt
from gate.core.ports import CredentialTaken, SecurityKey, Store
from gate.core.subject import Account
from tests.support.store_values import (
    NOON,
    hash_of,
    minutes,
    some_account,
    some_key,
    some_session,
)

LATER = NOON + minutes(60)


def now_held(store: Store, account: Account) -> Account:
    held = store.accounts.by_id(account.id)
    assert held is not None
    return held


def the_key(store: Store) -> SecurityKey:
    found = store.keys.by_credential(some_key(some_account("alice")).credential_id)
    assert found is not None
    return found


def test_a_key_comes_back_as_it_was_added(store: Store, alice: Account) -> None:
    full = replace(
        some_key(alice, sign_count=2**32 - 1, counts_from=LATER),
        backup_eligible=True,
        backed_up=True,
        discoverable=True,
        user_verified=True,
        approved=True,
        last_used=NOON,
        clone_warned_at=LATER,
    )
    plain = replace(some_key(alice, "plain"), added_at=LATER, added_with=(), transports=())
    assert store.keys.add(plain) is None
    assert store.keys.add(full) is None
    assert store.keys.of_account(alice.id) == (full, plain)
    assert store.keys.by_credential(full.credential_id) == full
    assert store.keys.by_credential(b"unknown") is None


def test_t68_w22_a_credential_is_registered_once_over_all_accounts(
    store: Store, alice: Account, bob: Account
) -> None:
    store.keys.add(some_key(alice))
    again = replace(some_key(alice), id="again")
    for other in (again, replace(again, account=bob.id)):
        assert isinstance(store.keys.add(other), CredentialTaken)
    assert store.keys.of_account(bob.id) == ()
    assert store.keys.of_account(alice.id) == (some_key(alice),)


def test_a_key_needs_an_account_and_an_id_of_its_own(store: Store, alice: Account) -> None:
    store.keys.add(some_key(alice))
    with pytest.raises(StoreCorrupt):
        store.keys.add(replace(some_key(alice, "other"), id="yubi"))
    with pytest.raises(StoreCorrupt):
        store.keys.add(some_key(some_account("nobody"), "theirs"))
    assert store.keys.of_account(alice.id) == (some_key(alice),)


def test_a_key_is_renamed_and_removed_by_its_owner_only(
    store: Store, alice: Account, bob: Account
) -> None:
    store.keys.add(some_key(alice))
    assert not store.keys.rename(bob.id, "yubi", "mine")
    assert not store.keys.remove(bob.id, "yubi")
    assert not store.keys.count_now(bob.id, "yubi")
    assert store.keys.rename(alice.id, "yubi", "blue one")
    assert the_key(store).name == "blue one"
    assert store.keys.remove(alice.id, "yubi")
    assert not store.keys.remove(alice.id, "yubi")
    assert not store.keys.rename(alice.id, "yubi", "gone")
    assert store.keys.of_account(alice.id) == ()


def test_an_account_shows_its_keys_in_its_sessions_too(store: Store, alice: Account) -> None:
    store.sessions.begin(some_session(alice))
    store.keys.add(some_key(alice))
    session = store.sessions.find(hash_of("token"))
    assert session is not None
    assert session.account == now_held(store, alice)
    assert session.account == replace(alice, has_security_key=True)
    store.keys.remove(alice.id, "yubi")
    assert now_held(store, alice) == alice


def test_g6_an_account_shows_when_the_first_of_its_waiting_keys_counts(
    store: Store, alice: Account
) -> None:
    store.keys.add(some_key(alice, "late", counts_from=LATER + minutes(5)))
    store.keys.add(some_key(alice, "early", counts_from=LATER))
    waiting = replace(alice, has_security_key=True, key_counts=False, key_counts_from=LATER)
    assert now_held(store, alice) == waiting
    store.keys.add(some_key(alice, "linked"))
    assert now_held(store, alice) == replace(alice, has_security_key=True)


def test_g6_an_approved_key_counts_at_once(store: Store, alice: Account) -> None:
    store.keys.add(some_key(alice, counts_from=LATER))
    assert not the_key(store).counts_at(NOON)
    assert the_key(store).counts_at(LATER)
    assert store.keys.count_now(alice.id, "yubi")
    assert the_key(store) == replace(some_key(alice), approved=True)
    assert the_key(store).counts_at(NOON)
    assert now_held(store, alice).key_counts


@pytest.mark.parametrize(
    ("stored", "signed", "good"),
    [
        pytest.param(0, 0, True, id="an authenticator that does not count"),
        pytest.param(0, 1, True, id="the first count"),
        pytest.param(5, 6, True, id="one more"),
        pytest.param(5, 2**32 - 1, True, id="the highest"),
        pytest.param(5, 5, False, id="w25 equal and not zero"),
        pytest.param(5, 4, False, id="w24 back"),
        pytest.param(5, 0, False, id="counts no more"),
    ],
)
def test_t66_a_use_counts_when_its_count_rises(
    store: Store, alice: Account, stored: int, signed: int, *, good: bool
) -> None:
    before = some_key(alice, sign_count=stored)
    store.keys.add(before)
    assert store.keys.note_use("yubi", sign_count=signed, backed_up=True, at=LATER) is good
    used = replace(before, sign_count=signed, backed_up=True, last_used=LATER)
    assert the_key(store) == (used if good else before)


def test_w30_a_key_that_was_removed_meanwhile_is_not_used(store: Store) -> None:
    assert not store.keys.note_use("gone", sign_count=1, backed_up=False, at=NOON)
    store.keys.warn_of_clone("gone", NOON)


def test_a_warning_of_a_clone_changes_nothing_else(store: Store, alice: Account) -> None:
    store.keys.add(some_key(alice, sign_count=5))
    store.keys.warn_of_clone("yubi", LATER)
    assert the_key(store) == replace(some_key(alice, sign_count=5), clone_warned_at=LATER)


def test_f18_one_count_is_used_once_however_many_ask(store: Store, alice: Account) -> None:
    store.keys.add(some_key(alice))
    with ThreadPoolExecutor(8) as pool:
        used = pool.map(
            lambda _: store.keys.note_use("yubi", sign_count=7, backed_up=False, at=NOON), range(50)
        )
    assert sum(used) == 1


def test_a_deleted_account_leaves_no_key(store: Store, alice: Account, bob: Account) -> None:
    store.keys.add(some_key(alice))
    store.accounts.delete(alice.id)
    assert store.keys.by_credential(some_key(alice).credential_id) is None
    assert store.keys.add(some_key(bob)) is None
