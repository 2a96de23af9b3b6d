"""When sessions were last active: noted in memory, written behind, never invented."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from gate.core.subject import Session
from gate.service.activity import FLUSH, GRAIN, Activity
from gate.store.memory import MemoryStore
from tests.support.broken_store import BrokenStore
from tests.support.store_values import NOON, some_account, some_child, some_session

SECOND = timedelta(seconds=1)


def begun() -> tuple[MemoryStore, Session]:
    store = MemoryStore()
    account = some_account()
    store.accounts.add(account)
    session = some_session(account)
    store.sessions.begin(session)
    return store, session


def test_g2_what_is_noted_is_written_within_the_tolerance() -> None:
    store, session = begun()
    activity = Activity(store.sessions)
    later = NOON + timedelta(minutes=5)
    assert activity.note(session, later) == replace(session, last_seen=later)
    assert store.sessions.seen(session.hash) == NOON
    activity.flush()
    assert store.sessions.seen(session.hash) == later
    assert timedelta(seconds=10) >= FLUSH


def test_r14_g5_activity_of_a_child_is_noted_for_its_browser() -> None:
    store, parent = begun()
    child = some_child(parent, "child")
    store.sessions.begin(child)
    activity = Activity(store.sessions)
    later = NOON + timedelta(minutes=5)
    assert activity.note(child, later) == replace(child, last_seen=later)
    activity.flush()
    assert store.sessions.seen(parent.hash) == later
    assert activity.newest(parent, parent.ends_at) == replace(parent, last_seen=later)


@pytest.mark.parametrize("after", [timedelta(), GRAIN / 2, -timedelta(hours=1)])
def test_f7_activity_of_the_same_moment_or_of_the_past_is_not_noted(after: timedelta) -> None:
    store, session = begun()
    activity = Activity(store.sessions)
    assert activity.note(session, NOON + after) is session
    activity.flush()
    assert store.sessions.seen(session.hash) == NOON


def test_activity_raises_no_epoch() -> None:
    store, session = begun()
    before = store.epoch()
    activity = Activity(store.sessions)
    activity.note(session, NOON + SECOND)
    activity.flush()
    assert store.epoch() == before


def test_f5_what_could_not_be_written_is_written_later_and_the_newer_wins() -> None:
    store, session = begun()
    broken = BrokenStore(store, fail_on={"sessions.touch"})
    activity = Activity(broken.sessions)
    activity.note(session, NOON + SECOND)
    activity.flush()
    activity.note(session, NOON + 2 * SECOND)
    broken.mend()
    activity.flush()
    assert store.sessions.seen(session.hash) == NOON + 2 * SECOND


def test_g2_a_session_is_called_idle_only_after_the_store_was_asked() -> None:
    store, session = begun()
    activity = Activity(store.sessions)
    idle = NOON + session.limits.idle
    assert activity.newest(session, idle - SECOND) is session
    assert activity.newest(session, idle) is session
    seen = NOON + timedelta(minutes=30)
    store.sessions.touch({session.hash: seen})
    assert activity.newest(session, idle) == replace(session, last_seen=seen)
    store.sessions.end(session.hash)
    assert activity.newest(session, idle) is session


def test_stopping_writes_what_is_noted() -> None:
    store, session = begun()
    activity = Activity(store.sessions)
    activity.start()
    activity.note(session, NOON + SECOND)
    activity.stop()
    assert store.sessions.seen(session.hash) == NOON + SECOND
    assert "activity" not in [thread.name for thread in threading.enumerate()]
    Activity(store.sessions).stop()
