"""Times and durations as whole microseconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given, strategies as st

from gate.store.sql.times import duration, length, micros, moment


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_time_comes_back_as_it_was(at: datetime) -> None:
    assert moment(micros(at)) == at
    assert moment(micros(at)).tzinfo is UTC


@given(st.timedeltas())
def test_a_duration_comes_back_as_it_was(kept: timedelta) -> None:
    assert duration(length(kept)) == kept


def test_a_time_is_the_same_in_every_zone() -> None:
    here = datetime(2026, 3, 2, 13, tzinfo=timezone(timedelta(hours=1)))
    assert micros(here) == micros(datetime(2026, 3, 2, 12, tzinfo=UTC))
