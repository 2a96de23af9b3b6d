"""Clocks: the system's goes on, those of tests do what they are told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gate.core.ports import Clock
from gate.store.clock import AdjustableClock, FixedClock, SystemClock
from tests.support.store_values import NOON, minutes


def test_the_system_clock_is_aware_and_in_utc() -> None:
    clock: Clock = SystemClock()
    assert clock.now().tzinfo is UTC
    assert abs(clock.now() - datetime.now(UTC)) < minutes(1)
    assert clock.monotonic() <= clock.monotonic()


def test_a_fixed_clock_stands_still() -> None:
    clock: Clock = FixedClock(NOON)
    assert (clock.now(), clock.monotonic()) == (NOON, timedelta())


def test_an_adjustable_clock_goes_on_when_told() -> None:
    clock = AdjustableClock(NOON)
    clock.advance(minutes(5))
    assert (clock.now(), clock.monotonic()) == (NOON + minutes(5), minutes(5))


def test_a_wall_clock_is_set_back_while_the_monotonic_one_stays() -> None:
    clock = AdjustableClock(NOON)
    clock.advance(minutes(5))
    clock.set_wall(NOON - minutes(60))
    assert (clock.now(), clock.monotonic()) == (NOON - minutes(60), minutes(5))


def test_time_does_not_go_back() -> None:
    with pytest.raises(ValueError, match="does not go back"):
        AdjustableClock(NOON).advance(-minutes(1))
