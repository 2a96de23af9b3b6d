"""All kinds of conditions, and the parsing of a whole `when:`.

A new condition is one file and one name in CONDITIONS; parser, schema, explanation and the docs
test follow.
"""

from __future__ import annotations

from typing import Final

from gate.core.conditions.account import ACCOUNT
from gate.core.conditions.base import Condition
from gate.core.conditions.group import GROUP
from gate.core.conditions.header import HEADER
from gate.core.conditions.kind import Kind, Names, collect, did_you_mean, problem
from gate.core.conditions.method import METHOD
from gate.core.conditions.negation import negation
from gate.core.conditions.network import NETWORK
from gate.core.conditions.path import PATH
from gate.core.conditions.query import QUERY
from gate.core.conditions.time import TIME
from gate.core.located import Entries, Node, Null, Problems, Text

ANY: Final = "any"  # `when: any` is the catch-all

_NO_WHEN: Final = "`when` has no value; write `when: any` for a rule that always holds"


def parse_when(node: Node, names: Names) -> tuple[Condition, ...] | Problems:
    """Give the conditions of a rule, none for `any`, or everything that is wrong with them."""
    if isinstance(node, Null):
        return problem(node.at, _NO_WHEN)
    if isinstance(node, Text):
        if node.value == ANY:
            return ()
        return problem(
            node.at, f"`when` takes `any` or a mapping of conditions, not `{node.value}`"
        )
    return _parse_set(node, names)


def _parse_set(node: Node, names: Names) -> tuple[Condition, ...] | Problems:
    if not isinstance(node, Entries):
        return problem(node.at, "conditions are a mapping, such as `path: /admin/**`")
    if not node.pairs:
        return problem(node.at, "no conditions; name at least one, or write `when: any`")
    found = collect(_condition(key, value, names) for key, value in node.pairs)
    if isinstance(found, Problems):
        return found
    return tuple(sorted(found, key=lambda condition: _ORDER[condition.key]))


def _condition(key: Text, node: Node, names: Names) -> Condition | Problems:
    kind = _KINDS.get(key.value)
    if kind is None:
        return problem(key.at, f"unknown condition `{key.value}`{did_you_mean(key.value, _KINDS)}")
    return kind.parse(node, names)


# In the order in which they are evaluated: what is cheap and often misses comes first.
CONDITIONS: Final[tuple[Kind, ...]] = (
    PATH,
    METHOD,
    QUERY,
    HEADER,
    ACCOUNT,
    GROUP,
    NETWORK,
    TIME,
    negation(_parse_set),
)
_KINDS: Final = {kind.key: kind for kind in CONDITIONS}
_ORDER: Final = {kind.key: place for place, kind in enumerate(CONDITIONS)}
