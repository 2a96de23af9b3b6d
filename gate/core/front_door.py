"""The front door: bytes of a request become an arrival that may be decided on, or a refusal.

Every plane runs these checks before anything else, in one flat order: version, method, headers,
host, target, client address, then what the site asks for. Pure: equal bytes give equal answers.
An upgrade to anything but a WebSocket, h2c among them, is taken out of the request.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from gate.core.arrival import (
    Arrival,
    FrontDoor,
    FrontSite,
    SiteTable,
    WireRequest,
    find_site,
)
from gate.core.browser_claims import foreign_origin, worker_over_pages
from gate.core.client_address import client_address
from gate.core.decision import Reason
from gate.core.header_checks import checked_lines
from gate.core.headers import Lines, for_pages, for_upstream, header_values
from gate.core.host import Host, read_host
from gate.core.methods import METHODS, NEVER
from gate.core.network import Address, Unusable, canonical
from gate.core.refusal import Refusal, unclean
from gate.core.target import Target, changes_method, is_reserved, query_values, read_target
from gate.core.websocket import is_handshake

__all__ = [
    "METHODS",
    "Arrival",
    "FrontDoor",
    "FrontSite",
    "Refusal",
    "SiteTable",
    "WireRequest",
    "arrive",
]

_VERSIONS: Final = frozenset({b"HTTP/1.0", b"HTTP/1.1"})
_METHOD: Final = re.compile(rb"[A-Z][A-Z0-9_-]{0,31}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Inside[S: FrontSite]:
    """A request that is clean in itself; what its site asks for is still open."""

    wire: WireRequest
    lines: Lines
    host: Host
    site: S | None
    target: Target
    client: Address


def arrive[S: FrontSite](
    wire: WireRequest, sites: SiteTable[S], door: FrontDoor
) -> Arrival[S] | Refusal:
    """Give the request when it is clean, or the first thing that is not."""
    inside = _enter(wire, sites, door)
    if isinstance(inside, Refusal):
        return inside
    if inside.site is None:
        return _at_pages(inside)
    reserved = is_reserved(inside.target)
    if isinstance(reserved, Refusal):
        return reserved
    return _at_pages(inside) if reserved else _at_site(inside, inside.site, sites, door)


def _enter[S: FrontSite](
    wire: WireRequest, sites: SiteTable[S], door: FrontDoor
) -> _Inside[S] | Refusal:
    lines = _line_problem(wire) or checked_lines(wire.headers)
    if isinstance(lines, Refusal):
        return lines
    host = _host(wire, lines, door)
    if isinstance(host, Refusal):
        return host
    site = find_site(host, sites)
    if site is None and host.name != door.pages_host:
        return _unknown("no site has this host")
    target = read_target(wire.target, lenient=site is not None and site.paths_lenient)
    if isinstance(target, Refusal):
        return target
    client = _client(wire, lines, door)
    if isinstance(client, Refusal):
        return client
    return _Inside(wire=wire, lines=lines, host=host, site=site, target=target, client=client)


def _line_problem(wire: WireRequest) -> Refusal | None:
    if wire.version not in _VERSIONS:
        return Refusal(status=505, reason=Reason.UNCLEAN_REQUEST, detail="neither HTTP/1.0 nor 1.1")
    if not _METHOD.fullmatch(wire.method) or wire.method.decode("ascii") in NEVER:
        return _method_refused()
    return None


def _method_refused() -> Refusal:
    return Refusal(status=405, reason=Reason.METHOD_NOT_ALLOWED, detail="method is not taken here")


def _host(wire: WireRequest, lines: Lines, door: FrontDoor) -> Host | Refusal:
    if wire.version == b"HTTP/1.0" and b"transfer-encoding" in lines:
        return unclean("Transfer-Encoding in HTTP/1.0")  # RFC 9112 section 6.1
    host = read_host(lines.get(b"host", ()))
    if isinstance(host, Refusal):
        return host
    if host.port not in {None, wire.port} and host.port not in door.ports:
        return _unknown("host with a port that is not served")
    if wire.sni is not None and wire.sni.lower() != host.name:
        return _unknown("host is not the one of the TLS handshake")
    return host


def _unknown(detail: str) -> Refusal:
    return Refusal(status=421, reason=Reason.UNKNOWN_HOST, detail=detail)


def _client(wire: WireRequest, lines: Lines, door: FrontDoor) -> Address | Refusal:
    peer = canonical(wire.peer) if isinstance(wire.peer, str) else wire.peer
    if not isinstance(peer, Unusable):
        peer = client_address(peer, lines.get(b"x-forwarded-for", ()), door.trusted_proxies)
    if isinstance(peer, Unusable):
        return Refusal(status=403, reason=Reason.IP_NOT_ALLOWED, detail=peer.detail)
    return peer


def _at_pages[S: FrontSite](inside: _Inside[S]) -> Arrival[S] | Refusal:
    method = inside.wire.method.decode("ascii")
    if method not in METHODS:
        return _method_refused()
    return Arrival(
        site=inside.site,
        host=inside.host,
        method=method,
        target=inside.target,
        headers=inside.wire.headers,
        clean=for_pages(inside.wire.headers),
        client=inside.client,
        pages=True,
    )


def _at_site[S: FrontSite](
    inside: _Inside[S], site: S, sites: SiteTable[S], door: FrontDoor
) -> Arrival[S] | Refusal:
    wire = inside.wire
    websocket = is_handshake(wire.method, wire.version, inside.lines)
    refusal = _site_problem(inside, site, door)
    if refusal is None and websocket and foreign_origin(inside.lines, site, sites):
        refusal = Refusal(status=403, reason=Reason.CROSS_SITE, detail="WebSocket of another site")
    if refusal:
        return refusal
    clean = for_upstream(
        wire.headers,
        own_cookies=door.own_cookies,
        odd_headers_pass=site.odd_headers_pass,
        websocket=websocket,
    )
    query = query_values(inside.target, site.query_names)
    if isinstance(query, Refusal):
        return query
    read = header_values(clean, site.header_names)
    if isinstance(read, Refusal):
        return read
    return Arrival(
        site=site,
        host=inside.host,
        method=wire.method.decode("ascii"),
        target=inside.target,
        headers=wire.headers,
        clean=clean,
        client=inside.client,
        websocket=websocket,
        query=query,
        read=read,
    )


def _site_problem[S: FrontSite](inside: _Inside[S], site: S, door: FrontDoor) -> Refusal | None:
    method = inside.wire.method.decode("ascii")
    if method not in METHODS and method not in site.methods:
        return _method_refused()
    if site.has_method_rules and inside.target.query and changes_method(inside.target):
        return unclean("query asks for another method")
    may_control = site.service_worker_allowed and door.pages_host is not None  # RULES G4
    if not may_control and worker_over_pages(inside.lines, inside.target):
        return Refusal(
            status=403,
            reason=Reason.UNCLEAN_REQUEST,
            detail="service worker that would control the gate's pages",
        )
    return None
