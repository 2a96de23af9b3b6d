"""The sections `networks`, `groups`, `admins` and `accounts` of a policy.

Names of accounts and groups are folded to lower case (RULES G10); two spellings of one name are
the same name twice. A name that nothing defines is a problem, an account's name excepted: accounts
live in the store.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from gate.config.shapes import (
    Findings,
    end_of_date,
    fields_of,
    items_of,
    need,
    shown,
    word_of,
)
from gate.core.conditions.kind import did_you_mean
from gate.core.decision import Level
from gate.core.located import Entries, Location, Node, Text
from gate.core.network import Allowlist, Entry, NetworkProblem, parse_network
from gate.core.policy import EVERYBODY, AccountEntry, Admins, Group, Requirement

NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}", re.ASCII)
LEVELS: Final = (Level.SIGNED_IN, Level.SECOND_FACTOR, Level.SECURITY_KEY)  # those of a policy

type Pairs = tuple[tuple[Text, Node], ...]


def folded_name(text: Text, what: str, findings: Findings) -> str | None:
    """Give the name of an account or group as it is compared."""
    name = text.value.lower()
    if NAME.fullmatch(name):
        return name
    findings.add(
        text.at,
        f"{shown(text.value)} is no {what}; use up to 64 letters, digits, dots, dashes and"
        " underscores, a letter or digit first",
    )
    return None


def names_of(node: Node, key: str, what: str, findings: Findings) -> dict[str, Location]:
    """Give the folded names of a list, each once."""
    names: dict[str, Location] = {}
    for text in items_of(node, key, findings):
        name = folded_name(text, what, findings)
        if name is None:
            continue
        if name in names:
            findings.add(
                text.at, f"`{name}` stands twice, first at {names[name]}; keep one of them"
            )
        names.setdefault(name, text.at)
    return names


# --- networks ------------------------------------------------------------------------------


def read_networks(pairs: Pairs, findings: Findings) -> dict[str, Allowlist]:
    """Give the named networks."""
    networks: dict[str, Allowlist] = {}
    for key, node in pairs:
        if not NAME.fullmatch(key.value) or not isinstance(
            parse_network(key.value), NetworkProblem
        ):
            findings.add(
                key.at,
                f"{shown(key.value)} is no name of a network; use lower-case letters, digits,"
                " dots, dashes and underscores",
            )
        networks[key.value] = read_cidrs(node, key.value, findings)
    return networks


def read_cidrs(node: Node, what: str, findings: Findings) -> Allowlist:
    """Give the allowlist of a list of addresses and CIDRs; bad ones are problems."""
    entries: list[Entry] = []
    for text in items_of(node, what, findings):
        network = parse_network(text.value)
        if isinstance(network, NetworkProblem):
            findings.add(text.at, network.message)
        else:
            entries.append(Entry(network=network, line=text.at.line))
    return Allowlist(entries=tuple(entries))


def read_admitted(node: Node, networks: Mapping[str, Allowlist], findings: Findings) -> Allowlist:
    """Give the allowlist of a list of network names and CIDRs."""
    entries: list[Entry] = []
    named: list[Allowlist] = []
    for text in items_of(node, "networks", findings):
        if text.value in networks:
            named.append(networks[text.value])
            entries.extend(networks[text.value].entries)
            continue
        network = parse_network(text.value)
        if not isinstance(network, NetworkProblem):
            entries.append(Entry(network=network, line=text.at.line))
        elif looks_like_address(text.value):
            findings.add(text.at, network.message)
        else:
            advice = did_you_mean(text.value, networks)
            findings.add(text.at, f"unknown network {shown(text.value)}{advice}")
    only_named = len(named) == 1 and len(entries) == len(named[0].entries)
    return named[0] if only_named else Allowlist(entries=tuple(entries))


def looks_like_address(text: str) -> bool:
    """Say whether a text was meant as an address rather than as a name."""
    return bool(re.match(r"[0-9]+\.|[0-9A-Fa-f]*:", text)) or "/" in text


# --- groups and admins ---------------------------------------------------------------------


def read_groups(pairs: Pairs, findings: Findings) -> dict[str, Group]:
    """Give the groups by folded name."""
    groups: dict[str, Group] = {}
    for key, node in pairs:
        name = folded_name(key, "name of a group", findings)
        if name is None:
            continue
        if name in groups:
            first = groups[name].at
            findings.add(key.at, f"`{name}` stands twice, first at {first}; keep one of them")
        groups[name] = _group(name, key, node, findings)
    return groups


def _group(name: str, key: Text, node: Node, findings: Findings) -> Group:
    enrol_by = None
    members: Node | None = node
    if isinstance(node, Entries):
        fields = fields_of(node, name, ("members", "enrol_by"), findings)
        members = need(fields, "members", node, findings)
        if "enrol_by" in fields:
            enrol_by = end_of_date(fields["enrol_by"], "enrol_by", findings)
    names = names_of(members, name, "name of an account", findings) if members else {}
    return Group(name=name, at=key.at, members=frozenset(names), enrol_by=enrol_by)


def read_admins(node: Node, groups: Mapping[str, Group], findings: Findings) -> Admins:
    """Give who may open the admin pages."""
    fields = fields_of(node, "admins", ("group", "account"), findings)
    found: dict[str, dict[str, Location]] = {
        key: names_of(value, key, f"name of {_ARTICLED[key]}", findings)
        for key, value in fields.items()
    }
    for name, at in found.get("group", {}).items():
        if name not in groups:
            findings.add(at, f"unknown group `{name}`{did_you_mean(name, groups)}")
    return Admins(
        groups=frozenset(found.get("group", ())), accounts=frozenset(found.get("account", ()))
    )


_ARTICLED: Final = {"group": "a group", "account": "an account"}


# --- accounts ------------------------------------------------------------------------------


def read_accounts(
    pairs: Pairs, networks: Mapping[str, Allowlist], findings: Findings
) -> dict[str, AccountEntry]:
    """Give what the policy demands of accounts on every site, by folded name or `*`."""
    entries: dict[str, AccountEntry] = {}
    for key, node in pairs:
        everybody = key.value == EVERYBODY
        name = EVERYBODY if everybody else folded_name(key, "name of an account", findings)
        if name is None:
            continue
        if name in entries:
            first = entries[name].at
            findings.add(key.at, f"`{name}` stands twice, first at {first}; keep one of them")
        entries[name] = _entry(name, key.at, node, networks, findings)
    return entries


def _entry(
    name: str, at: Location, node: Node, networks: Mapping[str, Allowlist], findings: Findings
) -> AccountEntry:
    fields = fields_of(node, name, ("networks", "require"), findings)
    admitted = require = None
    if "networks" in fields:
        admitted = read_admitted(fields["networks"], networks, findings)
    if "require" in fields:
        level = word_of(fields["require"], "require", LEVELS, findings)
        require = Requirement(level=Level(level)) if level else None
    return AccountEntry(name=name, at=at, networks=admitted, require=require)
