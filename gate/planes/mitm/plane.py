"""What all connections of one process share: settings, guard, registry, and who is connected."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from ipaddress import IPV6LENGTH, IPv6Address, IPv6Network
from typing import TYPE_CHECKING, Final

from mitmproxy.options import Options
from mitmproxy.proxy import mode_specs

from gate.core.network import Address
from gate.planes.mitm.exchanges import Exchanges
from gate.planes.mitm.guard import Guard
from gate.planes.mitm.settings import MitmSettings

if TYPE_CHECKING:
    from gate.planes.mitm.connection import ClientConnection

REAPED: Final = timedelta(milliseconds=500)  # between looks at how long connections wait
SHARED_BITS: Final = 64  # of an IPv6 address: one client's network, RFC 6177 section 2
NO_DESTINATION: Final = "reverse:http://127.0.0.1:1"  # never used: every exchange names its own


type Client = Address | IPv6Network | str


def one_client(peer: Address | str) -> Client:
    """Give as what a peer is counted: with IPv6 it has a whole /64 to come from."""
    if not isinstance(peer, IPv6Address):
        return peer
    rest = IPV6LENGTH - SHARED_BITS
    return IPv6Network((int(peer) >> rest << rest, SHARED_BITS))


class Plane:
    """One process of the plane."""

    def __init__(self, guard: Guard, settings: MitmSettings) -> None:
        """Begin with nobody connected."""
        self.guard = guard
        self.settings = settings
        self.exchanges = Exchanges(guard)
        self.options = Options()
        self.mode = mode_specs.ProxyMode.parse(NO_DESTINATION)
        self.draining = False
        self.connections: set[ClientConnection] = set()
        self._count = 0  # of those who are connected, whether or not they said anything yet
        self._by_client: Counter[Client] = Counter()

    @contextmanager
    def counted(self, peer: Address | str) -> Iterator[bool]:
        """Count a connection in while it lasts; False where it is beyond the caps."""
        if not self._admits(peer):
            yield False
            return
        who = one_client(peer)
        self._count += 1
        self._by_client[who] += 1
        try:
            yield True
        finally:
            self._count -= 1
            self._by_client[who] -= 1
            if self._by_client[who] <= 0:
                del self._by_client[who]

    def _admits(self, peer: Address | str) -> bool:
        """Say whether one more connection of this address is within the caps."""
        limits = self.settings.limits
        if self.draining or self._count >= limits.connections:
            return False
        if self._is_uncounted(peer):
            return True
        return self._by_client[one_client(peer)] < limits.connections_per_address

    def _is_uncounted(self, peer: Address | str) -> bool:
        if isinstance(peer, str):
            return False
        proxies = (self.settings.uncounted, self.settings.proxies)
        return any(each is not None and each.admits(peer) for each in proxies)

    async def reap(self) -> None:
        """Look after connections that wait too long, for as long as the process lives."""
        while True:
            await asyncio.sleep(REAPED.total_seconds())
            for connection in tuple(self.connections):
                connection.reap()

    def drain(self) -> None:
        """Let nobody in any more, end who waits, and make every answer the last one."""
        self.draining = True
        for connection in tuple(self.connections):
            connection.drain()

    def cut(self) -> None:
        """End every connection at once."""
        for connection in tuple(self.connections):
            connection.cut()
