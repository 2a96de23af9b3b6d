"""Readings of a path: the one that all servers share, or every one that some server takes."""

from __future__ import annotations

import re
from typing import Final

import pytest
from hypothesis import given, strategies as st

from gate.core.readings import MOST_READINGS, lenient_readings, strict_reading
from gate.core.refusal import Refusal

CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# Pieces that servers disagree on, put together at random.
pieces = st.lists(
    st.sampled_from(
        [
            *("/", "//", ".", "..", ";", "\\", "?", "#", "%", "~1", ":$", "::$DATA", "admin", "a"),
            *(
                "%2e",
                "%2F",
                "%5c",
                "%3b",
                "%25",
                "%252e",
                "%3f",
                "%23",
                "%00",
                "%0a",
                "%20",
                "%u002e",
            ),
            *("%c0%af", "%e9", "%c3%a9", "%ef%bc%8e", "%ef%bc%8f", "%c4%b1", "public", "b.txt"),
        ]
    ),
    max_size=8,
).map(lambda parts: "/" + "".join(parts))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("/", "/"),
        ("/a/b.txt", "/a/b.txt"),
        ("/a/", "/a/"),
        ("/adm%69n", "/admin"),
        ("/a%20b", "/a b"),
        ("/caf%C3%A9", "/caf\u00e9"),
        ("/.well-known/x", "/.well-known/x"),
        ("/a..b/~user", "/a..b/~user"),
        ("/%E6%97%A5%EF%BC%8F%E6%9C%AC", "/\u65e5\uff0f\u672c"),
        ("/a:b$c", "/a:b$c"),
        ("/%C2%B5%E6%97%A5", "/\u00b5\u65e5"),
    ],
)
def test_a_path_that_all_servers_read_alike_is_decoded_once(raw: str, expected: str) -> None:
    assert strict_reading(raw) == expected


@pytest.mark.parametrize(
    ("raw", "detail"),
    [
        ("/a%", "bad percent sign in the path"),
        ("/a%zz", "bad percent sign in the path"),
        ("/%u002e", "bad percent sign in the path"),
        *((f"/a%{code}b", "encoded separator in the path") for code in ("2e", "2F", "23", "25")),
        *((f"/a%{code}b", "encoded separator in the path") for code in ("3b", "3F", "5c", "5C")),
        ("/%c0%af", "path is not UTF-8"),
        ("/caf%e9", "path is not UTF-8"),
        ("/a%00", "control character in the path"),
        ("/a%7f", "control character in the path"),
        ("/a%c2%85", "control character in the path"),
        ("/a%e2%80%a8", "control character in the path"),
        ("/a;b", "path parameter, backslash, query or fragment"),
        ("/a\\b", "path parameter, backslash, query or fragment"),
        ("/a?b", "path parameter, backslash, query or fragment"),
        ("/a#b", "path parameter, backslash, query or fragment"),
        ("//a", "empty segment"),
        ("/a//", "empty segment"),
        ("/.", "dot segment, or a segment that ends with a dot or blank"),
        ("/../a", "dot segment, or a segment that ends with a dot or blank"),
        ("/a./b", "dot segment, or a segment that ends with a dot or blank"),
        ("/a%20/b", "dot segment, or a segment that ends with a dot or blank"),
        ("/a::$DATA", "file system's own form of a name"),
        ("/a:b:%24DATA", "file system's own form of a name"),
        ("/ADMINI~1", "file system's own form of a name"),
        ("/%ef%bd%81dmin", "segment that folds to ASCII"),
        ("/adm%c4%b1n", "segment that folds to ASCII"),
        ("/%ef%bc%8e%ef%bc%8e/a", "segment that folds to ASCII"),
        ("/x%ef%bc%8fadmin", "segment that folds to ASCII"),
        ("/%ef%bc%8f%e6%97%a5", "separator that folds to ASCII"),
        ("/..%ef%bc%8f%e6%97%a5", "separator that folds to ASCII"),
        ("/.%ef%bc%bc%e6%97%a5", "separator that folds to ASCII"),
        ("/%e6%97%a5%ef%bc%8f..%ef%bc%8fa", "separator that folds to ASCII"),
    ],
)
def test_g12_a_path_that_servers_read_differently_is_refused(raw: str, detail: str) -> None:
    found = strict_reading(raw)
    assert isinstance(found, Refusal)
    assert (found.status, found.detail) == (400, detail)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("/a", {"/a"}),
        ("/%61", {"/a", "/%61"}),
        ("/p/../a", {"/p/../a", "/a"}),
        ("/p/%252e%252e/a", {"/p/%252e%252e/a", "/p/%2e%2e/a", "/p/../a", "/a"}),
        ("/p\\..\\a", {"/p\\..\\a", "/p/../a", "/a"}),
        ("/p;x=1/a", {"/p;x=1/a", "/p/a"}),
        ("/a%3fb", {"/a%3fb", "/a?b", "/a"}),
        ("/a%23b", {"/a%23b", "/a#b", "/a"}),
        ("/a.", {"/a.", "/a"}),
        ("/a%20/", {"/a%20/", "/a /", "/a/"}),
        ("/a/%20", {"/a/%20", "/a/ ", "/a/"}),
        ("/a::$DATA", {"/a::$DATA", "/a"}),
        ("/a:s:$DATA/b", {"/a:s:$DATA/b", "/a/b"}),
        ("/a:$x", {"/a:$x", "/a"}),
        ("/caf%e9", {"/caf%e9", "/caf\u00e9"}),
        ("/100%", {"/100%"}),
        ("/%ef%bd%81", {"/%ef%bd%81", "/\uff41", "/a"}),
        ("/../../a", {"/../../a", "/a"}),
        ("/a/..", {"/a/..", "/"}),
        ("/a/.", {"/a/.", "/a/"}),
        ("//a//b", {"//a//b", "/a/b"}),
        ("/develop~1", {"/develop~1"}),
    ],
)
def test_g12_a_lenient_path_has_all_its_readings(raw: str, expected: set[str]) -> None:
    found = lenient_readings(raw)
    assert not isinstance(found, Refusal)
    assert set(found) == expected
    assert len(found) == len(expected)


