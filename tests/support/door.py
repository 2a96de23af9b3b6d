"""A front door with two sites, and short ways to send requests to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from gate.core.client_address import trusted_proxies
from gate.core.decision import Reason
from gate.core.front_door import FrontDoor, WireRequest, arrive
from gate.core.network import Allowlist
from gate.core.refusal import Refusal
from tests.support.front_sites import PlainSite, PlainTable

WIKI: Final = PlainSite(name="wiki")
LENIENT: Final = PlainSite(name="lenient", paths_lenient=True)
SITES: Final = PlainTable(
    {"wiki.example": WIKI, "lenient.example": LENIENT, "port.example:8443": PlainSite(name="port")}
)
PROXIES: Final = trusted_proxies(["10.0.0.0/8"])
assert isinstance(PROXIES, Allowlist)
DOOR: Final = FrontDoor(
    trusted_proxies=PROXIES,
    ports=frozenset({8443}),
    own_cookies=frozenset({b"__Host-gate"}),
    pages_host="login.example",
)
HOST: Final = (b"Host", b"wiki.example")
WIRE: Final = WireRequest(
    method=b"GET",
    target=b"/a?x=1",
    version=b"HTTP/1.1",
    headers=(HOST,),
    peer="198.51.100.7",
    port=8080,
)
HANDSHAKE: Final = (
    (b"Connection", b"Upgrade"),
    (b"Upgrade", b"websocket"),
    (b"Sec-WebSocket-Key", b"dGhlIHNhbXBsZSBub25jZQ=="),
    (b"Sec-WebSocket-Version", b"13"),
)


def ask(*headers: tuple[bytes, bytes], site: PlainSite | None = None, **changes: Any) -> Any:
    """Send a request that is clean but for the changes."""
    sites = SITES if site is None else PlainTable({"wiki.example": site})
    return arrive(replace(WIRE, headers=(HOST, *headers), **changes), sites, DOOR)


def at(host: bytes, **changes: Any) -> Any:
    """Send a request to another host."""
    return arrive(replace(WIRE, headers=((b"Host", host),), **changes), SITES, DOOR)


def why(found: object) -> tuple[int, Reason]:
    assert isinstance(found, Refusal)
    assert found.detail
    return found.status, found.reason


UNCLEAN: Final = (400, Reason.UNCLEAN_REQUEST)
UNKNOWN: Final = (421, Reason.UNKNOWN_HOST)
NOT_TAKEN: Final = (405, Reason.METHOD_NOT_ALLOWED)
