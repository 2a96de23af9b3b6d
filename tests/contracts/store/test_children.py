"""Sessions of other hosts, which hang on the one of the pages' host, in every store (G5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from gate.core.ports import Store
from gate.core.subject import Account, AccountState, Parent, Session, SessionId, SessionLimits
from tests.support.store_values import NOON, hash_of, minutes, some_child, some_session

SHOP: Final = "shop.example.com"
TIMES: Final = "times.example.com"


def family(store: Store, account: Account, name: str = "browser") -> Session:
    """Begin a session with two children; give the parent."""
    parent = some_session(account, name)
    assert store.sessions.begin(parent)
    for host in (SHOP, TIMES):
        assert store.sessions.begin(some_child(parent, f"{name} at {host}", host=host))
    return parent


def left(store: Store) -> set[str]:
    """Give the ids of the sessions that are left, without what stands before each."""
    return {session.id.removeprefix("id-of-") for session in store.sessions.all()}


def test_g5_a_child_is_found_with_its_parent(store: Store, alice: Account) -> None:
    parent = family(store, alice)
    child = some_child(parent, f"browser at {SHOP}")
    assert store.sessions.find(child.hash) == child
    assert child in store.sessions.of_account(alice.id)
    assert store.sessions.find(parent.hash) == parent


def test_t41_g5_a_child_of_a_parent_that_is_gone_does_not_begin(
    store: Store, alice: Account
) -> None:
    parent = some_session(alice, "gone")
    assert not store.sessions.begin(some_child(parent, "child"))
    assert store.sessions.all() == ()


def test_t42_g5_a_child_by_an_old_token_of_its_parent_does_not_begin(
    store: Store, alice: Account
) -> None:
    parent = some_session(alice, "old")
    store.sessions.begin(parent)
    rotated = replace(parent, hash=hash_of("new"))
    assert store.sessions.replace(parent.hash, rotated)
    assert not store.sessions.begin(some_child(parent, "child"))
    assert store.sessions.begin(some_child(rotated, "other child"))


def test_t40_a_parent_with_a_new_token_keeps_its_children(store: Store, alice: Account) -> None:
    parent = family(store, alice)
    rotated = replace(parent, hash=hash_of("new"), last_seen=NOON + minutes(5))
    assert store.sessions.replace(parent.hash, rotated)
    found = store.sessions.find(hash_of(f"browser at {SHOP}"))
    assert found is not None
    assert found.parent == Parent(id=parent.id, hash=rotated.hash)
    assert found.last_seen == rotated.last_seen


def test_another_session_in_place_of_the_parent_ends_the_children(
    store: Store, alice: Account, bob: Account
) -> None:
    parent = family(store, alice)
    assert store.sessions.replace(parent.hash, some_session(bob, "other"))
    assert left(store) == {"other"}


def test_t41_the_end_of_a_parent_is_the_end_of_its_children(store: Store, alice: Account) -> None:
    parent = family(store, alice)
    family(store, alice, "other")
    assert store.sessions.end(parent.hash)
    assert left(store) == {"other", f"other at {SHOP}", f"other at {TIMES}"}
    assert store.sessions.end_by_id(alice.id, SessionId("id-of-other"))
    assert left(store) == set()


def test_the_end_of_a_child_is_nobody_elses(store: Store, alice: Account) -> None:
    family(store, alice)
    assert store.sessions.end(hash_of(f"browser at {SHOP}"))
    assert left(store) == {"browser", f"browser at {TIMES}"}


def test_t42_all_end_but_one_whose_children_end_too(
    store: Store, alice: Account, bob: Account
) -> None:
    parent = family(store, alice)
    family(store, alice, "other")
    family(store, bob, "bob")
    assert store.sessions.end_all(alice.id, keep=parent.hash) == 1
    assert left(store) == {"browser", "bob", f"bob at {SHOP}", f"bob at {TIMES}"}


def test_a_child_is_kept_with_its_parent_alone(store: Store, alice: Account) -> None:
    family(store, alice)
    family(store, alice, "other")
    assert store.sessions.end_all(alice.id, keep=hash_of(f"browser at {SHOP}")) == 1
    assert left(store) == {"browser", f"browser at {SHOP}"}


def test_all_browsers_of_an_account_are_counted_once(store: Store, alice: Account) -> None:
    family(store, alice)
    family(store, alice, "other")
    assert store.sessions.end_all(alice.id) == 2
    assert left(store) == set()


def test_other_browsers_end_and_this_one_stays_whole(
    store: Store, alice: Account, bob: Account
) -> None:
    parent = family(store, alice)
    family(store, alice, "other")
    family(store, bob, "bob")
    assert store.sessions.end_other_browsers(alice.id, parent.family) == 1
    assert store.sessions.end_other_browsers(alice.id, parent.family) == 0
    assert len(store.sessions.of_account(alice.id)) == 3
    assert len(store.sessions.of_account(bob.id)) == 3


@pytest.mark.parametrize("act", ["disable", "reset", "delete"])
def test_t43_what_ends_an_account_ends_its_children(store: Store, alice: Account, act: str) -> None:
    family(store, alice)
    if act == "disable":
        store.accounts.set_state(alice.id, AccountState.DISABLED)
    elif act == "reset":
        store.accounts.reset_factors(alice.id)
    else:
        store.accounts.delete(alice.id)
    assert left(store) == set()


def test_r14_activity_of_one_is_activity_of_all(store: Store, alice: Account) -> None:
    parent = family(store, alice)
    child = store.sessions.find(hash_of(f"browser at {SHOP}"))
    assert child is not None
    assert child.active_as == parent.hash
    store.sessions.touch({child.active_as: NOON + minutes(7)})
    assert {each.last_seen for each in store.sessions.of_account(alice.id)} == {NOON + minutes(7)}
    assert store.sessions.seen(child.hash) == NOON + minutes(7)


def test_time_ends_a_parent_and_its_children_in_one_sweep(store: Store, alice: Account) -> None:
    family(store, alice)
    epoch = store.epoch()
    store.sessions.touch({hash_of("browser"): NOON + minutes(30)})
    assert store.sessions.sweep(NOON + timedelta(minutes=91) - timedelta(seconds=1)) == 0
    assert store.sessions.sweep(NOON + timedelta(minutes=91)) == 3
    assert left(store) == set()
    assert store.epoch() == epoch


def test_r14_a_child_has_no_longer_limits_than_its_parent(store: Store, alice: Account) -> None:
    parent = family(store, alice)
    tight = SessionLimits(idle=timedelta(minutes=15), absolute=timedelta(hours=48))
    assert store.sessions.replace(parent.hash, replace(parent, limits=tight))
    child = store.sessions.find(hash_of(f"browser at {SHOP}"))
    assert child is not None
    assert child.limits == parent.limits.tightened(tight)