@pytest.mark.parametrize(
    ("raw", "detail"),
    [
        ("/a%00", "control character in the path"),
        ("/a%2500", "control character in the path"),
        ("/a%92", "control character in the path"),
        ("/%u002e", "%u escape in the path"),
        ("/%25u002e", "%u escape in the path"),
        ("/x%c0%afa", "overlong UTF-8 in the path"),
        ("/x%e0%80%afa", "overlong UTF-8 in the path"),
        ("/x%f0%80%80%afa", "overlong UTF-8 in the path"),
        ("/ADMINI~1", "short form of a name, which can't be resolved"),
        ("/x/INDEX~12.HTM", "short form of a name, which can't be resolved"),
        ("/%2525%25%2525;/..\\%255c;%253b//./%2e%2e" * 3, "path has too many readings"),
    ],
)
def test_g12_a_lenient_path_that_cannot_be_read_is_refused(raw: str, detail: str) -> None:
    found = lenient_readings(raw)
    assert isinstance(found, Refusal)
    assert (found.status, found.detail) == (400, detail)


@given(pieces)
def test_g12_readings_are_few_paths_without_control_characters(raw: str) -> None:
    found = lenient_readings(raw)
    if isinstance(found, Refusal):
        return
    assert 1 <= len(found) <= MOST_READINGS
    assert raw in found
    assert all(reading.startswith("/") for reading in found)
    assert not any(map(CONTROL.search, found))


@given(pieces)
def test_g12_readings_of_a_reading_are_readings(raw: str) -> None:
    found = lenient_readings(raw)
    if isinstance(found, Refusal):
        return
    for reading in found:
        again = lenient_readings(reading)
        assert not isinstance(again, Refusal)
        assert set(again) <= set(found)


@given(pieces)
def test_g12_a_strict_path_in_ascii_has_at_most_its_escapes_as_a_second_reading(raw: str) -> None:
    path = strict_reading(raw)
    if isinstance(path, Refusal) or not path.isascii():
        return
    found = lenient_readings(raw)
    assert not isinstance(found, Refusal)
    assert set(found) <= {raw, path}


@pytest.mark.parametrize("raw", ["/%c3%a9%ef%bc%8e", "/%c3%a9%e3%80%80"])
def test_g12_a_dot_or_blank_that_folds_at_the_end_is_refused(raw: str) -> None:
    assert isinstance(strict_reading(raw), Refusal)
