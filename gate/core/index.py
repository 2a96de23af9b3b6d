"""The index of a site's rules: by the first literal segments of their paths.

A bucket holds, in file order, every rule that a path with these beginnings can meet, so that a
decision over a bucket is the decision over the whole site. What the bucket's rules look at is
worked out once, when the policy is built.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from gate.core.conditions import Condition, Scope, leaves
from gate.core.conditions.path import Path
from gate.core.rules import Rule

DEPTH: Final = 4  # literal segments that are sorted by; deeper ones share a bucket


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Rules in file order and what they look at.

    `request` are the distinct conditions on the request, whose truth makes up the class of a
    permit (G1); `timed` the conditions on the clock with the place of their rule; `personal_from`
    the place of the first rule that looks at the person.
    """

    id: int
    rules: tuple[Rule, ...]
    request: tuple[Condition, ...] = field(init=False, repr=False, compare=False)
    timed: tuple[tuple[int, Condition], ...] = field(init=False, repr=False, compare=False)
    personal_from: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        looked = [
            (place, leaf) for place, rule in enumerate(self.rules) for leaf in leaves(rule.when)
        ]
        asked = dict.fromkeys(leaf for _, leaf in looked if leaf.scope is Scope.REQUEST)
        timed = tuple((place, leaf) for place, leaf in looked if leaf.scope is Scope.TIME)
        personal = [place for place, leaf in looked if leaf.scope is Scope.SUBJECT]
        object.__setattr__(self, "request", tuple(asked))
        object.__setattr__(self, "timed", timed)
        object.__setattr__(self, "personal_from", min(personal, default=len(self.rules)))


@dataclass(slots=True)
class _Node:
    bucket: Bucket
    children: dict[str, _Node] = field(default_factory=dict[str, "_Node"])


class Index:
    """Finds the rules that a path can meet."""

    __slots__ = ("_root",)

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        places: dict[tuple[str, ...], set[int]] = {(): set()}
        for place, rule in enumerate(rules):
            for prefix in _prefixes(rule):
                for length in range(len(prefix)):
                    places.setdefault(prefix[:length], set())
                places.setdefault(prefix, set()).add(place)
        self._root = _grown(rules, places)

    def bucket(self, folded: str) -> Bucket:
        """Give the rules that a folded path can meet."""
        node = self._root
        for segment in folded.split("/", DEPTH + 1)[1 : DEPTH + 1]:
            child = node.children.get(segment)
            if child is None:
                break
            node = child
        return node.bucket


def _prefixes(rule: Rule) -> Iterable[tuple[str, ...]]:
    """Give the beginnings by which a rule is found; a rule without `path` meets every path."""
    paths = [condition for condition in rule.when if isinstance(condition, Path)]
    if not paths:
        return ((),)
    return {pattern.literal_segments[:DEPTH] for pattern in paths[0].patterns}


def _grown(rules: tuple[Rule, ...], places: dict[tuple[str, ...], set[int]]) -> _Node:
    """Build the tree from its root: a node's bucket holds its own rules and its parents'."""
    nodes: dict[tuple[str, ...], _Node] = {}
    reach: dict[tuple[str, ...], set[int]] = {}
    for prefix in sorted(places, key=len):
        parent = prefix[:-1] if prefix else None
        inherited = reach[parent] if parent is not None else set[int]()
        reach[prefix] = places[prefix] | inherited
        if parent is not None and reach[prefix] == inherited:
            bucket = nodes[parent].bucket
        else:
            chosen = tuple(rules[place] for place in sorted(reach[prefix]))
            bucket = Bucket(id=len(nodes), rules=chosen)
        nodes[prefix] = _Node(bucket)
        if parent is not None:
            nodes[parent].children[prefix[-1]] = nodes[prefix]
    return nodes[()]
