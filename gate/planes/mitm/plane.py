"""What all connections of one process share: settings, guard, registry, and who is connected."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
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
NO_DESTINATION: Final = "reverse:http://127.0.0.1:1"  # never used: every exchange names its own


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
        self._by_address: Counter[Address | str] = Counter()

    def admits(self, peer: Address | str) -> bool:
        """Say whether one more connection of this address is within the caps."""
        limits = self.settings.limits
        if self.draining or len(self.connections) >= limits.connections:
            return False
        if self._is_uncounted(peer):
            return True
        return self._by_address[peer] < limits.connections_per_address

    def _is_uncounted(self, peer: Address | str) -> bool:
        uncounted = self.settings.uncounted
        return uncounted is not None and not isinstance(peer, str) and uncounted.admits(peer)

    def joined(self, connection: ClientConnection) -> None:
        """Count a connection in."""
        self.connections.add(connection)
        self._by_address[connection.peer] += 1

    def left(self, connection: ClientConnection) -> None:
        """Count a connection out."""
        self.connections.discard(connection)
        self._by_address[connection.peer] -= 1
        if self._by_address[connection.peer] <= 0:
            del self._by_address[connection.peer]

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
