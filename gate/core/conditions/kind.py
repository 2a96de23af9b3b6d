"""What a kind of condition is, and how the nodes of a policy are read, all problems at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, assert_never

from gate.core.conditions.base import Condition
from gate.core.located import Entries, Items, Location, Node, Null, Problem, Problems, Text

if TYPE_CHECKING:
    from gate.core.network import Allowlist
    from gate.core.policy import Group

TEXT_OR_TEXTS: Final[Mapping[str, object]] = {
    "oneOf": [
        {"type": "string", "minLength": 1},
        {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1},
    ]
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What a condition may refer to, and how the paths of its rule compare.

    `exact_paths` holds for `public` rules and on sites with `case: exact` (G12); `methods` are
    those that the site takes beside the standard ones.
    """

    networks: Mapping[str, Allowlist] = field(default_factory=dict[str, "Allowlist"])
    groups: Mapping[str, Group] = field(default_factory=dict[str, "Group"])
    exact_paths: bool = False
    methods: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of condition: its key, its parser, its schema fragment and its line of docs."""

    key: str
    parse: Callable[[Node, Names], Condition | Problems]
    schema: Mapping[str, object]
    docs: str


def problem(at: Location, message: str) -> Problems:
    """Give one problem as a result."""
    return Problems(items=(Problem(at=at, message=message),))


def collect[T](results: Iterable[T | Problems]) -> tuple[T, ...] | Problems:
    """Give all values, or all problems when there is one."""
    values: list[T] = []
    problems: list[Problem] = []
    for result in results:
        if isinstance(result, Problems):
            problems.extend(result.items)
        else:
            values.append(result)
    return Problems(items=tuple(problems)) if problems else tuple(values)


def did_you_mean(name: str, known: Collection[str]) -> str:
    """Give the end of a message about an unknown name: the nearest known one, or all of them."""
    near = get_close_matches(name, known, n=1)
    if near:
        return f"; did you mean `{near[0]}`?"
    if not known:
        return "; none is defined"
    return "; known: " + ", ".join(f"`{each}`" for each in sorted(known)[:10])


def texts(key: str, node: Node) -> tuple[Text, ...] | Problems:
    """Give the one text of a condition, or those of its list."""
    match node:
        case Text():
            return collect([_text(key, node)])
        case Items(values=()):
            return problem(node.at, f"`{key}` is an empty list; name at least one or leave it out")
        case Items(values=values):
            return collect(_text(key, value) for value in values)
        case Null():
            return problem(node.at, f"`{key}` has no value; give one or leave it out")
        case Entries():
            return problem(node.at, f"`{key}` takes a text or a list of texts, no mapping")
        case _:
            assert_never(node)


def _text(key: str, node: Node) -> Text | Problems:
    if not isinstance(node, Text):
        return problem(node.at, f"`{key}` takes a text or a list of texts")
    if not node.value.strip():
        return problem(node.at, f"`{key}` has an empty text; give one or leave it out")
    return node


def each_text[T](
    key: str, node: Node, read: Callable[[Text], T | Problems]
) -> tuple[T, ...] | Problems:
    """Give what `read` makes of each text of a condition."""
    found = texts(key, node)
    return found if isinstance(found, Problems) else collect(read(text) for text in found)


def pairs(key: str, node: Node) -> tuple[tuple[Text, Node], ...] | Problems:
    """Give the entries of a mapping, which may not be empty."""
    if isinstance(node, Entries) and node.pairs:
        return node.pairs
    return problem(node.at, f"`{key}` takes a mapping with at least one entry")


def one_of(names: Iterable[str]) -> str:
    """Give names in back-ticks, joined by `or`."""
    return " or ".join(f"`{name}`" for name in names)
