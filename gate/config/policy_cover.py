"""Whether a rule leaves anything for a later one: a proof, and no guess.

A condition implies another when whatever it holds for, the other holds for too. What can't be
shown counts as not implied, so a rule is called unreachable only when it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from gate.core.conditions import Condition
from gate.core.conditions.account import Accounts
from gate.core.conditions.glob import PathGlob
from gate.core.conditions.group import Groups
from gate.core.conditions.header import Headers
from gate.core.conditions.method import Methods
from gate.core.conditions.negation import Not
from gate.core.conditions.network import Networks
from gate.core.conditions.path import Path, fold
from gate.core.conditions.query import Query
from gate.core.conditions.time import Times
from gate.core.network import Allowlist, Network
from gate.core.policy import Rule

ANY_NUMBER: Final = "**"
MOST_COMPARED: Final = 200  # networks of a list that are compared one by one


def takes_all_of(earlier: Rule, later: Rule) -> bool:
    """Say whether everything that the later rule matches is matched by the earlier one."""
    return all_implied(later.when, earlier.when)


def all_implied(by: Sequence[Condition], wanted: Sequence[Condition]) -> bool:
    """Say whether each wanted condition follows from one of the others."""
    return all(any(implies(each, one) for each in by) for one in wanted)


def implies(narrow: Condition, wide: Condition) -> bool:
    """Say whether the wide condition holds wherever the narrow one does."""
    if narrow == wide:
        return True
    match narrow, wide:
        case Path(), Path():
            return _paths(narrow, wide)
        case Methods(), Methods():
            return narrow.methods <= wide.methods
        case Accounts(), Accounts():
            return narrow.names <= wide.names
        case Groups(), Groups():
            return {each.name for each in narrow.groups} <= {each.name for each in wide.groups}
        case Accounts(), Groups():
            return all(any(name in each.members for each in wide.groups) for name in narrow.names)
        case _:
            return _others(narrow, wide)


def _others(narrow: Condition, wide: Condition) -> bool:
    match narrow, wide:
        case Query(), Query():
            return set(wide.fields) <= set(narrow.fields)
        case Headers(), Headers():
            return set(wide.fields) <= set(narrow.fields)
        case Times(), Times():
            return {each.text for each in narrow.windows} <= {each.text for each in wide.windows}
        case Networks(), Networks():
            return all(
                _covered(each, wide) for each in zip(narrow.written, narrow.lists, strict=True)
            )
        case Not(parts=(inner,)), Not(parts=(outer,)):
            return implies(outer, inner)
        case _:
            return False


def _covered(named: tuple[str, Allowlist], wide: Networks) -> bool:
    written, networks = named
    if written in wide.written:
        return True
    there = [network for each in wide.lists for network in each.networks]
    here = networks.networks
    if max(len(there), len(here)) > MOST_COMPARED:
        return False
    return all(any(_lies_in(network, other) for other in there) for network in here)


def _lies_in(network: Network, other: Network) -> bool:
    if network.version != other.version:
        return False
    return network.network_address in other and network.prefixlen >= other.prefixlen


def _paths(narrow: Path, wide: Path) -> bool:
    if wide.exact and not narrow.exact:
        return False
    text = str if wide.exact else fold
    wides = [text(each.text).split("/")[1:] for each in wide.patterns]
    return all(
        any(_pattern_covers(one, text(each.text).split("/")[1:]) for one in wides)
        for each in narrow.patterns
    )


def _pattern_covers(wide: list[str], narrow: list[str]) -> bool:
    """Say whether each path of the narrow pattern is one of the wide pattern."""
    if wide == narrow:
        return True
    if wide[-1] == ANY_NUMBER:
        lead = wide[:-1]
        return len(narrow) >= len(lead) and _segments_cover(lead, narrow[: len(lead)])
    return len(wide) == len(narrow) and _segments_cover(wide, narrow)


def _segments_cover(wide: list[str], narrow: list[str]) -> bool:
    return all(_segment_covers(*pair) for pair in zip(wide, narrow, strict=True))


def _segment_covers(wide: str, narrow: str) -> bool:
    if ANY_NUMBER in (wide, narrow):
        return False
    if wide == narrow:
        return True
    return "*" not in narrow and PathGlob(f"/{wide}").matches(f"/{narrow}")
