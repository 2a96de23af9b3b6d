"""Policy, sites, rules and requirements: frozen, and valid by construction.

The loader builds these from text; `decide` walks only the rules that a site's index leaves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from gate.core.conditions import Condition
from gate.core.decision import Level, RuleRef
from gate.core.located import Location
from gate.core.network import Allowlist


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """A level, how fresh its newest proof must be (G18), and how long a browser is trusted."""

    level: Level
    within: timedelta | None = None
    remember: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Public:
    """Everybody passes as a stranger; with `identity_optional` a full session adds identity."""

    identity_optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """Nobody passes; `text` is written for and shown to the person."""

    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Required:
    """Whoever meets the requirement passes."""

    requirement: Requirement


type Then = Public | Denied | Required


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """All conditions hold, then this follows. `report` records and goes on (G7)."""

    ref: RuleRef
    when: tuple[Condition, ...]
    then: Then
    report: bool = False
    strict_streams: bool = False


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
class Upstream:
    """Where a site lives; `name` is verified in its certificate, `ca` a PEM file."""

    scheme: str
    host: str
    port: int
    name: str | None = None
    ca: str | None = None


class PathCase(StrEnum):
    """How paths compare; `public` rules are always exact (G12)."""

    FOLDED = "folded"
    EXACT = "exact"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteOptions:
    """The switches of a site, each with its safe default."""

    observe_until: datetime | None = None  # mode: observe
    lenient_paths: bool = False
    case: PathCase = PathCase.FOLDED
    extra_methods: frozenset[str] = frozenset()
    refuse_cross_site: bool = True
    allow_service_worker: bool = False
    pass_odd_headers: bool = False
    rewrite: frozenset[str] = frozenset()  # of Location, Origin, Destination
    connect_timeout: timedelta = timedelta(seconds=5)
    response_timeout: timedelta = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyTest:
    """One entry of `tests:`; `proofs` are ages, `expect` the outcome, `level` of a step-up."""

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
    headers: Mapping[str, str] = field(default_factory=dict)
    time: datetime | None = None
