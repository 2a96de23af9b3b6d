"""Trials of allowlists, as every store keeps them (G15)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from gate.core.ports import Store
from gate.core.subject import Account, AccountId, SessionId, Trial
from tests.support.store_values import NOON, allowlist, minutes, some_account, some_session

KEPT = allowlist("192.0.2.0/24 # kept\n")
TRIED = allowlist("# tried\n198.51.100.0/24\n")
END = NOON + minutes(5)
MOMENT = timedelta(microseconds=1)


def trial(name: str = "first", **more: object) -> Trial:
    found = Trial(id=name, networks=TRIED, until=END, session=SessionId("id-of-token"))
    return replace(found, **more)  # type: ignore[arg-type]  # each test names what it changes


def as_kept(store: Store, account: Account) -> Account:
    found = store.accounts.by_id(account.id)
    assert found is not None
    return found


def begin(store: Store, alice: Account, tried: Trial | None = None) -> Trial:
    tried = tried or trial()
    store.accounts.set_networks(alice.id, KEPT)
    store.accounts.try_networks(alice.id, tried)
    return tried


def test_g15_a_trial_stands_beside_the_kept_list(store: Store, alice: Account) -> None:
    begin(store, alice)
    store.sessions.begin(some_session(alice))
    found = as_kept(store, alice)
    assert (found.networks, found.trial) == (KEPT, trial())
    assert [each.account for each in store.sessions.all()] == [found]


def test_g15_an_account_has_one_trial_and_its_target_is_the_kept_list(
    store: Store, alice: Account
) -> None:
    begin(store, alice)
    second = trial("second", networks=allowlist("203.0.113.0/24"))
    store.accounts.try_networks(alice.id, second)
    assert as_kept(store, alice).trial == second
    assert not store.accounts.end_trial(alice.id, "first")
    assert store.accounts.end_trial(alice.id, "second")
    assert as_kept(store, alice) == replace(as_kept(store, alice), networks=KEPT, trial=None)


def test_g15_a_trial_is_kept_once(store: Store, alice: Account) -> None:
    begin(store, alice)
    assert not store.accounts.keep_trial(alice.id, "another", NOON)
    assert store.accounts.keep_trial(alice.id, "first", END - MOMENT)
    assert (as_kept(store, alice).networks, as_kept(store, alice).trial) == (TRIED, None)
    assert not store.accounts.keep_trial(alice.id, "first", NOON)


def test_g15_a_trial_past_its_end_is_not_kept(store: Store, alice: Account) -> None:
    begin(store, alice)
    assert not store.accounts.keep_trial(alice.id, "first", END)
    assert as_kept(store, alice).networks == KEPT


def test_g15_a_change_of_an_operator_ends_the_trial_and_stays(store: Store, alice: Account) -> None:
    begin(store, alice)
    changed = allowlist("10.0.0.0/8")
    store.accounts.set_networks(alice.id, changed)
    assert (as_kept(store, alice).networks, as_kept(store, alice).trial) == (changed, None)
    assert not store.accounts.keep_trial(alice.id, "first", NOON)
    assert not store.accounts.end_trial(alice.id, "first")
    assert store.accounts.end_trials(END) == ()
    assert as_kept(store, alice).networks == changed


def test_g15_whoever_runs_ends_what_is_past_its_end(store: Store, alice: Account) -> None:
    bob = some_account("bob")
    store.accounts.add(bob)
    begin(store, alice)
    store.accounts.try_networks(bob.id, trial("of bob", until=END + MOMENT))
    assert store.accounts.end_trials(END - MOMENT) == ()
    before = store.epoch()
    assert [each.name for each in store.accounts.end_trials(END)] == ["alice"]
    assert store.epoch() > before
    assert (as_kept(store, alice).networks, as_kept(store, alice).trial) == (KEPT, None)
    assert as_kept(store, bob).trial is not None


def test_g15_a_trial_may_stand_before_no_restriction(store: Store, alice: Account) -> None:
    store.accounts.try_networks(alice.id, trial())
    assert [each.networks for each in store.accounts.end_trials(END)] == [None]


def test_nobody_has_no_trial(store: Store, alice: Account) -> None:
    nobody = AccountId("nobody")
    store.accounts.try_networks(nobody, trial())
    assert not store.accounts.keep_trial(nobody, "first", NOON)
    assert not store.accounts.end_trial(nobody, "first")
    assert not store.accounts.end_trial(alice.id, "first")
    assert store.accounts.end_trials(END) == ()


def test_a_new_account_has_none(store: Store) -> None:
    added = store.accounts.add(replace(some_account("carol"), trial=trial()))
    assert isinstance(added, Account)
    assert added.trial is None
