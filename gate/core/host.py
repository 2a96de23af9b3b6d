"""The Host header: exactly one, plainly written, in the form in which sites are found.

Rules: lower case, no trailing dot, no userinfo, no Unicode (browsers send the ASCII form), a port
only in plain digits; an IPv6 address in brackets and canonical. Everything else is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address
from typing import Final

from gate.core.network import canonical
from gate.core.refusal import Refusal, unclean

LONGEST: Final = 261  # bytes: 255 of a name (RFC 1035 section 2.3.4), colon and port
LAST_PORT: Final = 65_535

_LABEL: Final = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST: Final = re.compile(
    rf"(?:(?P<name>{_LABEL}(?:\.{_LABEL})*)|\[(?P<v6>[0-9a-f:.]+)\])(?::(?P<port>[1-9][0-9]{{0,4}}))?"
)
_ORIGIN: Final = re.compile(rb"https?://([^/?#@]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A host as sites are found by it; `port` is None where none was named."""

    name: str
    port: int | None = None


def read_host(values: tuple[bytes, ...]) -> Host | Refusal:
    """Give the host of a request's Host headers (RFC 9112 section 3.2)."""
    if len(values) != 1:
        return unclean("not exactly one Host header")
    if len(values[0]) > LONGEST:
        return unclean("Host header is too long")
    return _parsed(values[0])


def host_of_origin(origin: bytes) -> Host | None:
    """Give the host that an Origin header names; None for `null` and anything odd."""
    match = _ORIGIN.fullmatch(origin) if len(origin) <= LONGEST else None
    if match is None:
        return None
    host = _parsed(match[1])
    return None if isinstance(host, Refusal) else host


@lru_cache(maxsize=1024)
def _parsed(value: bytes) -> Host | Refusal:
    match = _HOST.fullmatch(value.decode("latin-1").lower()) if value.isascii() else None
    if match is None:
        return unclean("Host header is no plain host name")
    port = int(match["port"]) if match["port"] else None
    if port is not None and port > LAST_PORT:
        return unclean("Host header has no such port")
    if match["name"]:
        return Host(name=match["name"], port=port)
    address = canonical(match["v6"])
    if not isinstance(address, IPv6Address):
        return unclean("Host header has no plain IPv6 address")
    return Host(name=f"[{address}]", port=port)
