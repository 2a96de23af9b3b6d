"""Patterns with `*`: anchored, literal but for the star, and never slow."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, strategies as st

from gate.core.conditions.glob import Glob, PathGlob

SEGMENTS = st.lists(st.sampled_from(["a", "b", "ab", "", "*", "a*", "*b", "a*b", "**"]), max_size=6)
GIVEN = st.lists(st.sampled_from(["a", "b", "ab", "aab", "", "aXb"]), max_size=6)


def by_expression(pattern: str) -> re.Pattern[str]:
    """Give the regular expression that means the same."""
    text = ""
    for segment in pattern.split("/")[1:]:
        if segment == "**":
            text += "(?:/[^/]*)*"
        else:
            text += "/" + "[^/]*".join(map(re.escape, segment.split("*")))
    return re.compile(text)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("abc", "abc", True),
        ("abc", "abcd", False),
        ("a*c", "abbbc", True),
        ("a*c", "ac", True),
        ("a*c", "a", False),
        ("a*a", "a", False),
        ("a*b*c", "a-b-c", True),
        ("a*b*c", "a-c", False),
        ("a*bb*b", "abb", False),
        ("*", "", True),
        ("a.c", "abc", False),
        ("a$", "a\n", False),
        ("a*", "a\nb", True),
        ("a**b", "ab", True),
    ],
)
def test_t26_a_pattern_is_anchored_and_literal_but_for_the_star(
    pattern: str, text: str, *, expected: bool
) -> None:
    assert Glob(pattern).matches(text) is expected


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("/**/*.php", "/index.php", True),
        ("/**/*.php", "/a/b/index.php", True),
        ("/**/*.php", "/a/b/", False),
        ("/a/*/c", "/a/b/c", True),
        ("/a/*/c", "/a/c", False),
        ("/a/*/c", "/a/b/b/c", False),
        ("/a/**/c", "/a/c", True),
        ("/a/**/c", "/a/b/b/c", True),
        ("/a/**/c", "/a/c/b", False),
        ("/a/**", "/a", True),
        ("/a/*", "/a/", True),
        ("/a/*", "/a", False),
        ("/**/b/**", "/a/b", True),
    ],
)
def test_t26_stars_keep_to_segments(pattern: str, path: str, *, expected: bool) -> None:
    assert PathGlob(pattern).matches(path) is expected


@given(wanted=SEGMENTS, given_segments=GIVEN)
def test_t26_a_path_pattern_means_what_its_expression_means(
    wanted: list[str], given_segments: list[str]
) -> None:
    pattern, path = "/" + "/".join(wanted), "/" + "/".join(given_segments)
    assert PathGlob(pattern).matches(path) is (by_expression(pattern).fullmatch(path) is not None)


@given(pattern=st.text("ab*", max_size=8), text=st.text("ab", max_size=10))
def test_t26_a_pattern_means_what_its_expression_means(pattern: str, text: str) -> None:
    expression = ".*".join(map(re.escape, pattern.split("*")))
    assert Glob(pattern).matches(text) is (re.fullmatch(expression, text) is not None)


def test_t96_the_worst_patterns_end_soon() -> None:
    assert not Glob("*a" * 500 + "b").matches("a" * 8000)
    assert not PathGlob("/**/a" * 120 + "/b").matches("/a" * 4000)
    assert not PathGlob("/" + "**/*a*a*a*a/" * 80 + "b").matches("/aaaaa" * 1300)
