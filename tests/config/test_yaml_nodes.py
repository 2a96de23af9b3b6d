"""Strict YAML: what is read, and what is refused at its place."""

from __future__ import annotations

import pytest

from gate.config.yaml_nodes import LARGEST, MOST_HIDDEN, MOST_PROBLEMS, Read, read_yaml
from gate.core.located import Entries, Items, Location, Null, Text


def at(line: int, column: int) -> Location:
    return Location(file="f", line=line, column=column)


def lines(text: str) -> list[str]:
    return [str(problem).removeprefix("f:") for problem in read_yaml(text, "f").problems]


def test_nodes_know_where_they_are_written() -> None:
    node = read_yaml("a: 1\nb:\n  - x\n  - [y]\n", "f").node
    inner = Items(values=(Text(value="y", at=at(4, 6)),), at=at(4, 5))
    values = (Text(value="x", at=at(3, 5)), inner)
    assert node == Entries(
        pairs=(
            (Text(value="a", at=at(1, 1)), Text(value="1", at=at(1, 4))),
            (Text(value="b", at=at(2, 1)), Items(values=values, at=at(3, 3))),
        ),
        at=at(1, 1),
    )


@pytest.mark.parametrize("text", ["yes", "1.0", "0x10", "2027-03-31", "1:30", "NULL", "true", "<<"])
def test_r12_a_scalar_is_text_whatever_it_looks_like(text: str) -> None:
    assert read_yaml(text, "f") == Read(node=Text(value=text, at=at(1, 1)))


@pytest.mark.parametrize("text", ["a:", "a: ~", "a: null"])
def test_g9_no_value_is_not_an_empty_text(text: str) -> None:
    node = read_yaml(text, "f").node
    assert isinstance(node, Entries)
    assert isinstance(node.pairs[0][1], Null)


@pytest.mark.parametrize("text", ["a: 'null'", 'a: "~"', "a: ''"])
def test_what_is_quoted_is_text(text: str) -> None:
    node = read_yaml(text, "f").node
    assert isinstance(node, Entries)
    assert isinstance(node.pairs[0][1], Text)


@pytest.mark.parametrize("text", ["", "# a comment\n", "\n\n", "\ufeff"])
def test_a_text_without_content_has_no_node_and_no_problem(text: str) -> None:
    assert read_yaml(text, "f") == Read(node=None)


def test_columns_count_characters_and_not_bytes() -> None:
    assert lines("a: [é, \U0001f600, &x y]") == ["1:11: anchors (`&x`) are not read; delete it"]


def test_a_byte_order_mark_does_not_count() -> None:
    assert read_yaml("\ufeffa", "f").node == Text(value="a", at=at(1, 1))


def test_windows_line_ends_count_once() -> None:
    assert lines("a: 1\r\na: 2\r\n") == ["2:1: `a` stands twice, first at f:1:1; keep one of them"]


def test_r12_the_first_of_two_equal_keys_is_kept_while_reading_on() -> None:
    read = read_yaml("a: 1\na: {b: 1, b: 2}\nc: 3\n", "f")
    assert isinstance(read.node, Entries)
    assert [key.value for key, _ in read.node.pairs] == ["a", "c"]
    assert [str(problem.at) for problem in read.problems] == ["f:2:1", "f:2:11"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: &x 1", "1:4: anchors (`&x`) are not read; delete it"),
        ("a: &x [1]", "1:4: anchors (`&x`) are not read; delete it"),
        ("a: *x", "1:4: aliases (`*x`) are not read; write it out"),
        ("a: !!int 1", "1:4: tags (`!...`) are not read; delete it or quote the text"),
        ("a: !x {b: 1}", "1:4: tags (`!...`) are not read; delete it or quote the text"),
        ("%TAG ! x\n---\na: 1", "1:1: `%TAG` is not read; delete the line"),
        (
            "? [x]\n: 1",
            "1:3: this can't be a key; keys are text, quote it if it is meant",
        ),
        ("~: 1", "1:1: this can't be a key; keys are text, quote it if it is meant"),
        ("a: 1\n---\nb: 2", "2:1: a second document begins here; one file holds one document"),
        ("a: \x07", "1:4: the character U+0007 is not shown by editors; delete it"),
        ("a: \u2028", "1:4: the character U+2028 is not shown by editors; delete it"),
        ("a: \ud800", "1:4: the character U+D800 is not shown by editors; delete it"),
        ("a\rb", "1:2: the character U+000D is not shown by editors; delete it"),
        ("a: x\n b: 1", "2:3: mapping values are not allowed in this context;"),
        ("a: 'x", "1:6: found unexpected end of stream; close the quote or the bracket"),
        ("a: @x", "1:4: found character that cannot start any token; quote the text"),
        ("%YAML 3.0\n---\na", "1:1: found incompatible YAML document; check the line"),
    ],
)
def test_t28_what_is_not_plain_is_refused_at_its_place(text: str, expected: str) -> None:
    (line,) = lines(text)
    assert line.startswith(expected)


def test_an_alias_and_what_follows_it_are_told_together() -> None:
    assert len(lines("a: *x\nb: &y 1\nc: !z 2\n")) == 3


@pytest.mark.parametrize("text", ["[" * 100_000, "{a: " * 100_000, "- " * 100_000])
def test_t96_a_deep_text_costs_nothing(text: str) -> None:
    assert lines(text)[-1].endswith("more than 40 levels; write it flatter")


def test_t96_an_alias_bomb_is_never_unfolded() -> None:
    bomb = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30))
    assert len(lines(f"a0: &a0 x\n{bomb}")) == 30 + 29 * 9


def test_t96_a_huge_text_is_not_read() -> None:
    expected = f"1:1: the file is longer than {LARGEST} characters; split it by site"
    assert lines("a" * (LARGEST + 1)) == [expected]


def test_t96_a_text_that_is_wrong_everywhere_is_not_read_to_its_end() -> None:
    assert len(lines("a: &x 1\n" * 2000)) == MOST_PROBLEMS


def test_t96_hidden_characters_are_told_up_to_a_number() -> None:
    assert len(lines("\x01" * 1000)) == MOST_HIDDEN
