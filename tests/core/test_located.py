"""Values that know where they were written."""

from __future__ import annotations

from gate.core.located import Entries, Location, Problem, Problems, Text
from tests.support.decisions import node


def at(line: int, column: int = 1) -> Location:
    return Location(file="wiki.yaml", line=line, column=column)


def test_a_place_is_written_as_editors_write_it() -> None:
    assert str(at(12, 7)) == "wiki.yaml:12:7"


def test_an_entry_is_found_by_its_key() -> None:
    found = node({"a": "1", "b": "2"})
    assert isinstance(found, Entries)
    assert found.get("b") == Text(value="2", at=at(3))
    assert found.get("c") is None


def test_problems_are_printed_one_a_line_with_their_places() -> None:
    problems = Problems(items=(Problem(at=at(1), message="one"), Problem(at=at(2), message="two")))
    assert str(problems) == "wiki.yaml:1:1: one\nwiki.yaml:2:1: two"


def test_problems_sort_by_their_place() -> None:
    first, second = Problem(at=at(1, 9), message="b"), Problem(at=at(2), message="a")
    assert sorted([second, first]) == [first, second]
