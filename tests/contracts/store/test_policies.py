"""Policy versions, as every store keeps them."""

from __future__ import annotations

from gate.core.ports import HeldPolicy, PolicyText, PolicyVersion, Store
from tests.support.store_values import NOON, minutes

ONE = PolicyText(files=(("wiki.yaml", "# one\nsites: {}\n"),))
TWO = PolicyText(files=(("shop.yaml", ""), ("wiki.yaml", "# zwei ✓\nsites: {}\n")))


def publish(store: Store, text: PolicyText, minute: int = 0) -> int:
    return store.policies.publish(
        text, author="alice", message="because", at=NOON + minutes(minute)
    )


def version(number: int, text: PolicyText, *, pinned: bool = False) -> PolicyVersion:
    return PolicyVersion(
        number=number,
        text=text,
        author="alice",
        message="because",
        at=NOON + minutes(number - 1),
        pinned=pinned,
    )


def test_an_empty_store_has_no_policy_in_force(store: Store) -> None:
    assert store.policies.active() is None
    assert store.policies.active_number() is None
    assert store.policies.history() == ()
    assert store.policies.held() is None
    assert store.policies.version(1) is None


def test_what_is_published_is_in_force(store: Store) -> None:
    assert publish(store, ONE) == 1
    assert publish(store, TWO, minute=1) == 2
    assert store.policies.active_number() == 2
    assert store.policies.active() == version(2, TWO)
    assert store.policies.version(1) == version(1, ONE)
    assert store.policies.history() == (version(2, TWO), version(1, ONE))


def test_a_pinned_version_is_in_force_and_says_so(store: Store) -> None:
    publish(store, ONE)
    publish(store, TWO, minute=1)
    assert store.policies.pin(1)
    assert store.policies.active() == version(1, ONE, pinned=True)
    assert store.policies.history() == (version(2, TWO), version(1, ONE, pinned=True))


def test_an_unpinned_version_stays_in_force(store: Store) -> None:
    publish(store, ONE)
    assert store.policies.pin(1)
    assert store.policies.unpin()
    assert not store.policies.unpin()
    assert store.policies.active() == version(1, ONE)


def test_nothing_is_unpinned_in_an_empty_store(store: Store) -> None:
    assert not store.policies.unpin()


def test_a_version_that_is_not_there_is_not_pinned(store: Store) -> None:
    publish(store, ONE)
    assert not store.policies.pin(7)
    assert store.policies.active() == version(1, ONE)


def test_publishing_ends_a_pin(store: Store) -> None:
    publish(store, ONE)
    store.policies.pin(1)
    assert publish(store, TWO, minute=1) == 2
    assert store.policies.active() == version(2, TWO)


def test_g9_a_held_change_is_kept_until_it_is_dropped(store: Store) -> None:
    held = HeldPolicy(text=TWO, why=("drops the entry of `bob`", "drops `admins`"), at=NOON)
    store.policies.hold(held)
    store.policies.hold(HeldPolicy(text=ONE, why=(), at=NOON))
    store.policies.hold(held)
    assert store.policies.held() == held
    store.policies.hold(None)
    store.policies.hold(None)
    assert store.policies.held() is None
