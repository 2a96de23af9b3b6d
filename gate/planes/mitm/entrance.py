"""The entrance: what comes before HTTP on a connection, a PROXY header, a TLS handshake, or both.

Rules: the peers of `proxies` begin with a whole header, or are closed; from anybody else a header
is no HTTP. Whoever stands here is counted and has as long as for a request head. Nothing is
answered here: who fails is closed.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from typing import Final

from gate.core.network import Address, Unusable
from gate.core.proxy_protocol import Malformed, ProxyItself, read_header, wanted
from gate.planes.mitm.caller import Caller
from gate.planes.mitm.connection import ClientConnection
from gate.planes.mitm.plane import Plane
from gate.planes.mitm.sockets import BUFFERED, CHUNK, Connected, peer_address
from gate.planes.mitm.tls import NamedServer, ServerNames

logger: Final = logging.getLogger(__name__)

BACKLOG: Final = 1_024  # connections that the kernel holds for a busy process
STARVED: Final = 0.5  # seconds without accepting when there are no descriptors left
NOBODY_KNOWN: Final = ""  # no address, which matches no network


class Entrance:
    """Takes the connections of one listening socket, from accept to the last byte."""

    def __init__(self, plane: Plane, listener: socket.socket, names: ServerNames | None) -> None:
        """Take a bound socket; `names` where TLS begins on it."""
        self._plane = plane
        self._listener = listener
        self._names = names
        self._loop = asyncio.get_running_loop()
        self._waiting: set[asyncio.Task[None]] = set()  # nobody knows yet what they want
        self._serving: set[asyncio.Task[None]] = set()
        listener.listen(BACKLOG)
        listener.setblocking(False)  # noqa: FBT003 - the socket's own signature
        self._accepting = self._loop.create_task(self._accept())

    def close(self) -> None:
        """Let nobody in any more; who only stands at the entrance is sent away."""
        self._accepting.cancel()
        for task in tuple(self._waiting):
            task.cancel()

    async def _accept(self) -> None:
        with self._listener:
            while True:
                try:
                    client, _ = await self._loop.sock_accept(self._listener)
                except OSError:
                    await asyncio.sleep(STARVED)
                    continue
                task = self._loop.create_task(self._admit(client))
                self._waiting.add(task)
                task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._waiting.discard(task)
        self._serving.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("a connection failed", exc_info=error)

    async def _admit(self, client: socket.socket) -> None:
        with client:
            try:
                peer = peer_address(client.getpeername())
                named = await self._introduced(client, peer)
                if named is not None:
                    await self._serve(client, named)
            except OSError:
                pass  # it is gone, too slow, or speaks no TLS

    # --- the PROXY protocol ----------------------------------------------------------------------

    async def _introduced(self, client: socket.socket, peer: Address | str) -> Address | str | None:
        """Give who is meant by a connection; None for a proxy that does not say so in its form."""
        proxies = self._plane.settings.proxies
        if proxies is None or isinstance(peer, str) or not proxies.admits(peer):
            return peer
        with self._plane.counted(peer) as within:
            if not within:
                return None
            async with asyncio.timeout(self._patience):
                said = await self._header(client)
        match said:
            case Malformed(detail=detail):
                logger.warning("a connection of the proxy %s was closed: %s", peer, detail)
                return None
            case ProxyItself():
                return peer
            case Unusable():
                return NOBODY_KNOWN
            case _:
                return said

    async def _header(self, client: socket.socket) -> Address | Unusable | ProxyItself | Malformed:
        got = b""
        while more := wanted(got):
            if isinstance(more, Malformed):
                return more
            received = await self._loop.sock_recv(client, more)
            if not received:
                return Malformed(detail="it ended within the PROXY header")
            got += received
        return read_header(got)

    @property
    def _patience(self) -> float:
        return self._plane.settings.limits.header.total_seconds()

    # --- TLS -------------------------------------------------------------------------------------

    async def _serve(self, client: socket.socket, peer: Address | str) -> None:
        with self._plane.counted(peer) as within:
            if not within:
                return
            streams = await self._streams(client)
            writer = streams[1]
            caller = self._caller(writer, peer)
            task = asyncio.current_task()
            if caller is None or task is None:
                writer.transport.abort()
                return
            self._waiting.discard(task)
            self._serving.add(task)
            await ClientConnection(streams, self._plane, caller).serve()

    async def _streams(self, client: socket.socket) -> Connected:
        """Give the streams of a connection, behind its handshake where there is one."""
        reader = asyncio.StreamReader(limit=CHUNK)
        protocol = asyncio.StreamReaderProtocol(reader)
        names = self._names
        linger = self._plane.settings.limits.linger.total_seconds()
        transport, _ = await self._loop.connect_accepted_socket(
            lambda: protocol,
            client,
            ssl=None if names is None else names.context,
            ssl_handshake_timeout=None if names is None else self._patience,
            ssl_shutdown_timeout=None if names is None else linger,
        )
        transport.set_write_buffer_limits(high=BUFFERED)
        return reader, asyncio.StreamWriter(transport, protocol, reader, self._loop)

    def _caller(self, writer: asyncio.StreamWriter, peer: Address | str) -> Caller | None:
        if self._names is None:
            return Caller(peer=peer)
        server = writer.get_extra_info("ssl_object")
        if not isinstance(server, NamedServer) or server.host is None:
            return None
        return Caller(peer=peer, secure=True, sni=server.host)
