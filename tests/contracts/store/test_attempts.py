"""The throttle's counters, as every store keeps them."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Final

import pytest

from gate.core.ports import Full, Limit, Reserved, Store
from tests.support.store_values import NOON, minutes

FIVE: Final = Limit(attempts=5, per=minutes(5))
GUESSES: Final = (
    FIVE,
    Limit(attempts=20, per=timedelta(hours=1)),
    Limit(attempts=50, per=timedelta(days=1)),
)


def reserve(store: Store, now: datetime, lane: str = "code:alice") -> Reserved | Full:
    return store.attempts.reserve(lane, GUESSES, now)


def reserved(store: Store, now: datetime, count: int) -> list[str]:
    answers = [reserve(store, now) for _ in range(count)]
    return [answer.ticket for answer in answers if isinstance(answer, Reserved)]


def test_t62_a_full_lane_says_how_long_to_wait(store: Store) -> None:
    assert len(set(reserved(store, NOON, 4))) == 4
    assert len(reserved(store, NOON + minutes(2), 1)) == 1
    assert reserve(store, NOON + minutes(4)) == Full(wait=minutes(1))
    assert reserve(store, NOON + minutes(4)) == Full(wait=minutes(1))


def test_t62_an_attempt_counts_until_its_time_is_over(store: Store) -> None:
    reserved(store, NOON, 5)
    just_before = NOON + minutes(5) - timedelta(microseconds=1)
    assert reserve(store, just_before) == Full(wait=timedelta(microseconds=1))
    assert isinstance(reserve(store, NOON + minutes(5)), Reserved)


def test_g16_the_longest_wait_of_all_limits_counts(store: Store) -> None:
    for step in range(4):
        assert len(reserved(store, NOON + step * minutes(6), 5)) == 5
    assert reserve(store, NOON + minutes(24)) == Full(wait=minutes(36))
    assert isinstance(reserve(store, NOON + minutes(60)), Reserved)


def test_g16_no_more_than_fifty_a_day(store: Store) -> None:
    times = [NOON + step * minutes(6) for step in range(240)]
    granted = [at for at in times if isinstance(reserve(store, at), Reserved)]
    assert len(granted) == 50


def test_g16_lanes_do_not_know_each_other(store: Store) -> None:
    reserved(store, NOON, 5)
    assert isinstance(reserve(store, NOON, "code:bob"), Reserved)
    assert isinstance(reserve(store, NOON, "code:alice:"), Reserved)


def test_g16_a_refund_gives_back_only_itself(store: Store) -> None:
    tickets = reserved(store, NOON, 5)
    store.attempts.refund(tickets[0])
    store.attempts.refund(tickets[0])
    store.attempts.refund("unknown")
    assert len(reserved(store, NOON, 3)) == 1


def test_t62_a_clock_set_back_frees_nothing(store: Store) -> None:
    reserved(store, NOON, 5)
    assert isinstance(reserve(store, NOON - minutes(30)), Full)


def test_lanes_are_cleared_by_how_they_begin(store: Store) -> None:
    for lane in ("password:a_ice:known", "password:a_ice:unknown", "password:alice:known"):
        store.attempts.reserve(lane, GUESSES, NOON)
    assert store.attempts.clear("password:a_ice:") == 2
    assert store.attempts.clear("password:a_ice:") == 0
    assert store.attempts.clear("%") == 0
    assert store.attempts.clear("password:") == 1


@pytest.mark.parametrize("limits", [(), (Limit(attempts=0, per=minutes(5)),)], ids=["none", "zero"])
def test_the_edges_of_limits(store: Store, limits: tuple[Limit, ...]) -> None:
    answer = store.attempts.reserve("lane", limits, NOON)
    assert answer == Full(wait=minutes(5)) if limits else isinstance(answer, Reserved)


def test_t62_of_200_parallel_posts_five_are_counted_in(store: Store) -> None:
    answers: list[Reserved | Full] = []

    def post() -> None:
        answers.extend(reserve(store, NOON) for _ in range(10))

    threads = [threading.Thread(target=post) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 200
    assert sum(isinstance(answer, Reserved) for answer in answers) == 5


def test_sweeping_forgets_only_attempts_that_no_limit_counts(store: Store) -> None:
    reserved(store, NOON, 5)
    store.sessions.sweep(NOON + minutes(2))
    assert isinstance(reserve(store, NOON + minutes(2)), Full)
    store.sessions.sweep(NOON + timedelta(days=1))
    assert store.attempts.clear("code:alice") == 0
