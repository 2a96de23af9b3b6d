"""What commands print: lines, JSON, tables and times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from gate.cli.output import moment, printable, span, table


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("plain é", "plain é", id="letters stay"),
        pytest.param("a\nb\r", "a\\nb\\r", id="no second line"),
        pytest.param("\x1b[2J", "\\x1b[2J", id="no escape sequence"),
        pytest.param("\u2028\u202e", "\\u2028\\u202e", id="no separator, no turned text"),
        pytest.param("\udc80", "\\udc80", id="no half of a character"),
    ],
)
def test_t83_text_of_others_moves_no_cursor(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_a_table_is_aligned() -> None:
    lines = table(("NAME", "STATE"), [("alice", "enabled"), ("b\n", "")])
    assert lines == ["NAME   STATE", "alice  enabled", "b\\n"]


def test_a_table_without_rows_is_nothing() -> None:
    assert table(("NAME",), []) == []


def test_a_moment_is_in_utc() -> None:
    summer = timezone(timedelta(hours=2))
    assert moment(datetime(2027, 3, 31, 8, 30, tzinfo=summer)) == "2027-03-31T06:30:00Z"
    assert moment(datetime(2027, 3, 31, 8, 30, tzinfo=UTC)) == "2027-03-31T08:30:00Z"


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0s"), (59, "59s"), (90, "1m"), (7200, "2h"), (260_000, "3d")]
)
def test_a_span_is_in_its_largest_unit(seconds: int, shown: str) -> None:
    assert span(timedelta(seconds=seconds)) == shown
