"""`time`: one of several windows, its edges and its doubts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gate.core.conditions import HIT, MISS, Scope
from gate.core.conditions.time import TIME, Times
from tests.support.decisions import Written, complaints, conditions, seen


def hours(written: Written) -> Times:
    (found,) = conditions({"time": written})
    assert isinstance(found, Times)
    return found


@pytest.mark.parametrize(
    ("hour", "expected"), [(7, False), (8, True), (11, True), (12, False), (13, True), (17, False)]
)
def test_one_of_the_windows_is_enough(hour: int, *, expected: bool) -> None:
    condition = hours(["Tue 08:00-12:00 UTC", "13:00-17:00 UTC"])
    now = datetime(2026, 11, 24, hour, tzinfo=UTC)
    assert condition.match(seen(now=now)) is (HIT if expected else MISS)


def test_g19_the_next_edge_is_that_of_any_window() -> None:
    condition = hours(["Tue 08:00-12:00 UTC", "13:00-17:00 UTC"])
    edges = [condition.edge(seen(now=datetime(2026, 11, 24, hour, tzinfo=UTC))) for hour in (9, 12)]
    assert edges == [datetime(2026, 11, 24, hour, tzinfo=UTC) for hour in (12, 13)]


def test_g19_a_skipped_hour_is_doubtful_and_read_both_ways() -> None:
    condition = hours("02:30-05:00 Europe/Paris")
    gap = datetime(2026, 3, 29, 1, 15, tzinfo=UTC)  # 03:15 there; 02:30 was skipped
    assert condition.doubtful(seen(now=gap))
    assert condition.match(seen(now=gap)) is MISS
    assert condition.match(seen(now=gap, wide=True)) is HIT


@pytest.mark.parametrize("hour", [0, 3])
def test_g19_an_hour_that_is_clear_is_not_doubtful(hour: int) -> None:
    now = datetime(2026, 3, 29, hour, tzinfo=UTC)
    assert not hours("02:30-05:00 Europe/Paris").doubtful(seen(now=now))


def test_the_words_tell_the_time_there() -> None:
    condition = hours(["Mon-Fri 08:00-12:00 Europe/Paris", "20:00-21:00 UTC"])
    windows = "Mon-Fri 08:00-12:00 Europe/Paris and 20:00-21:00 UTC"
    assert condition.words(seen(now=datetime(2026, 11, 24, 8, 5, tzinfo=UTC))) == (
        f"Tue 09:05 lies in {windows}"
    )
    assert condition.words(seen(now=datetime(2026, 11, 24, 12, tzinfo=UTC))) == (
        f"Tue 13:00 lies outside {windows}"
    )


def test_g9_a_bad_window_is_refused() -> None:
    assert complaints({"time": []}) == [
        "`time` is an empty list; name at least one or leave it out"
    ]


def test_the_time_belongs_to_the_clock() -> None:
    condition = hours("08:00-09:00 UTC")
    assert (condition.key, condition.scope, condition.parts) == ("time", Scope.TIME, ())
    assert TIME.key == "time"
