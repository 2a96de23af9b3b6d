"""Sites as the front door sees them, and a table of them by host."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainSite:
    """A site with every switch in its safe default."""

    name: str = "wiki"
    paths_lenient: bool = False
    methods: frozenset[str] = frozenset()
    query_names: frozenset[str] = frozenset()
    header_names: frozenset[str] = frozenset()
    has_method_rules: bool = False
    odd_headers_pass: bool = False
    service_worker_allowed: bool = False


@dataclass(frozen=True, slots=True)
class PlainTable:
    """Sites by exactly the text of their host entry."""

    sites: Mapping[str, PlainSite]

    def site_for(self, host: str) -> PlainSite | None:
        """Give the site of an entry."""
        return self.sites.get(host)
