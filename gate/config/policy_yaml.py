"""The policy's files become one policy, or every problem with its file, line and column.

The files of a folder are one policy: a site stands in one file, and a name that stands in two is
a problem that names both places. A policy with any problem is refused whole.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from gate.config.policy_cases import Case, read_cases
from gate.config.policy_people import (
    Pairs,
    read_accounts,
    read_admins,
    read_groups,
    read_networks,
)
from gate.config.policy_sites import read_sites
from gate.config.shapes import Findings, fields_of, nodes_of, pairs_of, shown
from gate.config.yaml_nodes import read_yaml
from gate.core.arrival import find_site
from gate.core.conditions import Names
from gate.core.conditions.kind import did_you_mean
from gate.core.located import Entries, Location, Node, Problems, Text
from gate.core.policy import Admins, Policy
from gate.core.ports import PolicyText

NAMED: Final = ("networks", "groups", "accounts", "sites")  # sections of named entries
SECTIONS: Final = ("networks", "groups", "admins", "accounts", "sites", "tests")
FOLDER: Final = "policies"  # what a problem of no file is named after


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A policy that holds together; its tests have not been run.

    `places` says where the named networks are written.
    """

    policy: Policy
    places: Mapping[str, Location] = field(default_factory=dict)


@dataclass(slots=True)
class _Sections:
    """What the files say, section by section."""

    named: dict[str, dict[str, tuple[Text, Node]]] = field(
        default_factory=lambda: {section: {} for section in NAMED}
    )
    admins: Node | None = None
    tests: list[Node] = field(default_factory=list)

    def pairs(self, section: str) -> Pairs:
        return tuple(self.named[section].values())


def load_policy(text: PolicyText) -> Loaded | Problems:
    """Give the policy of some files, or everything that is wrong with them."""
    with _no_collection():
        return _load(text)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep the cycle collector away: it takes half of the time and a policy has no cycles."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _load(text: PolicyText) -> Loaded | Problems:
    findings = Findings()
    sections = _Sections()
    if not text.files:
        nowhere = Location(file=FOLDER, line=1, column=1)
        findings.add(nowhere, "there is no policy; put a file `*.yaml` here")
    whole = [_read_file(name, body, sections, findings) for name, body in text.files]
    policy = _policy(sections, findings) if whole and all(whole) else None
    if policy is None or findings.items:
        return Problems(items=findings.in_order())
    places = {key.value: key.at for key, _ in sections.pairs("networks")}
    return Loaded(policy=policy, places=places)


def _read_file(name: str, body: str, sections: _Sections, findings: Findings) -> bool:
    """Take the sections of a file; false when it can't be followed to its end.

    Then names that it defines are missing, and what hangs on them would only be in the way.
    """
    read = read_yaml(body, name)
    findings.items.extend(read.problems)
    if read.node is None:
        if not read.problems:
            start = Location(file=name, line=1, column=1)
            findings.add(start, "the file is empty; write a policy or delete the file")
        return False
    if not isinstance(read.node, Entries):
        known = ", ".join(SECTIONS)
        findings.add(read.node.at, f"a policy has the sections {known}; write `sites:`")
        return False
    for key, node in fields_of(read.node, "policy", SECTIONS, findings).items():
        _take(key, node, sections, findings)
    return True


def _take(section: str, node: Node, sections: _Sections, findings: Findings) -> None:
    if section == "tests":
        sections.tests.extend(nodes_of(node, "tests", findings))
    elif section == "admins":
        if sections.admins is not None:
            findings.add(
                node.at, f"`admins` stands twice, first at {sections.admins.at}; keep one of them"
            )
        sections.admins = sections.admins or node
    else:
        _merge(section, node, sections.named[section], findings)


def _merge(
    section: str, node: Node, known: dict[str, tuple[Text, Node]], findings: Findings
) -> None:
    for key, value in pairs_of(node, section, findings):
        first, _ = known.setdefault(key.value, (key, value))
        if first is not key:
            findings.add(
                key.at, f"`{key.value}` stands twice, first at {first.at}; keep one of them"
            )


def _policy(sections: _Sections, findings: Findings) -> Policy | None:
    """Read every section, so that all problems are found."""
    networks = read_networks(sections.pairs("networks"), findings)
    groups = read_groups(sections.pairs("groups"), findings)
    admins = Admins()
    if sections.admins is not None:
        admins = read_admins(sections.admins, groups, findings)
    accounts = read_accounts(sections.pairs("accounts"), networks, findings)
    names = Names(networks=networks, groups=groups)
    sites = read_sites(sections.pairs("sites"), names, findings)
    cases = read_cases(sections.tests, findings)
    if not sections.named["sites"] and not findings.items:
        findings.add(_first_place(sections), "there is no site; add one under `sites:`")
    if findings.items:
        return None
    policy = Policy(
        networks=networks,
        groups=groups,
        admins=admins,
        accounts=accounts,
        sites={site.name: site for site in sites},
        tests=tuple(case.test for case in cases),
    )
    for case in cases:
        _check_case(case, policy, findings)
    return policy


def _first_place(sections: _Sections) -> Location:
    places = [pair[0].at for section in NAMED for pair in sections.named[section].values()]
    return min(places, default=Location(file=FOLDER, line=1, column=1))


def _check_case(case: Case, policy: Policy, findings: Findings) -> None:
    """A test has to ask for a site that is there, and may name only a rule of that site."""
    site, test = find_site(case.request.host, policy), case.test
    if site is None:
        host = case.request.host.name
        hosts = [host for each in policy.sites.values() for host in each.hosts]
        findings.add(test.at, f"no site has the host {shown(host)}{did_you_mean(host, hosts)}")
        return
    known = {rule.ref.name: rule for rule in site.rules}
    if test.rule is not None and test.rule not in known:
        advice = did_you_mean(test.rule, known)
        findings.add(test.at, f"site `{site.name}` has no rule {shown(test.rule)}{advice}")
