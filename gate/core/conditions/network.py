"""`network`: the client's address, by names of `networks:` or by CIDRs; one has to admit it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gate.core.conditions.base import HIT, MISS, Match, Scope, Timeless
from gate.core.conditions.kind import TEXT_OR_TEXTS, Kind, Names, did_you_mean, each_text, problem
from gate.core.located import Node, Problems, Text
from gate.core.network import Allowlist, NetworkProblem, parse_network

if TYPE_CHECKING:
    from gate.core.access import Seen

_LIKE_AN_ADDRESS: Final = re.compile(r".*[:/].*|[0-9.]+", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Networks(Timeless):
    """The client's address lies in one of the networks; `written` is how they were named."""

    written: tuple[str, ...]
    lists: tuple[Allowlist, ...]

    @property
    def key(self) -> str:
        """The key in `when:`."""
        return "network"

    @property
    def scope(self) -> Scope:
        """The client's address alone."""
        return Scope.CLIENT

    def match(self, seen: Seen) -> Match:
        """Say whether one of the networks admits the address."""
        client = seen.access.client
        for each in self.lists:
            if each.admits(client):
                return HIT
        return MISS

    def words(self, seen: Seen) -> str:
        """Say in which networks the address was looked for."""
        verb = "is" if self.match(seen) is HIT else "is not"
        return f"{seen.access.client} {verb} in {' or '.join(self.written)}"


def _parse(node: Node, names: Names) -> Networks | Problems:
    def allowlist(text: Text) -> tuple[str, Allowlist] | Problems:
        found = named_network(text, names)
        return found if isinstance(found, Problems) else (text.value, found)

    found = each_text("network", node, allowlist)
    if isinstance(found, Problems):
        return found
    return Networks(
        written=tuple(text for text, _ in found), lists=tuple(each for _, each in found)
    )


def named_network(text: Text, names: Names) -> Allowlist | Problems:
    """Give the allowlist of a name of `networks:`, or of a single address or CIDR."""
    named = names.networks.get(text.value)
    if named is not None:
        return named
    if not _LIKE_AN_ADDRESS.fullmatch(text.value):
        known = did_you_mean(text.value, names.networks)
        return problem(text.at, f"unknown network `{text.value}`{known}")
    network = parse_network(text.value)
    if isinstance(network, NetworkProblem):
        return problem(text.at, network.message)
    return Allowlist.of([network])


NETWORK: Final = Kind(
    key="network",
    parse=_parse,
    schema=TEXT_OR_TEXTS,
    docs="the client's address: names of `networks:` or CIDRs",
)
