"""Lifetimes: the limits of now, and two clocks of which either ends a session."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from gate.core.subject import ADMIN_LIMITS, Session, SessionId, SessionLimits
from gate.service import lifetimes
from gate.service.lifetimes import Lifetimes, LimitsInForce
from gate.store.clock import AdjustableClock
from gate.store.memory import MemoryStore
from tests.support.policies import policy_of
from tests.support.store_values import NOON, some_account, some_child, some_session

USUAL = SessionLimits()
MINUTE = timedelta(minutes=1)
WITHOUT_ADMINS = """\
groups: {staff: [alice]}
sites:
  wiki:
    hosts: [wiki.example.com]
    upstream: http://127.0.0.1:8000
    rules: [{name: staff, when: {group: staff}, then: {require: signed_in}}]
"""
WITH_ADMINS = "admins: {account: alice}\n" + WITHOUT_ADMINS


class Hall:
    """A store with one session, a clock, and a process that holds sessions to their limits."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.clock = AdjustableClock(NOON)
        self.policy = policy_of(WITHOUT_ADMINS)
        account = some_account("alice")
        self.store.accounts.add(account)
        self.session = replace(some_session(account), created_at=NOON, last_seen=NOON, limits=USUAL)
        self.store.sessions.begin(self.session)
        in_force = LimitsInForce(
            policy=lambda: self.policy, limits=USUAL, admin_limits=ADMIN_LIMITS
        )
        self.lifetimes = Lifetimes(self.store.sessions, self.clock, in_force)

    def is_live(self, session: Session | None = None) -> bool:
        return self.lifetimes.held(session or self.session).ends_at > self.clock.now()


def test_r14_a_session_under_its_limits_is_the_session_itself() -> None:
    hall = Hall()
    assert hall.lifetimes.held(hall.session) is hall.session
    assert hall.lifetimes.limited(hall.session) is hall.session


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=1), timedelta(days=4000)])
def test_f7_a_wall_clock_that_is_set_back_makes_no_session_idle_later(back: timedelta) -> None:
    hall = Hall()
    assert hall.is_live()
    hall.clock.set_wall(NOON - back)
    hall.clock.advance(USUAL.idle - timedelta(seconds=1))
    assert hall.is_live()
    hall.clock.advance(timedelta(seconds=1))
    assert not hall.is_live()
    hall.clock.set_wall(NOON - back)
    assert not hall.is_live()


def test_f7_g5_a_child_is_no_younger_than_its_parent_on_the_monotonic_clock() -> None:
    hall = Hall()
    assert hall.is_live()
    hall.clock.advance(USUAL.idle - timedelta(seconds=1))
    hall.clock.set_wall(NOON - timedelta(days=1))
    child = some_child(hall.session, "child")
    assert hall.is_live(child)
    hall.clock.advance(timedelta(seconds=1))
    assert not hall.is_live(child)
    assert not hall.is_live()


def test_f7_a_wall_clock_that_is_set_back_does_not_lengthen_the_absolute_limit() -> None:
    hall = Hall()
    live: list[bool] = []
    for _ in range(26):
        live.append(hall.is_live())
        hall.lifetimes.note_active(hall.session)
        hall.clock.advance(timedelta(hours=1) - MINUTE)
        hall.clock.set_wall(NOON)
    assert live == [True] * 25 + [False]


def test_f7_who_stays_active_stays_signed_in_when_the_wall_clock_is_set_back() -> None:
    hall = Hall()
    hall.clock.set_wall(NOON - timedelta(hours=5))
    for _ in range(5):
        hall.lifetimes.note_active(hall.session)
        hall.clock.advance(USUAL.idle - MINUTE)
        assert hall.is_live()


def test_f7_a_session_of_the_future_ends_as_if_it_began_when_it_was_first_seen() -> None:
    hall = Hall()
    hall.clock.set_wall(NOON - timedelta(days=1))
    assert hall.is_live()
    hall.clock.advance(USUAL.idle)
    assert not hall.is_live()


def test_f7_a_new_token_makes_no_session_younger() -> None:
    hall = Hall()
    hall.clock.advance(timedelta(hours=23))
    active = replace(hall.session, last_seen=hall.clock.now())
    assert hall.is_live(active)
    hall.clock.set_wall(NOON)
    rotated = replace(active, hash=type(active.hash)("another"), last_seen=hall.clock.now())
    hall.lifetimes.note_active(rotated)
    hall.clock.advance(USUAL.idle - MINUTE)
    hall.lifetimes.note_active(rotated)
    hall.clock.advance(MINUTE)
    assert not hall.is_live(rotated)


def test_g2_new_activity_of_any_process_is_read_before_a_session_is_called_idle() -> None:
    hall = Hall()
    assert hall.is_live()
    hall.clock.advance(timedelta(minutes=59))
    hall.store.sessions.touch({hall.session.hash: hall.clock.now()})
    hall.clock.advance(timedelta(minutes=30))
    hall.clock.set_wall(NOON)  # so that the wall clock alone would not look again
    assert hall.is_live()


def test_g2_activity_that_a_look_up_shows_counts() -> None:
    hall = Hall()
    assert hall.is_live()
    hall.clock.advance(timedelta(minutes=59))
    active = replace(hall.session, last_seen=hall.clock.now())
    hall.clock.advance(timedelta(minutes=59))
    assert hall.is_live(active)


def test_a_session_that_the_store_has_lost_is_held_to_what_is_known() -> None:
    hall = Hall()
    assert hall.is_live()
    hall.store.sessions.end(hall.session.hash)
    hall.clock.advance(USUAL.idle)
    assert not hall.is_live()


def test_r14_who_becomes_an_administrator_gets_the_shorter_limits_at_once() -> None:
    hall = Hall()
    hall.policy = policy_of(WITH_ADMINS)
    limited = hall.lifetimes.limited(hall.session)
    assert limited.limits == ADMIN_LIMITS
    assert limited.ends_at == NOON + ADMIN_LIMITS.idle


def test_r14_limits_that_a_session_began_with_are_never_loosened() -> None:
    hall = Hall()
    strict = SessionLimits(idle=MINUTE, absolute=timedelta(days=9))
    limited = hall.lifetimes.limited(replace(hall.session, limits=strict))
    assert limited.limits == SessionLimits(idle=MINUTE, absolute=USUAL.absolute)


def test_ages_are_bounded_and_the_oldest_goes_first() -> None:
    hall = Hall()
    for number in range(lifetimes.MOST + 1):
        hall.lifetimes.held(replace(hall.session, id=SessionId(str(number))))
    hall.lifetimes.note_active(replace(hall.session, id=SessionId("2")))
    assert list(hall.lifetimes._ages)[:2] == ["1", "2"]
    assert len(hall.lifetimes._ages) == lifetimes.MOST
