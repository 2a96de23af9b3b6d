"""What a page of another site may not make a browser do here (G30).

A browser says where a request comes from: `Sec-Fetch-Site`, or `Origin` where it is old. Clients
that say neither are no browsers and are let through to the rules. WebSocket origins and service
workers are the front door's.
"""

from __future__ import annotations

from typing import Final

from gate.core.access import Access
from gate.core.conditions.method import Methods
from gate.core.headers import values
from gate.core.host import Host, host_of_origin, read_host
from gate.core.refusal import Refusal
from gate.core.rules import Rule

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})  # RFC 9110 section 9.2.1
OPTIONS: Final = "OPTIONS"

_FROM_HERE: Final = frozenset({b"same-origin", b"same-site", b"none"})  # W3C Fetch Metadata


def is_refused(access: Access) -> bool:
    """Say whether another site makes the browser change something on a site that refuses it."""
    if access.method in SAFE_METHODS or not access.site.options.refuse_cross_site:
        return False
    said = values(access.headers, b"sec-fetch-site")
    if said:
        return not _FROM_HERE.issuperset(said)
    return any(not _is_own(origin, access) for origin in values(access.headers, b"origin"))


def is_preflight(access: Access) -> bool:
    """Say whether a browser asks what a page of another site may do, without credentials."""
    if access.method != OPTIONS or access.session is not None:
        return False
    return bool(values(access.headers, b"access-control-request-method"))


def names_options(rule: Rule) -> bool:
    """Say whether a rule names OPTIONS and so means preflights too."""
    return any(isinstance(each, Methods) and OPTIONS in each.methods for each in rule.when)


def _is_own(origin: bytes, access: Access) -> bool:
    """Say whether an Origin is the request's own host or another host of its site."""
    host = host_of_origin(origin)
    if host is None:
        return False
    hosts = access.site.hosts
    return host == _asked(access) or host.name in hosts or f"{host.name}:{host.port}" in hosts


def _asked(access: Access) -> Host | None:
    host = read_host(values(access.headers, b"host"))
    return None if isinstance(host, Refusal) else host
