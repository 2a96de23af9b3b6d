"""A whole policy: sites, groups, networks, and what it demands of accounts everywhere.

The loader builds it from text. What decisions look up is worked out once: sites by host, and for
each account the entries that apply to it, its groups and its last day to enrol.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from gate.core.address import Address
from gate.core.allowlist import Allowlist
from gate.core.levels import Level
from gate.core.located import Location
from gate.core.pages_site import pages_site
from gate.core.rules import RANK, Denied, Public, Required, Requirement, Rule, Then
from gate.core.site import PathCase, Site, SiteOptions, Upstream

__all__ = [
    "EVERYBODY",
    "AccountEntry",
    "Admins",
    "Demand",
    "Denied",
    "Group",
    "PathCase",
    "Policy",
    "PolicyTest",
    "Public",
    "Required",
    "Requirement",
    "Rule",
    "Site",
    "SiteOptions",
    "Then",
    "Upstream",
]

EVERYBODY: Final = "*"  # the entry that applies to every account
NEEDS_MORE: Final = RANK[Level.SECOND_FACTOR]  # from this rank on a password alone is too little


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountEntry:
    """What the policy demands of an account on every site, on top of every rule but public."""

    name: str  # "*" stands for every account
    at: Location
    networks: Allowlist | None = None
    require: Requirement | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Members of a group, and by when they must have enrolled a second factor."""

    name: str
    at: Location
    members: frozenset[str]
    enrol_by: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Admins:
    """Who may open the admin pages; both empty: nobody."""

    groups: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyTest:
    """One entry of `tests:`; `proofs` are ages, `expect` the outcome, `level` of a step-up.

    `factors` are those that the account has enrolled; None: what the proofs imply.
    """

    name: str
    at: Location
    method: str
    url: str
    client: str
    account: str | None
    proofs: Mapping[str, timedelta]
    expect: str
    level: str | None = None
    rule: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    time: datetime | None = None
    factors: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """All entries that apply to an account; every list has to admit, every requirement to hold.

    `second_factor`: one of the requirements is not met by a password alone.
    """

    networks: tuple[Allowlist, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    second_factor: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ranks = (RANK[each.level] for each in self.requirements)
        object.__setattr__(self, "second_factor", max(ranks, default=-1) >= NEEDS_MORE)

    def admits(self, address: Address) -> bool:
        """Say whether every list admits the address."""
        for each in self.networks:  # noqa: SIM110 - a generator costs as much as the look-up
            if not each.admits(address):
                return False
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Everything that decisions depend on beside the access itself."""

    sites: Mapping[str, Site]
    accounts: Mapping[str, AccountEntry] = field(default_factory=dict[str, AccountEntry])
    groups: Mapping[str, Group] = field(default_factory=dict[str, Group])
    networks: Mapping[str, Allowlist] = field(default_factory=dict[str, Allowlist])
    admins: Admins = field(default_factory=Admins)
    tests: tuple[PolicyTest, ...] = ()
    pages: Site = field(init=False, repr=False, compare=False)
    _by_host: Mapping[str, Site] = field(init=False, repr=False, compare=False)
    _demands: Mapping[str, Demand] = field(init=False, repr=False, compare=False)
    _everybody: Demand = field(init=False, repr=False, compare=False)
    _groups_of: Mapping[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)
    _enrol_by: Mapping[str, datetime] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        hosts = {host.lower(): site for site in self.sites.values() for host in site.hosts}
        everybody = self.accounts.get(EVERYBODY)
        admins = tuple(self.groups[name] for name in sorted(self.admins.groups))
        object.__setattr__(self, "pages", pages_site(admins, self.admins.accounts))
        object.__setattr__(self, "_by_host", hosts)
        object.__setattr__(self, "_everybody", _demand([everybody] if everybody else []))
        object.__setattr__(self, "_demands", _demands(self.accounts, everybody))
        object.__setattr__(self, "_groups_of", _groups_of(self.groups.values()))
        object.__setattr__(self, "_enrol_by", _enrol_by(self.groups.values()))

    def site_for(self, host: str) -> Site | None:
        """Give the site of a lower-case host; an entry without a port matches every port."""
        exact = self._by_host.get(host)
        if exact is not None or host.endswith("]"):
            return exact
        return self._by_host.get(host.rpartition(":")[0])

    def demand(self, account: str) -> Demand:
        """Give what the entries for an account and for everybody demand together (G7)."""
        return self._demands.get(account, self._everybody)

    def groups_of(self, account: str) -> tuple[str, ...]:
        """Give the names of an account's groups, sorted."""
        return self._groups_of.get(account, ())

    def enrol_by(self, account: str) -> datetime | None:
        """Give the moment from which an account without a second factor is denied."""
        return self._enrol_by.get(account)

    def is_admin(self, account: str) -> bool:
        """Say whether an account may open the admin pages."""
        groups = self.admins.groups
        return account in self.admins.accounts or not groups.isdisjoint(self.groups_of(account))


def _demands(
    entries: Mapping[str, AccountEntry], everybody: AccountEntry | None
) -> dict[str, Demand]:
    shared = [everybody] if everybody else []
    return {name: _demand([*shared, entry]) for name, entry in entries.items() if name != EVERYBODY}


def _demand(entries: list[AccountEntry]) -> Demand:
    networks = [entry.networks for entry in entries if entry.networks is not None]
    required = dict.fromkeys(entry.require for entry in entries if entry.require is not None)
    return Demand(networks=tuple(networks), requirements=tuple(required))


def _groups_of(groups: Iterable[Group]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for group in sorted(groups, key=lambda each: each.name):
        for member in group.members:
            found.setdefault(member, []).append(group.name)
    return {name: tuple(names) for name, names in found.items()}


def _enrol_by(groups: Iterable[Group]) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for group in groups:
        if group.enrol_by is not None:
            for member in group.members:
                found[member] = min(found.get(member, group.enrol_by), group.enrol_by)
    return found
