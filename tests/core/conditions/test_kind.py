"""How nodes of a policy are read: all problems at once, with what to do about them."""

from __future__ import annotations

import pytest

from gate.core.conditions.kind import (
    collect,
    did_you_mean,
    each_text,
    one_of,
    pairs,
    problem,
    texts,
)
from gate.core.located import Problem, Problems
from tests.support.decisions import HERE, Written, node


@pytest.mark.parametrize(
    ("written", "messages"),
    [
        pytest.param(None, ["`path` has no value; give one or leave it out"], id="null"),
        pytest.param(
            [], ["`path` is an empty list; name at least one or leave it out"], id="empty list"
        ),
        pytest.param(
            {"a": "b"}, ["`path` takes a text or a list of texts, no mapping"], id="mapping"
        ),
        pytest.param(
            ["/a", ["/b"], None], ["`path` takes a text or a list of texts"] * 2, id="nested"
        ),
        pytest.param("  ", ["`path` has an empty text; give one or leave it out"], id="blank"),
    ],
)
def test_g9_what_is_no_text_and_no_list_of_texts_is_refused(
    written: Written, messages: list[str]
) -> None:
    found = texts("path", node(written))
    assert isinstance(found, Problems)
    assert [each.message for each in found.items] == messages


@pytest.mark.parametrize(
    ("written", "expected"),
    [pytest.param("/a", ("/a",), id="text"), pytest.param(["/a", "/b"], ("/a", "/b"), id="list")],
)
def test_a_text_or_a_list_of_texts_is_taken(written: Written, expected: tuple[str, ...]) -> None:
    assert each_text("path", node(written), lambda text: text.value) == expected


def test_what_is_no_text_is_not_read_further() -> None:
    assert isinstance(each_text("path", node(None), lambda text: text.value), Problems)


def test_all_problems_are_given_together() -> None:
    one, two = problem(HERE, "one"), problem(HERE, "two")
    assert collect([1, one, 2, two]) == Problems(
        items=(Problem(at=HERE, message="one"), Problem(at=HERE, message="two"))
    )


@pytest.mark.parametrize(
    ("name", "known", "expected"),
    [
        pytest.param("ofice", ["office", "home"], "; did you mean `office`?", id="near"),
        pytest.param("zzz", ["office", "home"], "; known: `home`, `office`", id="far"),
        pytest.param("zzz", [], "; none is defined", id="none known"),
    ],
)
def test_an_unknown_name_comes_with_advice(name: str, known: list[str], expected: str) -> None:
    assert did_you_mean(name, known) == expected


@pytest.mark.parametrize("written", ["text", [], {}, None])
def test_g9_a_mapping_must_have_entries(written: Written) -> None:
    found = pairs("query", node(written))
    assert isinstance(found, Problems)
    assert found.items[0].message == "`query` takes a mapping with at least one entry"


def test_the_entries_of_a_mapping_keep_their_order() -> None:
    found = pairs("query", node({"b": "1", "a": "2"}))
    assert not isinstance(found, Problems)
    assert [key.value for key, _ in found] == ["b", "a"]


def test_names_are_joined_by_or() -> None:
    assert one_of(["a", "b"]) == "`a` or `b`"
