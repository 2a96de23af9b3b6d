"""The index finds every rule that a path can meet, in file order."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from gate.core.conditions import HIT, all_of
from gate.core.conditions.path import fold
from gate.core.index import DEPTH, Index
from gate.core.rules import Denied, Public, Rule
from tests.support.decisions import Written, required, rule, seen

SEGMENT = st.sampled_from(["a", "b", "A", "c*", "*", "**", ""])
PATTERN = st.lists(SEGMENT, min_size=1, max_size=6).map("/".join).map("/{}".format)
PATH = st.lists(st.sampled_from(["a", "b", "A", "cc", ""]), min_size=1, max_size=7).map(
    lambda parts: "/" + "/".join(parts)
)


def rules(*whens: Written) -> tuple[Rule, ...]:
    return tuple(rule(f"rule {place}", when, Denied()) for place, when in enumerate(whens))


def found(index: Index, path: str) -> list[str]:
    return [each.ref.name for each in index.bucket(fold(path)).rules]


INDEX = Index(
    rules(
        {"path": "/wiki/**"},
        {"path": ["/wiki/Admin/**", "/static/*.css"]},
        "any",
        {"path": "/a/b/c/d/e/f"},
        {"path": "/*/x"},
        {"path": "/wiki/admin/users"},
    )
)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param("/wiki", [0, 2, 4], id="a folder itself"),
        pytest.param("/Wiki/ADMIN/users", [0, 1, 2, 4, 5], id="capitals are folded"),
        pytest.param("/wiki/admin", [0, 1, 2, 4], id="a part of a literal path"),
        pytest.param("/static/a.css", [1, 2, 4], id="another pattern of a list"),
        pytest.param("/other", [2, 4], id="only rules for every path"),
        pytest.param("/a/b/c/d/other", [2, 3, 4], id="deeper segments share a bucket"),
        pytest.param("/a/b/c", [2, 4], id="not deep enough"),
    ],
)
def test_a_bucket_holds_the_rules_of_a_path_in_file_order(path: str, expected: list[int]) -> None:
    assert found(INDEX, path) == [f"rule {place}" for place in expected]


def test_paths_with_the_same_rules_share_a_bucket() -> None:
    assert INDEX.bucket("/a/b") is INDEX.bucket("/other")
    assert INDEX.bucket("/wiki").id != INDEX.bucket("/static").id
    assert DEPTH == 4


def test_a_site_without_rules_has_an_empty_bucket() -> None:
    assert Index(()).bucket("/").rules == ()


@given(patterns=st.lists(PATTERN.filter(lambda each: "//" not in each), max_size=8), path=PATH)
def test_no_rule_that_matches_is_ever_left_out(patterns: list[str], path: str) -> None:
    given_rules = rules(*[{"path": pattern} for pattern in patterns])
    matching = [each.ref.name for each in given_rules if each.when[0].match(seen(path)) is HIT]
    names = found(Index(given_rules), path)
    assert [name for name in names if name in matching] == matching
    assert names == sorted(names, key=lambda name: int(name.split()[1]))


def test_g1_a_bucket_knows_the_conditions_on_the_request_once_each() -> None:
    index = Index(
        rules(
            {"path": "/a", "method": "GET", "network": "office"},
            {"path": "/a", "not": {"method": "GET", "query": {"x": "1"}}},
        )
    )
    assert [each.key for each in index.bucket("/a").request] == ["path", "method", "query"]


def test_a_bucket_knows_where_the_clock_comes_in() -> None:
    hours = "08:00-09:00 UTC"
    index = Index(rules({"path": "/a"}, {"time": hours}, {"group": "staff", "time": hours}))
    assert [place for place, _ in index.bucket("/a").timed] == [1, 2]


@pytest.mark.parametrize(
    ("given_rules", "expected"),
    [
        pytest.param((), [False], id="none"),
        pytest.param((rule("r", "any", Denied()),), [False, False], id="nobody counts"),
        pytest.param(
            (rule("r", "any", required()), rule("s", "any", Public())),
            [True, False, False],
            id="what follows depends on the person",
        ),
        pytest.param(
            (rule("r", {"group": "staff"}, Denied()), rule("s", "any", Public())),
            [True, True, True],
            id="a condition looks at the person",
        ),
        pytest.param(
            (rule("r", {"not": {"account": "bob"}}, Denied()),), [True, True], id="inside not"
        ),
        pytest.param(
            (rule("r", "any", required(), report=True), rule("s", "any", Public())),
            [True, True, True],
            id="a report depends on the person",
        ),
    ],
)
def test_g1_a_bucket_knows_where_the_person_comes_in(
    given_rules: tuple[Rule, ...], expected: list[bool]
) -> None:
    assert list(Index(given_rules).bucket("/").personal) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param("/wiki/admin", [[], ["method"], []], id="beneath both trees"),
        pytest.param("/wiki/page", [[], []], id="beneath one of them"),
        pytest.param("/other", [[]], id="beneath none"),
    ],
)
def test_a_path_that_all_of_a_bucket_match_is_not_asked_again(
    path: str, expected: list[list[str]]
) -> None:
    index = Index(rules({"path": "/wiki/**"}, {"path": "/wiki/admin/**", "method": "GET"}, "any"))
    steps = index.bucket(path).steps
    assert [[each.key for each in step.open] for step in steps] == expected


@given(patterns=st.lists(PATTERN.filter(lambda each: "//" not in each), max_size=8), path=PATH)
def test_what_a_bucket_leaves_open_says_what_the_whole_rule_says(
    patterns: list[str], path: str
) -> None:
    bucket = Index(rules(*[{"path": pattern} for pattern in patterns])).bucket(fold(path))
    for step in bucket.steps:
        assert all_of(step.open, seen(path)) is all_of(step.rule.when, seen(path))
