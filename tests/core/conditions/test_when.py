"""A whole `when:`, with all that is wrong in it at once."""

from __future__ import annotations

import pytest

from gate.core.conditions import CONDITIONS, Names, parse_when
from gate.core.located import Location, Problem, Problems
from tests.support.decisions import NAMES, Written, complaints, conditions, node


def test_the_catch_all_has_no_conditions() -> None:
    assert conditions("any") == ()


@pytest.mark.parametrize(
    ("written", "message"),
    [
        pytest.param(
            None, "`when` has no value; write `when: any` for a rule that always holds", id="null"
        ),
        pytest.param(
            "all", "`when` takes `any` or a mapping of conditions, not `all`", id="another word"
        ),
        pytest.param({}, "no conditions; name at least one, or write `when: any`", id="empty"),
        pytest.param([], "conditions are a mapping, such as `path: /admin/**`", id="list"),
        pytest.param({"pth": "/a"}, "unknown condition `pth`; did you mean `path`?", id="typo"),
    ],
)
def test_g9_a_when_that_says_nothing_is_refused(written: Written, message: str) -> None:
    assert complaints(written) == [message]


def test_t28_all_problems_come_at_once_with_their_places() -> None:
    found = parse_when(node({"path": "a", "group": "staf", "tme": "x"}), NAMES)
    assert isinstance(found, Problems)
    assert found.items == (
        _problem(2, "path `a` does not begin with `/`; did you mean `/a`?"),
        _problem(3, "unknown group `staf`; did you mean `staff`?"),
        _problem(1, "unknown condition `tme`; did you mean `time`?"),
    )


def _problem(line: int, message: str) -> Problem:
    return Problem(at=Location(file="wiki.yaml", line=line, column=1), message=message)


def test_conditions_are_evaluated_cheapest_first() -> None:
    written = {"time": "08:00-09:00 UTC", "network": "office", "group": "staff", "path": "/a"}
    assert [each.key for each in conditions(written, NAMES)] == ["path", "group", "network", "time"]


def test_every_kind_has_a_key_of_its_own_a_schema_and_a_line_of_docs() -> None:
    keys = [kind.key for kind in CONDITIONS]
    assert keys == [
        *("path", "method", "query", "header"),
        *("account", "group", "network", "time", "not"),
    ]
    assert all(kind.schema and kind.docs for kind in CONDITIONS)


def test_names_are_empty_by_default() -> None:
    assert complaints({"group": "staff"}, Names()) == ["unknown group `staff`; none is defined"]
