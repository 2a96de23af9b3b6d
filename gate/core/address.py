"""Addresses in the one form that all comparisons use.

Rules: an IPv4 address inside IPv6 (`::ffff:...`) is the IPv4 address, a zone is cut, and nothing
but the plain spelling is taken. What can't be read is `Unusable` and matches nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LONGEST: Final = 100  # characters of an address or network, zone included

_ZONE: Final = re.compile(r"%[0-9A-Za-z._~-]+\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """An address that can't be known; it matches no network, and whoever sends it is denied."""

    detail: str


@lru_cache(maxsize=4096)
def canonical(text: str) -> Address | Unusable:
    """Give the address in the one form that all comparisons use."""
    if len(text) > LONGEST:
        return Unusable(detail="address is too long")
    try:
        if ":" not in text:
            return IPv4Address(text)
        address = IPv6Address(_ZONE.sub("", text))
    except ValueError:
        return Unusable(detail="no IP address")
    if address.scope_id is not None:
        return Unusable(detail="odd zone in the address")
    return address.ipv4_mapped or address
