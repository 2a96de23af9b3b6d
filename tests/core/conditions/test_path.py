"""`path`: whole matches, folded unless exact, and patterns that say what is wrong with them."""

from __future__ import annotations

import pytest

from gate.core.conditions import HIT, MISS, Names, Scope
from gate.core.conditions.path import PATH, Path, Pattern, case_clashes, fold
from tests.support.decisions import HERE, Written, complaints, conditions, seen

EXACT = Names(exact_paths=True)


def path_condition(written: Written, names: Names | None = None) -> Path:
    (found,) = conditions({"path": written}, names)
    assert isinstance(found, Path)
    return found


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("/x/**", "/x", True),
        ("/x/**", "/x/", True),
        ("/x/**", "/x/a/b", True),
        ("/x/**", "/xy", False),
        ("/x", "/x/", False),
        ("/x/", "/x", False),
        ("/**", "/", True),
        ("/**", "/a/b", True),
        ("/", "/", True),
        ("/", "/a", False),
        ("/*.css", "/a.css", True),
        ("/*.css", "/a/b.css", False),
        ("/a/*/**", "/a/b/c", True),
        ("/ADMIN/**", "/Admin/x", True),
        ("/caf\xe9", "/caf\xe9", True),
        ("/caf\xe9", "/caf\xc9", False),
    ],
)
def test_g12_a_pattern_matches_whole_and_without_ascii_capitals(
    pattern: str, path: str, *, expected: bool
) -> None:
    assert path_condition(pattern).match(seen(path)) is (HIT if expected else MISS)


def test_g12_an_exact_condition_compares_capitals() -> None:
    condition = path_condition(["/Static/**", "/a*"], EXACT)
    said = [condition.match(seen(path)) for path in ("/Static/x", "/static/x", "/ab", "/Ab")]
    assert said == [HIT, MISS, HIT, MISS]


def test_any_pattern_of_a_list_is_enough() -> None:
    condition = path_condition(["/a", "/b/**", "/*.txt"])
    said = [condition.match(seen(path)) for path in ("/a", "/b/c", "/d.txt", "/d")]
    assert said == [HIT, HIT, HIT, MISS]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("/ABC", "/abc"), ("/\xc9A", "/\xc9a"), ("/\u212a", "/\u212a"), ("/\u0130", "/\u0130")],
)
def test_g12_only_ascii_capitals_are_folded(text: str, expected: str) -> None:
    assert fold(text) == expected


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("admin/**", "does not begin with `/`; did you mean `/admin/**`?"),
        ("/a//b", "has `//`, which no path that arrives has; write one `/`"),
        ("/a/../b", "has dot segments; write the path without them"),
        ("/a/./b", "has dot segments; write the path without them"),
        ("/a%20b", "is escaped; write the characters themselves"),
        ("/a?b=1", "has a query; write it as `query: {name: pattern}`"),
        ("/a#b", "has a query; write it as `query: {name: pattern}`"),
        ("/a\nb", "has a control character, which no path that arrives has"),
        ("/a**", "has `**` beside other characters; `**` stands alone between slashes"),
        ("/***", "has `**` beside other characters; `**` stands alone between slashes"),
        ("/" + "a" * 1024, "is longer than 1024 characters; shorten it with `*`"),
    ],
)
def test_g9_a_pattern_that_can_not_match_is_refused(pattern: str, message: str) -> None:
    assert complaints({"path": pattern}) == [f"path `{pattern}` {message}"]


def test_a_pattern_of_the_greatest_length_is_taken() -> None:
    assert path_condition("/" + "a" * 1023).match(seen("/" + "a" * 1023)) is HIT


def test_g9_all_bad_patterns_are_named_at_once() -> None:
    assert len(complaints({"path": ["a", "/b", "c"]})) == 2


def test_g12_patterns_that_differ_only_in_capitals_are_problems() -> None:
    one, two = path_condition(["/Admin", "/b"]), path_condition(["/admin", "/b", "/B"])
    found = case_clashes([one, two])
    assert [each.message for each in found] == [
        f"path `{late}` differs from `{early}` (wiki.yaml:{line}:1) only in capitals; write both"
        " alike or set `case: exact` on the site"
        for late, early, line in (("/admin", "/Admin", 3), ("/B", "/b", 4))
    ]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("/Wiki/Page/*", ("wiki", "page")),
        ("/a/b", ("a", "b")),
        ("/a*", ()),
        ("/**", ()),
        ("/", ("",)),
    ],
)
def test_the_literal_beginning_of_a_pattern_is_known(
    pattern: str, expected: tuple[str, ...]
) -> None:
    assert Pattern(text=pattern, at=HERE).literal_segments == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/a", "`/a` matches `/a` or `/b/**`"), ("/c", "`/c` does not match `/a` or `/b/**`")],
)
def test_the_words_name_the_path_and_the_patterns(path: str, expected: str) -> None:
    assert path_condition(["/a", "/b/**"]).words(seen(path)) == expected


def test_the_path_belongs_to_the_request() -> None:
    condition = path_condition("/a")
    assert (condition.key, condition.scope, PATH.key) == ("path", Scope.REQUEST, "path")


@pytest.mark.parametrize(
    ("path", "beneath", "expected"),
    [
        pytest.param("/a/**", ("a",), True, id="the tree itself"),
        pytest.param("/a/**", ("a", "b"), True, id="deeper"),
        pytest.param("/A/**", ("a",), True, id="g12 capitals"),
        pytest.param(["/x", "/**"], ("a",), True, id="one of several"),
        pytest.param("/a/b/**", ("a",), False, id="not deep enough"),
        pytest.param("/a/**", ("ab",), False, id="a longer name"),
        pytest.param("/a/*", ("a",), False, id="no tree"),
        pytest.param("/a", ("a",), False, id="one path"),
        pytest.param("/**", (), False, id="the root, where `*` comes too"),
    ],
)
def test_a_tree_covers_what_lies_beneath_it(
    path: Written, beneath: tuple[str, ...], expected: bool
) -> None:
    found = (path_condition(path), path_condition(path, EXACT))
    assert [each.covers(beneath) for each in found] == [expected, False]
