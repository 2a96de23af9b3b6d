"""Accounts, passwords and code apps, as every store keeps them."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from gate.core.errors import StoreCorrupt
from gate.core.ports import EmailTaken, NameTaken, Store, Totp
from gate.core.secret_text import Secret
from gate.core.subject import Account, AccountId, AccountState
from tests.support.store_values import (
    DAY,
    NOON,
    allowlist,
    hash_of,
    some_account,
    some_session,
    some_totp,
)

NOBODY = AccountId("nobody")


def test_an_account_is_found_by_id_and_by_name(store: Store) -> None:
    account = replace(
        some_account("alice", email="alice@example.com"),
        networks=allowlist("# home\n192.0.2.0/24 # office\n\n2001:db8::/32\n"),
        always_second_factor=True,
    )
    assert store.accounts.add(account) == account
    assert store.accounts.by_id(account.id) == account
    assert store.accounts.by_name("alice") == account


def test_a_list_of_networks_is_kept_as_typed(store: Store, alice: Account) -> None:
    typed = "# home\n192.0.2.0/24   # office\n"
    store.accounts.set_networks(alice.id, allowlist(typed))
    kept = store.accounts.by_id(alice.id)
    assert kept is not None
    assert kept.networks is not None
    assert kept.networks.text == typed


def test_an_empty_list_of_networks_still_admits_nobody(store: Store, alice: Account) -> None:
    store.accounts.set_networks(alice.id, allowlist(""))
    kept = store.accounts.by_id(alice.id)
    assert kept is not None
    assert kept.networks == allowlist("")


def test_no_list_of_networks_is_no_restriction(store: Store, alice: Account) -> None:
    store.accounts.set_networks(alice.id, allowlist("192.0.2.0/24"))
    store.accounts.set_networks(alice.id, None)
    kept = store.accounts.by_id(alice.id)
    assert kept is not None
    assert kept.networks is None


def test_an_unknown_account_is_none(store: Store) -> None:
    assert store.accounts.by_id(NOBODY) is None
    assert store.accounts.by_name("nobody") is None


def test_accounts_are_listed_by_name(store: Store, bob: Account, alice: Account) -> None:
    assert store.accounts.all() == (alice, bob)


def test_g10_a_name_in_use_is_taken(store: Store, alice: Account) -> None:
    other = replace(alice, id=AccountId("other"))
    assert isinstance(store.accounts.add(other), NameTaken)
    assert isinstance(store.accounts.add(other, reuse=True), NameTaken)


def test_g10_a_deleted_name_is_taken_until_it_is_reused(store: Store, alice: Account) -> None:
    assert store.accounts.delete(alice.id)
    again = replace(alice, id=AccountId("again"))
    assert isinstance(store.accounts.add(again), NameTaken)
    assert store.accounts.add(again, reuse=True) == again
    assert store.accounts.by_name("alice") == again


def test_g10_an_id_is_never_used_twice(store: Store, alice: Account) -> None:
    with pytest.raises(StoreCorrupt):
        store.accounts.add(replace(alice, name="another"))


def test_g10_an_email_belongs_to_one_account(store: Store, alice: Account, bob: Account) -> None:
    mail = "alice@example.com"
    assert store.accounts.set_profile(alice.id, display_name="Alice", email=mail) is None
    taken = store.accounts.set_profile(bob.id, display_name="Robert", email=mail.upper())
    assert isinstance(taken, EmailTaken)
    assert store.accounts.by_id(bob.id) == bob
    assert isinstance(store.accounts.add(some_account("carol", email=mail)), EmailTaken)
    assert store.accounts.by_name("carol") is None


def test_a_profile_is_replaced_whole(store: Store, alice: Account) -> None:
    store.accounts.set_profile(alice.id, display_name="A. L.", email="a@example.com")
    changed = replace(alice, display_name="A. L.", email="a@example.com")
    assert store.accounts.by_id(alice.id) == changed
    store.accounts.set_profile(alice.id, display_name="A. L.", email=None)
    assert store.accounts.by_id(alice.id) == replace(changed, email=None)


def test_the_opt_up_is_switched(store: Store, alice: Account) -> None:
    store.accounts.set_always_second_factor(alice.id, on=True)
    assert store.accounts.by_id(alice.id) == replace(alice, always_second_factor=True)
    store.accounts.set_always_second_factor(alice.id, on=False)
    assert store.accounts.by_id(alice.id) == alice


@pytest.mark.parametrize("state", list(AccountState))
def test_a_new_state_ends_the_sessions(store: Store, alice: Account, state: AccountState) -> None:
    store.sessions.begin(some_session(alice))
    store.accounts.set_state(alice.id, state)
    assert store.accounts.by_id(alice.id) == replace(alice, state=state)
    assert store.sessions.find(hash_of("token")) is None


def test_a_session_begun_while_disabled_is_gone_when_enabled(store: Store, alice: Account) -> None:
    store.accounts.set_state(alice.id, AccountState.DISABLED)
    store.sessions.begin(some_session(alice))
    store.accounts.set_state(alice.id, AccountState.ENABLED)
    assert store.sessions.all() == ()


def test_a_deleted_account_takes_everything_with_it(
    store: Store, alice: Account, bob: Account
) -> None:
    store.accounts.set_password_hash(alice.id, Secret("hash"), NOON)
    store.accounts.add_totp(some_totp(alice))
    store.sessions.begin(some_session(alice))
    store.sessions.begin(some_session(bob, "of bob"))
    assert store.accounts.delete(alice.id)
    assert store.accounts.all() == (bob,)
    assert store.accounts.password_hash(alice.id) is None
    assert store.accounts.totps(alice.id) == ()
    assert not store.accounts.accept_totp_step("phone", 1, NOON)
    assert [session.account for session in store.sessions.all()] == [bob]
    assert not store.accounts.delete(alice.id)


def test_changing_an_unknown_account_changes_nothing(store: Store, alice: Account) -> None:
    store.accounts.set_state(NOBODY, AccountState.DISABLED)
    store.accounts.set_networks(NOBODY, None)
    store.accounts.set_always_second_factor(NOBODY, on=True)
    assert store.accounts.set_profile(NOBODY, display_name="x", email=None) is None
    assert store.accounts.all() == (alice,)


def test_a_password_hash_is_kept_and_replaced(store: Store, alice: Account) -> None:
    assert store.accounts.password_hash(alice.id) is None
    store.accounts.set_password_hash(alice.id, Secret("one"), NOON)
    store.accounts.set_password_hash(alice.id, Secret("two"), NOON)
    assert store.accounts.password_hash(alice.id) == Secret("two")


def test_g20_when_a_password_was_set_is_known(store: Store, alice: Account) -> None:
    assert store.accounts.password_set_at(alice.id) is None
    store.accounts.set_password_hash(alice.id, Secret("one"), NOON)
    assert store.accounts.password_set_at(alice.id) == NOON
    store.accounts.upgrade_password_hash(alice.id, old=Secret("one"), new=Secret("two"))
    assert store.accounts.password_set_at(alice.id) == NOON, "it is the same password"
    store.accounts.set_password_hash(alice.id, Secret("three"), NOON + DAY)
    assert store.accounts.password_set_at(alice.id) == NOON + DAY
    store.accounts.delete(alice.id)
    assert store.accounts.password_set_at(alice.id) is None


def test_nothing_hangs_on_an_unknown_account(store: Store) -> None:
    stranger = some_account("stranger")
    with pytest.raises(StoreCorrupt):
        store.accounts.set_password_hash(stranger.id, Secret("hash"), NOON)
    with pytest.raises(StoreCorrupt):
        store.accounts.add_totp(some_totp(stranger))
    with pytest.raises(StoreCorrupt):
        store.sessions.begin(some_session(stranger))


def test_a_hash_is_upgraded_only_while_the_password_is_the_same(
    store: Store, alice: Account
) -> None:
    accounts = store.accounts
    assert not accounts.upgrade_password_hash(alice.id, old=Secret("old"), new=Secret("new"))
    accounts.set_password_hash(alice.id, Secret("changed"), NOON)
    assert not accounts.upgrade_password_hash(alice.id, old=Secret("old"), new=Secret("new"))
    assert accounts.password_hash(alice.id) == Secret("changed")
    assert accounts.upgrade_password_hash(alice.id, old=Secret("changed"), new=Secret("better"))
    assert accounts.password_hash(alice.id) == Secret("better")


def test_a_code_app_is_kept_whole_and_shows_in_the_account(store: Store, alice: Account) -> None:
    assert not alice.has_totp
    totp = some_totp(alice)
    store.accounts.add_totp(totp)
    assert store.accounts.totps(alice.id) == (totp,)
    assert store.accounts.by_id(alice.id) == replace(alice, has_totp=True)


def test_what_is_enrolled_follows_from_the_factors(store: Store) -> None:
    claimed = replace(some_account("alice"), has_totp=True, has_security_key=True)
    assert store.accounts.add(claimed) == some_account("alice")


def test_a_code_app_is_removed_by_its_owner_only(
    store: Store, alice: Account, bob: Account
) -> None:
    store.accounts.add_totp(some_totp(alice))
    assert not store.accounts.remove_totp(bob.id, "phone")
    assert store.accounts.remove_totp(alice.id, "phone")
    assert not store.accounts.remove_totp(alice.id, "phone")
    assert store.accounts.by_id(alice.id) == alice


def test_two_code_apps_never_share_an_id(store: Store, alice: Account, bob: Account) -> None:
    store.accounts.add_totp(some_totp(alice))
    with pytest.raises(StoreCorrupt):
        store.accounts.add_totp(some_totp(bob))


def test_t60_a_step_is_accepted_once(store: Store, alice: Account) -> None:
    store.accounts.add_totp(some_totp(alice))
    accept = store.accounts.accept_totp_step
    assert [accept("phone", step, NOON) for step in (7, 7, 6, 8, 7, 8)] == [
        *(True, False, False),
        *(True, False, False),
    ]
    (kept,) = store.accounts.totps(alice.id)
    assert kept == replace(some_totp(alice), last_step=8, last_used=NOON)


def test_t60_a_step_of_an_unknown_app_is_never_accepted(store: Store) -> None:
    assert not store.accounts.accept_totp_step("phone", 1, NOON)


def test_t60_of_200_parallel_posts_of_a_code_one_is_accepted(store: Store, alice: Account) -> None:
    store.accounts.add_totp(some_totp(alice))
    accepted: list[bool] = []

    def post() -> None:
        accepted.extend(store.accounts.accept_totp_step("phone", 5, NOON) for _ in range(10))

    threads = [threading.Thread(target=post) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(accepted) == [False] * 199 + [True]


def test_t103_an_admin_is_remembered_for_ever(store: Store, alice: Account) -> None:
    assert not store.accounts.admin_ever_existed()
    store.accounts.remember_admin_existed()
    store.accounts.remember_admin_existed()
    store.accounts.delete(alice.id)
    assert store.accounts.admin_ever_existed()


def test_t71_a_secret_never_shows_in_a_code_app(store: Store, alice: Account) -> None:
    store.accounts.add_totp(some_totp(alice))
    totp: Totp = store.accounts.totps(alice.id)[0]
    assert totp.secret.reveal() not in repr(totp)
