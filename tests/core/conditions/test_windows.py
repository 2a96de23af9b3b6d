"""Windows of time: days, nights, zones, and the two nights on which clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from gate.core.conditions.windows import Window, parse_window
from gate.core.located import Problems
from tests.support.decisions import node

MOMENTS = st.timedeltas(timedelta(0), timedelta(days=3650)).map(
    lambda age: datetime(2020, 1, 1, tzinfo=UTC) + age
)
TEXTS = st.sampled_from(
    [
        "Mon-Fri 08:00-18:00 Europe/Paris",
        "22:00-06:00 America/New_York",
        "Sun 01:30-02:30 Europe/Paris",
        "00:00-01:30 America/Santiago",
        "Sat,Sun 00:00-24:00 Asia/Beirut",
        "02:15-02:45 Australia/Lord_Howe",
        "Fri-Mon 23:30-00:30 UTC",
    ]
)


def window(text: str) -> Window:
    found = _parsed(text)
    assert isinstance(found, Window), found
    return found


def _parsed(text: str) -> Window | Problems:
    written = node(text)
    assert hasattr(written, "value")
    return parse_window(written)  # type: ignore[arg-type]  # a text gives a Text


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment", "expected"),
    [
        ("Mon-Fri 08:00-18:00 Europe/Paris", "2026-11-24 07:00", True),
        ("Mon-Fri 08:00-18:00 Europe/Paris", "2026-11-24 06:59", False),
        ("Mon-Fri 08:00-18:00 Europe/Paris", "2026-11-24 17:00", False),
        ("Mon-Fri 08:00-18:00 Europe/Paris", "2026-11-28 12:00", False),
        ("Mon, 08:00-18:00 UTC", "2026-11-23 12:00", None),
        ("Mon,Wed-Fri 08:00-18:00 UTC", "2026-11-25 12:00", True),
        ("Mon,Wed-Fri 08:00-18:00 UTC", "2026-11-24 12:00", False),
        ("Sat-Mon 08:00-18:00 UTC", "2026-11-29 12:00", True),
        ("Sat-Mon 08:00-18:00 UTC", "2026-11-24 12:00", False),
        ("08:00-18:00  UTC", "2026-11-24 12:00", True),
        ("00:00-24:00 UTC", "2026-11-24 00:00", True),
    ],
)
def test_a_window_is_open_on_its_days_and_hours(
    text: str, moment: str, *, expected: bool | None
) -> None:
    if expected is None:
        assert isinstance(_parsed(text), Problems)
    else:
        assert window(text).holds(utc(moment), wide=False) is expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        pytest.param("2026-11-27 21:59", False, id="Friday evening before"),
        pytest.param("2026-11-27 22:00", True, id="Friday night"),
        pytest.param("2026-11-28 05:59", True, id="Saturday morning belongs to Friday"),
        pytest.param("2026-11-28 06:00", False, id="closed in the morning"),
        pytest.param("2026-11-28 23:00", False, id="Saturday night is no Friday"),
        pytest.param("2026-11-27 05:00", False, id="Friday morning belongs to Thursday"),
    ],
)
def test_g19_a_night_belongs_to_the_day_it_starts_on(moment: str, *, expected: bool) -> None:
    assert window("Fri 22:00-06:00 UTC").holds(utc(moment), wide=False) is expected


@pytest.mark.parametrize(
    ("text", "moment", "narrow", "wide"),
    [
        # Paris skips 02:00-03:00 on 2026-03-29: 01:00 UTC is 03:00 there.
        pytest.param("02:30-05:00 Europe/Paris", "2026-03-29 00:45", False, True, id="gap, early"),
        pytest.param("02:30-05:00 Europe/Paris", "2026-03-29 01:15", False, True, id="gap, late"),
        pytest.param("02:30-05:00 Europe/Paris", "2026-03-29 01:30", True, True, id="gap, after"),
        pytest.param("00:30-02:30 Europe/Paris", "2026-03-29 00:29", True, True, id="end, before"),
        pytest.param("00:30-02:30 Europe/Paris", "2026-03-29 01:29", False, True, id="end in gap"),
        # It repeats 02:00-03:00 on 2026-10-25: 00:30 and 01:30 UTC are both 02:30 there.
        pytest.param("02:30-05:00 Europe/Paris", "2026-10-25 00:45", False, True, id="overlap"),
        pytest.param("02:30-05:00 Europe/Paris", "2026-10-25 01:30", True, True, id="second 02:30"),
        pytest.param("00:30-02:30 Europe/Paris", "2026-10-25 00:29", True, True, id="first end"),
        pytest.param("00:30-02:30 Europe/Paris", "2026-10-25 00:30", False, True, id="then doubt"),
        pytest.param("00:30-02:30 Europe/Paris", "2026-10-25 01:30", False, False, id="second end"),
        # Beirut skips 00:00-01:00 on 2026-03-29: 00:30 is read as 23:30 of the day before too.
        pytest.param("Sun 00:30-05:00 Asia/Beirut", "2026-03-28 21:45", False, True, id="midnight"),
    ],
)
def test_g19_a_changed_clock_is_read_narrow_and_wide(
    text: str, moment: str, narrow: bool, wide: bool
) -> None:
    found = window(text)
    assert found.holds(utc(moment), wide=False) is narrow
    assert found.holds(utc(moment), wide=True) is wide


@given(text=TEXTS, now=MOMENTS)
def test_g19_the_narrow_reading_lies_within_the_wide_one(text: str, now: datetime) -> None:
    found = window(text)
    assert found.holds(now, wide=True) or not found.holds(now, wide=False)


@given(text=TEXTS, now=MOMENTS, share=st.floats(0, 0.999))
def test_g19_nothing_changes_before_the_next_edge(text: str, now: datetime, share: float) -> None:
    found = window(text)
    edge = min(found.edges(now))
    assert now < edge <= now + timedelta(days=8)
    between = now + (edge - now) * share
    for wide in (False, True):
        assert found.holds(between, wide=wide) is found.holds(now, wide=wide)


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("always", ["time `always` is not like `Mon-Fri 08:00-18:00 Europe/Paris`"]),
        ("8-18 UTC", ["time `8-18 UTC` is not like `Mon-Fri 08:00-18:00 Europe/Paris`"]),
        ("Mo 08:00-18:00 UTC", ["unknown day `Mo`; did you mean `Mon`?"]),
        ("Mon- 08:00-18:00 UTC", ["unknown day ``; known: `Fri`, `Mon`"]),
        ("24:00-18:00 UTC", ["time `24:00-18:00` is no time of day; at most 24:00, as an end"]),
        ("08:00-24:01 UTC", ["time `08:00-24:01` is no time of day; at most 24:00, as an end"]),
        ("08:00-08:00 UTC", ["time `08:00-08:00` is empty; write 00:00-24:00 for whole days"]),
        (
            "08:00-18:00",
            ["time `08:00-18:00` names no zone; add one, such as `Europe/Paris` or `UTC`"],
        ),
        (
            "08:00-18:00 Europe/Pari",
            ["unknown time zone `Europe/Pari`; did you mean `Europe/Paris`"],
        ),
        ("08:00-18:00 Europe", ["unknown time zone `Europe`"]),
        ("08:00-18:00 /etc/passwd", ["unknown time zone `/etc/passwd`"]),
        (
            "Mo 08:00-08:00 Nowhere",
            ["unknown day `Mo`", "time `08:00-08:00` is empty", "unknown time zone `Nowhere`"],
        ),
    ],
)
def test_a_window_that_can_not_be_read_is_refused(text: str, messages: list[str]) -> None:
    found = _parsed(text)
    assert isinstance(found, Problems)
    assert len(found.items) == len(messages)
    for item, message in zip(found.items, messages, strict=True):
        assert item.message.startswith(message)
