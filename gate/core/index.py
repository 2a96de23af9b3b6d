"""The index of a site's rules: by the first literal segments of their paths.

A bucket holds, in file order, every rule that a path with these beginnings can meet, so that a
decision over a bucket is the decision over the whole site. What the bucket's rules look at, and
which of their paths are met by every path that comes to it, is worked out once, when the policy is
built.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from gate.core.conditions import Condition, Scope, leaves
from gate.core.conditions.path import Path
from gate.core.rules import Rule

DEPTH: Final = 4  # literal segments that are sorted by; deeper ones share a bucket


class Step(NamedTuple):
    """A rule, and those of its conditions that not every path of its bucket fulfils."""

    rule: Rule
    open: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Rules in file order and what they look at.

    All paths begin with the folded segments `beneath`. `request` are the distinct open conditions
    on the request, whose truth makes up the class of a permit (G1); `timed` the conditions on the
    clock with the place of their rule; `personal` says for each place, and at last for no rule,
    whether a decision there depends on who asks.
    """

    id: int
    rules: tuple[Rule, ...]
    beneath: tuple[str, ...] = ()
    steps: tuple[Step, ...] = field(init=False, repr=False, compare=False)
    request: tuple[Condition, ...] = field(init=False, repr=False, compare=False)
    timed: tuple[tuple[int, Condition], ...] = field(init=False, repr=False, compare=False)
    personal: tuple[bool, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        steps = tuple(Step(rule, _open(rule, self.beneath)) for rule in self.rules)
        looked = [(place, leaf) for place, step in enumerate(steps) for leaf in leaves(step.open)]
        asked = dict.fromkeys(leaf for _, leaf in looked if leaf.scope is Scope.REQUEST)
        timed = tuple((place, leaf) for place, leaf in looked if leaf.scope is Scope.TIME)
        object.__setattr__(self, "steps", steps)
        object.__setattr__(self, "request", tuple(asked))
        object.__setattr__(self, "timed", timed)
        object.__setattr__(self, "personal", tuple(_personal(self.rules)))


def _open(rule: Rule, beneath: tuple[str, ...]) -> tuple[Condition, ...]:
    return tuple(
        each for each in rule.when if not (isinstance(each, Path) and each.covers(beneath))
    )


def _personal(rules: tuple[Rule, ...]) -> Iterator[bool]:
    """Say for each place whether the person counts, there or by a rule that was looked at before.

    What a rule that only reports would have done counts as soon as the rule is looked at.
    """
    before = False
    for rule in rules:
        before |= any(leaf.scope is Scope.SUBJECT for leaf in leaves(rule.when))
        yield before or rule.personal
        before |= rule.report and rule.personal
    yield before


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
            bucket = Bucket(id=len(nodes), rules=chosen, beneath=prefix)
        nodes[prefix] = _Node(bucket)
        if parent is not None:
            nodes[parent].children[prefix[-1]] = nodes[prefix]
    return nodes[()]
