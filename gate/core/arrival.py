"""What goes into the front door and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from gate.core.client_address import NOBODY
from gate.core.headers import Headers
from gate.core.host import Host
from gate.core.network import Address, Allowlist
from gate.core.target import Target


class FrontSite(Protocol):
    """What the front door asks of a site."""

    @property
    def paths_lenient(self) -> bool:
        """Whether paths with several readings are taken (G12)."""
        ...

    @property
    def methods(self) -> frozenset[str]:
        """Methods besides the usual ones."""
        ...

    @property
    def query_names(self) -> frozenset[str]:
        """Query names that rules read (G13)."""
        ...

    @property
    def header_names(self) -> frozenset[str]:
        """Header names that rules read, in lower case (G13)."""
        ...

    @property
    def has_method_rules(self) -> bool:
        """Whether some rule looks at the method (G11)."""
        ...

    @property
    def odd_headers_pass(self) -> bool:
        """Whether header names with `_` or `.` reach the upstream."""
        ...

    @property
    def service_worker_allowed(self) -> bool:
        """Whether a service worker may control the whole origin (G4)."""
        ...


class SiteTable[S: FrontSite](Protocol):
    """Finds sites by host."""

    def site_for(self, host: str) -> S | None:
        """Give the site of a lower-case host; asked with `:port` first, then without."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WireRequest:
    """A request as a plane received it; nothing is decoded or repaired.

    `peer` is the other end of the socket or whom a trusted proxy names for it, `port` the
    listener's (0: unknown), `secure` whether TLS ended here, and `sni` the server name of its
    handshake, which Host has to equal.
    """

    method: bytes
    target: bytes
    version: bytes
    headers: Headers
    peer: Address | str
    port: int = 0
    secure: bool = False
    sni: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontDoor:
    """Settings of the front door.

    `ports` are those that a Host header may name besides the listener's: public_url's. `pages_host`
    is a host of the gate's own, without a site.
    """

    trusted_proxies: Allowlist = NOBODY
    ports: frozenset[int] = frozenset()
    own_cookies: frozenset[bytes] = frozenset()
    pages_host: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival[S: FrontSite]:
    """A clean request.

    `site` is None only on the pages' own host. `headers` are the client's, `clean` what of them
    may be passed on. `pages`: the gate's own pages are meant. `query` and `read` hold what rules
    read of the query and of the clean headers (None: absent).
    """

    site: S | None
    host: Host
    method: str
    target: Target
    headers: Headers
    clean: Headers
    client: Address
    websocket: bool = False
    pages: bool = False
    query: Mapping[str, str | None] = field(default_factory=dict[str, str | None])
    read: Mapping[str, str | None] = field(default_factory=dict[str, str | None])


def find_site[S: FrontSite](host: Host, sites: SiteTable[S]) -> S | None:
    """Give the site of a host; an entry that names the port goes before one that does not."""
    exact = None if host.port is None else sites.site_for(f"{host.name}:{host.port}")
    return sites.site_for(host.name) if exact is None else exact
