"""One-time links, as every store keeps them (G20)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from gate.core.errors import StoreCorrupt
from gate.core.ports import Link, LinkPurpose, Store
from gate.core.subject import Account
from tests.support.store_values import (
    DAY,
    NOON,
    hash_of,
    minutes,
    some_account,
    some_key,
    some_link,
    some_session,
    some_totp,
)


def test_g20_a_link_is_taken_once_and_looked_at_often(store: Store, alice: Account) -> None:
    link = some_link(alice)
    store.links.put(link)
    assert store.links.peek(link.hash, NOON) == link
    assert store.links.peek(link.hash, NOON) == link
    assert store.links.take(link.hash, NOON) == link
    assert store.links.take(link.hash, NOON) is None
    assert store.links.peek(link.hash, NOON) is None


@pytest.mark.parametrize("purpose", LinkPurpose)
def test_a_link_keeps_what_it_is_for(store: Store, alice: Account, purpose: LinkPurpose) -> None:
    link = Link(
        hash=some_link(alice).hash,
        account=alice.id,
        purpose=purpose,
        factor_version=0,
        expires=NOON + DAY,
    )
    store.links.put(link)
    assert store.links.take(link.hash, NOON) == link


def test_g20_a_link_expires(store: Store, alice: Account) -> None:
    link = some_link(alice, lives=minutes(60))
    store.links.put(link)
    assert store.links.peek(link.hash, NOON + minutes(59.9)) == link
    for look in (store.links.peek, store.links.take):
        assert look(link.hash, NOON + minutes(60)) is None


def test_an_unknown_link_is_none(store: Store, alice: Account) -> None:
    store.links.put(some_link(alice))
    for look in (store.links.peek, store.links.take):
        assert look(some_link(alice, "other").hash, NOON) is None


def test_g20_a_new_link_voids_the_older_ones_of_its_account(
    store: Store, alice: Account, bob: Account
) -> None:
    old, new, of_bob = some_link(alice, "old"), some_link(alice, "new"), some_link(bob, "bob")
    for link in (old, of_bob, new):
        store.links.put(link)
    assert store.links.take(old.hash, NOON) is None
    assert store.links.take(new.hash, NOON) == new
    assert store.links.take(of_bob.hash, NOON) == of_bob


def test_g20_a_link_can_be_voided_without_a_new_one(
    store: Store, alice: Account, bob: Account
) -> None:
    for link in (some_link(alice), some_link(bob, "bob")):
        store.links.put(link)
    assert store.links.void(alice.id) == 1
    assert store.links.void(alice.id) == 0
    assert store.links.take(some_link(alice).hash, NOON) is None
    assert store.links.peek(some_link(bob, "bob").hash, NOON) is not None


def test_a_link_needs_an_account_and_a_token_of_its_own(
    store: Store, alice: Account, bob: Account
) -> None:
    store.links.put(some_link(alice))
    with pytest.raises(StoreCorrupt):
        store.links.put(some_link(bob))
    with pytest.raises(StoreCorrupt):
        store.links.put(some_link(some_account("nobody"), "theirs"))
    assert store.links.take(some_link(alice).hash, NOON) == some_link(alice)
    store.links.put(some_link(bob))
    store.accounts.delete(bob.id)
    assert store.links.peek(some_link(bob).hash, NOON) is None


def test_g20_a_link_and_the_factors_that_it_lets_in_count_together(
    store: Store, alice: Account
) -> None:
    def enrol_and_fail() -> None:
        with store.together():
            assert store.links.take(some_link(alice).hash, NOON) is not None
            store.accounts.add_totp(some_totp(alice))
            store.keys.add(some_key(alice))
            store.recovery_codes.replace(alice.id, ["code"], NOON)
            raise LookupError

    store.links.put(some_link(alice))
    with pytest.raises(LookupError):
        enrol_and_fail()
    assert store.links.peek(some_link(alice).hash, NOON) == some_link(alice)
    assert store.accounts.by_id(alice.id) == alice
    assert store.keys.of_account(alice.id) == ()
    assert store.recovery_codes.left(alice.id) == 0


def test_f18_one_link_is_taken_once_however_many_ask(store: Store, alice: Account) -> None:
    store.links.put(some_link(alice))
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: store.links.take(some_link(alice).hash, NOON), range(50)))
    assert [link for link in taken if link is not None] == [some_link(alice)]


def test_links_that_expired_are_swept_away(store: Store, alice: Account, bob: Account) -> None:
    store.links.put(some_link(alice, lives=minutes(1)))
    store.links.put(some_link(bob, "long"))
    store.sessions.begin(some_session(alice))
    before = store.epoch()
    assert store.sessions.sweep(NOON + minutes(1)) == 0
    assert store.epoch() == before
    assert store.links.void(alice.id) == 0
    assert store.links.void(bob.id) == 1
    assert store.sessions.find(hash_of("token")) is not None
