"""Who stands at a page, as the data plane saw it; nothing here comes from the browser's word."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, ip_network

from gate.core.network import Address
from gate.core.secret_text import Secret

IPV4_RANGE = 24  # prefix of what counts as one place, RULES G29
IPV6_RANGE = 56


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """One request to a page: from where, on which host and site, and under which request id.

    `browser` is the User-Agent as sent; `device` the cookie of an earlier full sign-in, if any.
    """

    client: Address
    host: str
    scheme: str
    site: str
    request: str
    browser: str = ""
    device: Secret | None = None

    @property
    def host_name(self) -> str:
        """Give the host as sessions are bound to it: without a port, IPv6 in its brackets."""
        name, bracket, _ = self.host.rpartition("]")
        return name + bracket if bracket else self.host.partition(":")[0]


def address_range(address: Address) -> str:
    """Give the range in which an address counts as the same place: /24 or /56."""
    prefix = IPV4_RANGE if isinstance(address, IPv4Address) else IPV6_RANGE
    return str(ip_network((address, prefix), strict=False))
