"""Session look-ups: remembered until the store moves, and no longer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gate.core.subject import ADMIN_LIMITS, Session, SessionHash, SessionLimits
from gate.service import lookups
from gate.service.activity import Activity
from gate.service.lifetimes import Lifetimes, LimitsInForce
from gate.service.lookups import Lookups
from gate.store.clock import AdjustableClock
from gate.store.memory import MemoryStore
from tests.support.broken_store import BrokenStore
from tests.support.policies import SITE, policy_of
from tests.support.store_values import NOON, hash_of, some_account, some_session


class Desk:
    """A store that counts, and look-ups in it."""

    def __init__(self) -> None:
        self.store = BrokenStore(MemoryStore())
        account = some_account()
        self.store.accounts.add(account)
        self.session: Session = some_session(account)
        self.store.sessions.begin(self.session)
        self.activity = Activity(self.store.sessions)
        self.clock, self.policy = AdjustableClock(NOON), policy_of(SITE)
        limits = LimitsInForce(
            policy=lambda: self.policy, limits=SessionLimits(), admin_limits=ADMIN_LIMITS
        )
        lifetimes = Lifetimes(self.store.sessions, self.clock, limits)
        self.lookups = Lookups(self.store.sessions, self.activity, lifetimes)

    def asked(self) -> int:
        return self.store.calls.count("sessions.find")


@pytest.mark.parametrize("token", ["token", "nobody's"])
def test_g2_a_session_is_asked_for_once_also_when_nobody_has_it(token: str) -> None:
    desk = Desk()
    found = [desk.lookups.find(hash_of(token), NOON) for _ in range(3)]
    assert found == [desk.session if token == "token" else None] * 3
    assert desk.asked() == 1


def test_g2_what_was_remembered_is_forgotten_when_the_store_moves() -> None:
    desk = Desk()
    desk.lookups.find(desk.session.hash, NOON)
    desk.store.sessions.end(desk.session.hash)
    desk.lookups.forget()
    assert desk.lookups.find(desk.session.hash, NOON) is None


def test_a_session_that_time_ended_is_given_as_it_is() -> None:
    desk = Desk()
    assert desk.lookups.find(desk.session.hash, NOON + timedelta(days=2)) == desk.session


def test_g2_activity_of_another_process_is_taken_over() -> None:
    desk = Desk()
    desk.lookups.find(desk.session.hash, NOON)
    seen = NOON + timedelta(minutes=59)
    desk.store.sessions.touch({desk.session.hash: seen})
    found = desk.lookups.find(desk.session.hash, NOON + timedelta(hours=1))
    assert found is not None
    assert found.last_seen == seen
    assert desk.lookups.find(desk.session.hash, NOON + timedelta(hours=1)) is found


def test_g2_own_activity_is_remembered_at_once() -> None:
    desk = Desk()
    desk.lookups.find(desk.session.hash, NOON)
    later = NOON + timedelta(minutes=1)
    desk.lookups.note_active(desk.session, later)
    found = desk.lookups.find(desk.session.hash, later)
    assert found is not None
    assert found.last_seen == later
    desk.lookups.note_active(found, later)
    assert desk.lookups.find(desk.session.hash, later) is found


def test_f7_a_session_that_ended_on_the_monotonic_clock_has_ended_whatever_the_wall_says() -> None:
    desk = Desk()
    desk.lookups.find(desk.session.hash, NOON)
    desk.clock.advance(SessionLimits().idle)
    found = desk.lookups.find(desk.session.hash, NOON)
    assert found is not None
    assert found.ends_at < NOON


def test_f7_activity_counts_on_the_monotonic_clock_too() -> None:
    desk = Desk()
    desk.clock.advance(SessionLimits().idle - timedelta(minutes=1))
    desk.lookups.note_active(desk.session, NOON)
    desk.clock.advance(timedelta(minutes=2))
    assert desk.lookups.find(desk.session.hash, NOON) == desk.session


def test_r14_a_session_is_found_with_the_limits_of_now() -> None:
    desk = Desk()
    desk.policy = policy_of(f"admins: {{account: alice}}\n{SITE}")
    found = desk.lookups.find(desk.session.hash, NOON)
    assert found is not None
    assert found.limits == ADMIN_LIMITS


def test_look_ups_are_bounded() -> None:
    desk = Desk()
    for number in range(lookups.MOST):
        desk.lookups._known[SessionHash(str(number))] = None
    desk.lookups.find(desk.session.hash, NOON)
    assert len(desk.lookups._known) == 1
