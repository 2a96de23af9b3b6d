"""Readers of nodes: a value, or a problem at its place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gate.config.shapes import (
    Findings,
    duration_of,
    end_of_date,
    fields_of,
    items_of,
    moment_of,
    need,
    nodes_of,
    pairs_of,
    parse_duration,
    shown,
    text_of,
    word_of,
)
from gate.config.yaml_nodes import read_yaml
from gate.core.located import Location, Node, Problem, Problems, Text


def node(text: str) -> Node:
    read = read_yaml(text, "f").node
    assert read is not None
    return read


def told(read: Callable[[Node, Findings], Any], text: str) -> tuple[Any, list[str]]:
    findings = Findings()
    value = read(node(text), findings)
    return value, [str(problem) for problem in findings.items]


def test_problems_are_told_in_the_order_of_the_file_and_once_a_place() -> None:
    findings = Findings()
    for line, message in [(2, "b"), (1, "a"), (2, "again")]:
        findings.add(Location(file="f", line=line, column=1), message)
    assert [str(each) for each in findings.in_order()] == ["f:1:1: a", "f:2:1: b"]


def test_problems_of_a_parser_are_taken_over() -> None:
    findings = Findings()
    problem = Problem(at=Location(file="f", line=1, column=1), message="a")
    assert findings.take(Problems(items=(problem,))) is None
    assert findings.take("fine") == "fine"
    assert findings.items == [problem]


def test_a_long_text_is_cut_in_a_message() -> None:
    assert shown("a") == "`a`"
    assert shown("a" * 100) == f"`{'a' * 60}...`"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("~", "f:1:1: `key` has no value; write one or delete the key"),
        ("' '", "f:1:1: `key` has no value; write one or delete the key"),
        ("[a]", "f:1:1: `key` takes one value; a list is not allowed here"),
        ("{a: b}", "f:1:1: `key` takes one value; `key: value` is not allowed here"),
    ],
)
def test_one_value_is_one_text(text: str, message: str) -> None:
    assert told(lambda each, to: text_of(each, "key", to), text) == (None, [message])


def test_a_word_is_one_of_the_known_ones() -> None:
    def read(each: Node, to: Findings) -> str | None:
        return word_of(each, "mode", ("enforce", "observe"), to)

    assert told(read, "observe") == ("observe", [])
    assert told(read, "observ") == (
        None,
        ["f:1:1: unknown `mode` `observ`; did you mean `observe`?"],
    )
    assert told(read, "~")[0] is None


@pytest.mark.parametrize(
    ("text", "values", "messages"),
    [
        ("a", ["a"], 0),
        ("[a, b]", ["a", "b"], 0),
        ("[a, [b], ~, c]", ["a", "c"], 2),
        ("[]", [], 1),
        ("{a: b}", [], 1),
        ("~", [], 1),
    ],
)
def test_one_text_is_a_list_of_one(text: str, values: list[str], messages: int) -> None:
    found, lines = told(lambda each, to: [x.value for x in items_of(each, "key", to)], text)
    assert (found, len(lines)) == (values, messages)


@pytest.mark.parametrize(
    ("text", "count", "messages"), [("[a, b]", 2, 0), ("[]", 0, 1), ("a", 0, 1)]
)
def test_g9_a_list_of_entries_is_not_empty(text: str, count: int, messages: int) -> None:
    found, lines = told(lambda each, to: nodes_of(each, "rules", to), text)
    assert (len(found), len(lines)) == (count, messages)


@pytest.mark.parametrize(
    ("text", "count", "messages"), [("{a: b}", 1, 0), ("{}", 0, 1), ("a", 0, 1)]
)
def test_g9_a_mapping_is_not_empty(text: str, count: int, messages: int) -> None:
    found, lines = told(lambda each, to: pairs_of(each, "sites", to), text)
    assert (len(found), len(lines)) == (count, messages)


def test_t28_unknown_keys_are_problems_and_the_known_ones_are_read_on() -> None:
    found, lines = told(
        lambda each, to: fields_of(each, "rule", ("name", "when"), to), "{nme: a, when: b}"
    )
    assert list(found) == ["when"]
    assert lines == ["f:1:2: unknown key `nme` in `rule`; did you mean `name`?"]


def test_a_key_that_is_needed_is_missed_once() -> None:
    findings = Findings()
    whole = node("{a: b}")
    assert need({"a": whole}, "a", whole, findings) is whole
    assert need({}, "b", whole, findings) is None
    assert need({}, "b", node("{}"), findings) is None
    assert need({}, "b", Text(value="x", at=whole.at), findings) is None
    assert [str(each) for each in findings.items] == ["f:1:1: `b` is missing; add it here"]


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("90s", timedelta(seconds=90)),
        ("15m", timedelta(minutes=15)),
        ("12h", timedelta(hours=12)),
        ("30d", timedelta(days=30)),
        ("3650d", timedelta(days=3650)),
    ],
)
def test_a_time_span_has_one_unit(text: str, span: timedelta) -> None:
    assert told(lambda each, to: duration_of(each, "within", to), text) == (span, [])


@pytest.mark.parametrize(
    "text",
    [
        "0s",
        "15",
        "m",
        "1.5h",
        "-1m",
        "1h30m",
        "15 m",
        "15M",
        "3651d",
        "999999999d",
        "\u0661s",
        "1s\n",
    ],
)
def test_a_time_span_that_is_none_says_what_to_write(text: str) -> None:
    assert isinstance(parse_duration(text), str)


def test_a_bad_time_span_is_told_at_its_place() -> None:
    _, (line,) = told(lambda each, to: duration_of(each, "within", to), "soon")
    assert line == "f:1:1: `within` `soon` is no time span; write such as 90s, 15m, 12h or 30d"
    assert told(lambda each, to: duration_of(each, "within", to), "~")[0] is None


def test_a_date_holds_to_its_end() -> None:
    end, lines = told(lambda each, to: end_of_date(each, "until", to), "2027-03-31")
    assert (end, lines) == (datetime(2027, 4, 1, tzinfo=UTC), [])


@pytest.mark.parametrize("text", ["2027-02-30", "2027-3-1", "20270331", "soon", "9999-12-31", "~"])
def test_what_is_no_date_is_told(text: str) -> None:
    end, lines = told(lambda each, to: end_of_date(each, "until", to), text)
    assert (end, len(lines)) == (None, 1)


def test_a_moment_names_its_offset() -> None:
    moment, lines = told(lambda each, to: moment_of(each, "time", to), "2027-03-31T08:30:00+02:00")
    assert (moment, lines) == (datetime(2027, 3, 31, 6, 30, tzinfo=UTC), [])


@pytest.mark.parametrize("text", ["2027-03-31T08:30:00", "noon", "0001-01-01T00:00:00+14:00", "~"])
def test_what_is_no_moment_is_told(text: str) -> None:
    moment, lines = told(lambda each, to: moment_of(each, "time", to), text)
    assert (moment, len(lines)) == (None, 1)
