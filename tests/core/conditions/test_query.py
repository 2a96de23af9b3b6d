"""`query`: values that the client chooses, each against its patterns."""

from __future__ import annotations

import pytest

from gate.core.conditions import HIT, MISS, Match, Scope
from gate.core.conditions.query import QUERY, Query
from tests.support.decisions import Written, complaints, conditions, seen


def query(written: Written) -> Query:
    (found,) = conditions({"query": written})
    assert isinstance(found, Query)
    return found


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param({"tab": "users", "page": "1"}, HIT, id="all fit"),
        pytest.param({"tab": "roles", "page": ""}, HIT, id="another of the list"),
        pytest.param({"tab": "users", "page": None}, MISS, id="one is absent"),
        pytest.param({"tab": "Users", "page": "1"}, MISS, id="capitals count"),
        pytest.param({}, MISS, id="nothing"),
    ],
)
def test_g13_every_named_value_has_to_fit(values: dict[str, str | None], expected: Match) -> None:
    condition = query({"tab": ["users", "roles"], "page": "*"})
    assert condition.match(seen(query=values)) is expected


def test_the_words_do_not_show_the_value() -> None:
    words = query({"tab": "a*", "page": "1", "id": "*"}).words(seen(query={"tab": "b", "id": "2"}))
    assert words == "`tab` does not fit `a*`, `page` is absent, `id` fits `*`"


@pytest.mark.parametrize(
    ("written", "message"),
    [
        pytest.param("x", "`query` takes a mapping with at least one entry", id="text"),
        pytest.param({}, "`query` takes a mapping with at least one entry", id="empty"),
        pytest.param(
            {"a[b]": "1"},
            "query name `a[b]` has several spellings; use letters, digits, `.`, `_`, `~`, `-`",
            id="g13 brackets",
        ),
        pytest.param({"a": None}, "`query a` has no value; give one or leave it out", id="g9 null"),
    ],
)
def test_g13_a_bad_query_is_refused(written: Written, message: str) -> None:
    assert complaints({"query": written}) == [message]


def test_the_query_belongs_to_the_request() -> None:
    condition = query({"a": "1"})
    assert (condition.key, condition.scope, QUERY.key) == ("query", Scope.REQUEST, "query")
