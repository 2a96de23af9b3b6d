"""Sessions and familiar places, as every store keeps them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import IPv6Address

import pytest

from gate.core.errors import StoreCorrupt
from gate.core.ports import FamiliarPlace, Store
from gate.core.subject import Account, Method, Proof, SessionId, SessionLimits
from tests.support.store_values import (
    NOON,
    allowlist,
    hash_of,
    minutes,
    some_session,
    some_totp,
)


def test_a_session_is_found_whole(store: Store, alice: Account) -> None:
    session = replace(
        some_session(alice),
        proofs=(
            Proof(method=Method.PASSKEY, at=NOON, user_verified=True),
            Proof(method=Method.SECURITY_KEY, at=NOON, counts_as_key=False),
        ),
        address=IPv6Address("2001:db8::7"),
        limits=SessionLimits(idle=minutes(15), absolute=timedelta(hours=12)),
    )
    store.sessions.begin(session)
    assert store.sessions.find(session.hash) == session


def test_t47_another_hash_finds_nothing(store: Store, alice: Account) -> None:
    session = some_session(alice)
    store.sessions.begin(session)
    assert store.sessions.find(hash_of("token ")) is None
    assert store.sessions.find(type(session.hash)(session.hash[:-1])) is None
    assert store.sessions.find(type(session.hash)(session.hash.upper())) is None


def test_t43_a_found_session_shows_the_account_as_it_is_now(store: Store, alice: Account) -> None:
    store.sessions.begin(some_session(alice))
    store.accounts.set_networks(alice.id, allowlist("10.9.9.0/24"))
    store.accounts.add_totp(some_totp(alice))
    found = store.sessions.find(hash_of("token"))
    assert found is not None
    now = replace(alice, networks=allowlist("10.9.9.0/24"), has_totp=True)
    assert found.account == now
    assert [session.account for session in store.sessions.of_account(alice.id)] == [now]


def test_a_replaced_session_is_dead_at_once(store: Store, alice: Account, bob: Account) -> None:
    store.sessions.begin(some_session(alice, "old"))
    assert store.sessions.replace(hash_of("old"), some_session(bob, "new"))
    assert store.sessions.find(hash_of("old")) is None
    assert store.sessions.find(hash_of("new")) == some_session(bob, "new")


def test_a_session_can_keep_its_id_over_a_new_token(store: Store, alice: Account) -> None:
    old = some_session(alice, "old")
    rotated = replace(old, hash=hash_of("new"))
    store.sessions.begin(old)
    assert store.sessions.replace(old.hash, rotated)
    assert store.sessions.all() == (rotated,)


def test_a_session_that_is_gone_is_not_replaced(store: Store, alice: Account) -> None:
    assert not store.sessions.replace(hash_of("old"), some_session(alice, "new"))
    assert store.sessions.find(hash_of("new")) is None


def test_a_replacement_that_fails_leaves_the_old_session(store: Store, alice: Account) -> None:
    store.sessions.begin(some_session(alice, "old"))
    store.sessions.begin(some_session(alice, "other"))
    with pytest.raises(StoreCorrupt):
        store.sessions.replace(hash_of("old"), some_session(alice, "other"))
    assert store.sessions.find(hash_of("old")) == some_session(alice, "old")


def test_two_sessions_never_share_a_token_or_an_id(store: Store, alice: Account) -> None:
    store.sessions.begin(some_session(alice))
    with pytest.raises(StoreCorrupt):
        store.sessions.begin(some_session(alice))
    with pytest.raises(StoreCorrupt):
        store.sessions.begin(replace(some_session(alice), hash=hash_of("other")))


def test_t43_an_ended_session_is_gone(store: Store, alice: Account) -> None:
    store.sessions.begin(some_session(alice))
    assert store.sessions.end(hash_of("token"))
    assert store.sessions.find(hash_of("token")) is None
    assert store.sessions.seen(hash_of("token")) is None
    assert not store.sessions.end(hash_of("token"))


def test_a_session_is_ended_by_its_id_by_its_account_only(
    store: Store, alice: Account, bob: Account
) -> None:
    store.sessions.begin(some_session(alice))
    assert not store.sessions.end_by_id(bob.id, SessionId("id-of-token"))
    assert store.sessions.end_by_id(alice.id, SessionId("id-of-token"))
    assert store.sessions.all() == ()


def test_all_sessions_of_an_account_end_but_the_kept_one(
    store: Store, alice: Account, bob: Account
) -> None:
    for token in ("one", "two", "three"):
        store.sessions.begin(some_session(alice, token))
    store.sessions.begin(some_session(bob, "of bob"))
    assert store.sessions.end_all(alice.id, keep=hash_of("two")) == 2
    assert [session.hash for session in store.sessions.of_account(alice.id)] == [hash_of("two")]
    assert store.sessions.end_all(alice.id) == 1
    assert store.sessions.end_all(alice.id) == 0
    assert [session.account for session in store.sessions.all()] == [bob]


def test_sessions_are_listed_newest_first(store: Store, alice: Account, bob: Account) -> None:
    middle = some_session(alice, "b", at=NOON + minutes(1))
    newest = some_session(alice, "a", at=NOON + minutes(2))
    oldest = some_session(alice, "c")
    of_bob = some_session(bob, "d", at=NOON + minutes(3))
    for session in (middle, newest, oldest, of_bob):
        store.sessions.begin(session)
    assert store.sessions.of_account(alice.id) == (newest, middle, oldest)
    assert store.sessions.all() == (of_bob, newest, middle, oldest)


def test_activity_shows_in_every_look(store: Store, alice: Account) -> None:
    session = some_session(alice)
    store.sessions.begin(session)
    assert store.sessions.seen(session.hash) == NOON
    later = NOON + minutes(5)
    store.sessions.touch({session.hash: later})
    active = replace(session, last_seen=later)
    assert store.sessions.seen(session.hash) == later
    assert store.sessions.find(session.hash) == active
    assert store.sessions.of_account(alice.id) == (active,)
    assert store.sessions.all() == (active,)


def test_activity_never_turns_the_time_back(store: Store, alice: Account) -> None:
    session = some_session(alice)
    store.sessions.begin(session)
    for at in (NOON + minutes(5), NOON + minutes(3), NOON - minutes(3)):
        store.sessions.touch({session.hash: at})
    assert store.sessions.seen(session.hash) == NOON + minutes(5)


def test_activity_before_the_session_began_counts_for_nothing(store: Store, alice: Account) -> None:
    session = some_session(alice)
    store.sessions.begin(session)
    store.sessions.touch({session.hash: NOON - minutes(3)})
    assert store.sessions.seen(session.hash) == NOON


def test_activity_revives_no_ended_session(store: Store, alice: Account) -> None:
    store.sessions.begin(some_session(alice))
    store.sessions.end(hash_of("token"))
    store.sessions.touch({hash_of("token"): NOON, hash_of("never"): NOON})
    assert store.sessions.find(hash_of("token")) is None
    assert store.sessions.seen(hash_of("token")) is None
    assert store.sessions.seen(hash_of("never")) is None


def test_no_activity_is_no_work(store: Store) -> None:
    store.sessions.touch({})
    assert store.sessions.all() == ()


@pytest.mark.parametrize(
    ("now", "seen", "left"),
    [
        pytest.param(NOON + minutes(60), NOON, True, id="idle for an hour, swept a minute later"),
        pytest.param(NOON + minutes(61), NOON, False, id="idle for an hour and a minute"),
        pytest.param(NOON + minutes(61), NOON + minutes(1), True, id="active since"),
        pytest.param(NOON + minutes(1442), NOON + minutes(1440), False, id="older than a day"),
    ],
)
def test_what_time_has_ended_is_swept(
    store: Store, alice: Account, now: datetime, seen: datetime, left: bool
) -> None:
    store.sessions.begin(some_session(alice))
    store.sessions.touch({hash_of("token"): seen})
    assert store.sessions.sweep(now) == (0 if left else 1)
    assert bool(store.sessions.all()) is left


def test_sweeping_keeps_what_still_counts(store: Store, alice: Account) -> None:
    place = FamiliarPlace(account=alice.id, device="d", address_range="192.0.2.0/24", at=NOON)
    store.sessions.remember_place(place)
    store.one_time.put("link", "key", "payload", NOON + minutes(10))
    store.sessions.sweep(NOON + minutes(5))
    assert store.one_time.peek("link", "key", NOON + minutes(5)) == "payload"
    assert store.sessions.is_familiar(alice.id, device="d", address_range="", since=NOON)
    store.sessions.sweep(NOON + timedelta(days=500))
    assert not store.sessions.is_familiar(alice.id, device="d", address_range="", since=NOON)


def test_g16_a_known_device_is_familiar_from_anywhere(
    store: Store, alice: Account, bob: Account
) -> None:
    seen_at = FamiliarPlace(account=alice.id, device="d", address_range="192.0.2.0/24", at=NOON)
    store.sessions.remember_place(seen_at)
    store.sessions.remember_place(replace(seen_at, at=NOON + minutes(1)))

    def familiar(account: Account, device: str | None, address_range: str) -> bool:
        return store.sessions.is_familiar(
            account.id,
            device=device,
            address_range=address_range,
            since=NOON + minutes(1),
        )

    assert familiar(alice, "d", "198.51.100.0/24")
    assert familiar(alice, None, "192.0.2.0/24")
    assert not familiar(alice, None, "198.51.100.0/24")
    assert not familiar(alice, "other", "198.51.100.0/24")
    assert not familiar(bob, "d", "192.0.2.0/24")


def test_g16_an_address_range_is_forgotten_a_device_is_not(store: Store, alice: Account) -> None:
    place = FamiliarPlace(account=alice.id, device="d", address_range="192.0.2.0/24", at=NOON)
    store.sessions.remember_place(place)
    store.sessions.remember_place(replace(place, device=None, at=NOON - minutes(5)))
    since = NOON + timedelta(days=30)
    known = store.sessions.is_familiar
    assert not known(alice.id, device=None, address_range="192.0.2.0/24", since=since)
    assert known(alice.id, device=None, address_range="192.0.2.0/24", since=NOON)
    assert known(alice.id, device="d", address_range="192.0.2.0/24", since=since)


def test_g16_a_deleted_account_is_familiar_nowhere(store: Store, alice: Account) -> None:
    place = FamiliarPlace(account=alice.id, device="d", address_range="192.0.2.0/24", at=NOON)
    store.sessions.remember_place(place)
    store.accounts.delete(alice.id)
    assert not store.sessions.is_familiar(
        alice.id, device="d", address_range="192.0.2.0/24", since=NOON
    )
