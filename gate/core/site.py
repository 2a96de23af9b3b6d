"""A site: its hosts, where it lives, its rules and its switches."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from gate.core.conditions import Condition, leaves
from gate.core.conditions.header import Headers
from gate.core.conditions.method import Methods
from gate.core.conditions.query import Query
from gate.core.index import Index
from gate.core.located import Location
from gate.core.rules import Rule


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
    allow_security_keys: bool = False  # to its scripts, where the gate's pages share its host
    pass_odd_headers: bool = False
    rewrite: frozenset[str] = frozenset()  # of Location, Origin, Destination
    connect_timeout: timedelta = timedelta(seconds=5)
    response_timeout: timedelta = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A site with its rules; what they look at is worked out once, when it is built."""

    name: str
    at: Location
    hosts: tuple[str, ...]  # lower-case names, each with or without a port
    upstream: Upstream
    rules: tuple[Rule, ...]
    options: SiteOptions = field(default_factory=SiteOptions)
    index: Index = field(init=False, repr=False, compare=False)
    query_names: frozenset[str] = field(init=False, repr=False, compare=False)
    header_names: frozenset[str] = field(init=False, repr=False, compare=False)
    has_method_rules: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        read = [leaf for rule in self.rules for leaf in leaves(rule.when)]
        object.__setattr__(self, "index", Index(self.rules))
        object.__setattr__(self, "query_names", _names_read(read, Query))
        object.__setattr__(self, "header_names", _names_read(read, Headers))
        object.__setattr__(self, "has_method_rules", any(isinstance(x, Methods) for x in read))

    @property
    def paths_lenient(self) -> bool:
        """Whether paths with several readings are taken (G12)."""
        return self.options.lenient_paths

    @property
    def methods(self) -> frozenset[str]:
        """Methods besides the usual ones."""
        return self.options.extra_methods

    @property
    def odd_headers_pass(self) -> bool:
        """Whether header names with `_` or `.` reach the upstream."""
        return self.options.pass_odd_headers

    @property
    def service_worker_allowed(self) -> bool:
        """Whether a service worker may control the whole origin (G4)."""
        return self.options.allow_service_worker


def _names_read(conditions: list[Condition], kind: type[Query | Headers]) -> frozenset[str]:
    found = [each for each in conditions if isinstance(each, kind)]
    return frozenset(each.name for condition in found for each in condition.fields)
