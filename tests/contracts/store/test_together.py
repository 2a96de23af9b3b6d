"""Writes that count together or not at all, as every store keeps them."""

from __future__ import annotations

import threading

import pytest

from gate.core.errors import StoreCorrupt
from gate.core.ports import Full, Limit, NameTaken, PolicyText, Store
from gate.core.secret_text import Secret
from gate.core.subject import Account
from tests.support.store_values import (
    NOON,
    allowlist,
    hash_of,
    minutes,
    some_account,
    some_session,
    some_totp,
)

LIMITS = (Limit(attempts=1, per=minutes(5)),)


def test_what_is_written_together_is_there_afterwards(store: Store) -> None:
    with store.together():
        for name in ("alice", "bob"):
            account = some_account(name)
            store.accounts.add(account)
            store.accounts.add_totp(some_totp(account, f"phone of {name}"))
    assert [account.name for account in store.accounts.all()] == ["alice", "bob"]
    assert all(account.has_totp for account in store.accounts.all())


def test_nothing_of_what_is_written_together_stays_when_it_fails(
    store: Store, alice: Account
) -> None:
    def change_and_fail() -> None:
        with store.together():
            store.accounts.add(some_account("bob"))
            store.accounts.set_networks(alice.id, allowlist("192.0.2.0/24"))
            store.accounts.set_password_hash(alice.id, Secret("encoded"), NOON)
            store.sessions.end_all(alice.id)
            raise LookupError

    store.sessions.begin(some_session(alice))
    with pytest.raises(LookupError):
        change_and_fail()
    assert store.accounts.all() == (alice,)
    assert store.accounts.password_hash(alice.id) is None
    assert store.sessions.find(hash_of("token")) is not None


def test_the_name_of_an_account_that_was_not_kept_is_free(store: Store) -> None:
    def add_and_fail() -> None:
        with store.together():
            store.accounts.add(some_account("bob"))
            raise LookupError

    with pytest.raises(LookupError):
        add_and_fail()
    assert not isinstance(store.accounts.add(some_account("bob")), NameTaken)


def test_a_write_sees_those_before_it(store: Store) -> None:
    with store.together():
        store.accounts.add(some_account("bob"))
        assert isinstance(store.accounts.add(some_account("bob")), NameTaken)
        assert store.accounts.by_name("bob") is not None


def test_g2_writing_together_raises_the_epoch(store: Store) -> None:
    before = store.epoch()
    with store.together():
        store.accounts.add(some_account("bob"))
    assert store.epoch() > before


def test_another_thread_is_not_part_of_it(store: Store, alice: Account) -> None:
    def end() -> None:
        ended.append(store.sessions.end(hash_of("token")))

    store.sessions.begin(some_session(alice))
    ended: list[bool] = []
    other = threading.Thread(target=end)
    with store.together():
        store.accounts.set_networks(alice.id, allowlist("192.0.2.0/24"))
        other.start()
    other.join()
    assert ended == [True]


def test_a_write_that_fails_leaves_the_others_whole(store: Store, alice: Account) -> None:
    store.sessions.begin(some_session(alice, "old"))
    store.sessions.begin(some_session(alice, "other"))
    with store.together():
        store.accounts.add(some_account("bob"))
        with pytest.raises(StoreCorrupt):
            store.sessions.replace(hash_of("old"), some_session(alice, "other"))
    assert store.accounts.by_name("bob") is not None
    assert store.sessions.find(hash_of("old")) == some_session(alice, "old")


def test_every_look_sees_what_was_written_before_it(store: Store, alice: Account) -> None:
    with store.together():
        store.sessions.begin(some_session(alice))
        assert store.sessions.find(hash_of("token")) == some_session(alice)
        assert store.sessions.find(hash_of("other")) is None
        store.policies.publish(PolicyText(files=()), author="a", message="m", at=NOON)
        assert store.policies.active_number() == 1


def test_t62_an_attempt_counts_whatever_becomes_of_the_rest(store: Store) -> None:
    def reserve_and_fail() -> None:
        with store.together():
            store.accounts.add(some_account("bob"))
            store.attempts.reserve("lane", LIMITS, NOON)
            raise LookupError

    with pytest.raises(LookupError):
        reserve_and_fail()
    assert store.attempts.reserve("lane", LIMITS, NOON) == Full(wait=minutes(5))
