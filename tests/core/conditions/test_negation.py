"""`not`: a set of conditions turned round."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gate.core.conditions import HIT, MAY, MISS, Match, Scope, parse_when
from gate.core.conditions.negation import Not, negation
from tests.support.decisions import NAMES, Written, complaints, conditions, node, seen


def negated(written: Written) -> Not:
    (found,) = conditions({"not": written}, NAMES)
    assert isinstance(found, Not)
    return found


@pytest.mark.parametrize(
    ("path", "name", "expected"),
    [
        pytest.param("/a", "alice", MISS, id="all hold"),
        pytest.param("/a", "carol", HIT, id="one does not hold"),
        pytest.param("/a", None, MAY, id="not may is may"),
        pytest.param("/b", None, HIT, id="a miss outweighs a may"),
    ],
)
def test_g8_a_set_is_turned_round(path: str, name: str | None, expected: Match) -> None:
    assert negated({"path": "/a", "group": "staff"}).match(seen(path, name=name)) is expected


def test_a_not_inside_a_not_turns_back() -> None:
    assert negated({"not": {"path": "/a"}}).match(seen("/a")) is HIT


def test_the_words_are_those_of_the_parts() -> None:
    assert negated({"path": "/a", "method": "GET"}).words(seen("/b")) == (
        "not: `/b` does not match `/a`, and `GET` is GET or HEAD"
    )


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param({"path": "/a", "group": "staff"}, Scope.SUBJECT, id="somebody"),
        pytest.param({"path": "/a", "network": "office"}, Scope.REQUEST, id="nobody"),
    ],
)
def test_a_not_looks_at_what_its_parts_look_at(written: Written, expected: Scope) -> None:
    assert negated(written).scope is expected
    assert negated(written).key == "not"


def test_g19_time_inside_a_not_keeps_its_edges_and_doubts() -> None:
    hours = negated({"path": "/a", "time": ["02:30-05:00 Europe/Paris"]})
    gap = datetime(2026, 3, 29, 1, 15, tzinfo=UTC)  # 02:30 is skipped that night
    assert hours.doubtful(seen(now=gap))
    assert hours.edge(seen(now=gap)) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert negated({"path": "/a"}).edge(seen()) is None
    assert not negated({"path": "/a"}).doubtful(seen())


@pytest.mark.parametrize(
    ("written", "message"),
    [
        pytest.param("any", "conditions are a mapping, such as `path: /admin/**`", id="any"),
        pytest.param({}, "no conditions; name at least one, or write `when: any`", id="empty"),
        pytest.param({"grup": "a"}, "unknown condition `grup`; did you mean `group`?", id="typo"),
    ],
)
def test_g9_a_bad_set_inside_a_not_is_refused(written: Written, message: str) -> None:
    assert complaints({"not": written}) == [message]


def test_the_inner_set_is_read_like_that_of_when() -> None:
    kind = negation(parse_when)
    written = node({"path": "/a", "group": "staff"})
    parts = parse_when(written, NAMES)
    assert isinstance(parts, tuple)
    assert kind.key == "not"
    assert kind.parse(written, NAMES) == Not(parts=parts)
