"""One client connection and its upstream connections: mitmproxy's connection handler, made tight.

Beyond mitmproxy: one task a connection, none left behind and no socket either; reading waits for
whoever has to take the bytes; nothing is read while an upstream connection is opened; an error in
any part ends the whole connection, so that nothing goes on half decided.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, NoReturn, override

from mitmproxy.connection import Connection, ConnectionState, Server
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.server import ConnectionIO, LiveConnectionHandler

from gate.core.errors import PlaneError
from gate.planes.mitm.caller import Caller
from gate.planes.mitm.layers import ProxyLayer
from gate.planes.mitm.pages_client import personal_page
from gate.planes.mitm.patient_reader import PatientReader
from gate.planes.mitm.phases import Expiry, Phase, Pulse, Verdict
from gate.planes.mitm.sockets import BUFFERED, CHUNK, Connected, connected, drained
from gate.planes.mitm.wire import Expired, FetchPage, FetchPageCompleted, OpenUpstream

if TYPE_CHECKING:
    from gate.planes.mitm.plane import Plane


class ClientConnection(LiveConnectionHandler):
    """A client connection from accept to close."""

    def __init__(self, streams: Connected, plane: Plane, caller: Caller) -> None:
        """Take a connection that is ready for its first request."""
        reader, writer = streams
        super().__init__(reader, writer, plane.options, plane.mode)
        self.plane = plane
        self.now = asyncio.get_running_loop().time
        self.caller = caller
        now = self.now()
        self.pulse = Pulse(Phase.HEAD, since=now, active=now)
        self.proxy = ProxyLayer(self.layer.context, self)
        self.layer = self.proxy
        self._tasks: asyncio.TaskGroup = asyncio.TaskGroup()
        self._spawned: set[asyncio.Task[None]] = set()
        self.may_read = asyncio.Event()
        self.may_read.set()
        self._ended = False
        self._written = 0  # bytes to the client
        self._reader = reader
        self._writer = writer

    async def serve(self) -> None:
        """Serve the connection until either side ends it."""
        self.plane.connections.add(self)
        try:
            async with self._tasks:
                self.dispatch(events.Start())
                await self._read_client()
                for task in self._spawned:
                    task.cancel()
        finally:
            self.cut()
            self.plane.connections.discard(self)

    def enter(self, phase: Phase) -> None:
        """Begin a phase of waiting."""
        self.pulse.enter(phase, self.now())

    def reap(self) -> None:
        """Answer or cut the connection when it waited too long."""
        now = self.now()
        waiting = self._writer.transport.get_write_buffer_size()
        self.pulse.observe(waiting, self._written - waiting, now)
        expiry = self.pulse.expiry(now, self.plane.settings.limits)
        if expiry is None or self._ended:
            return
        if expiry.verdict is Verdict.ANSWER:
            self._spawn(self._expire(expiry))
        else:
            self.cut()

    async def _expire(self, expiry: Expiry) -> None:
        """Answer in a task of this connection, whose errors are its own."""
        self.dispatch(Expired(expiry))

    def drain(self) -> None:
        """End the connection when it is idle or would never end by itself."""
        if self.proxy.front.is_between:
            self._writer.close()
        elif self.pulse.phase is Phase.RELAY or self._is_event_stream:
            self.cut()

    @property
    def _is_event_stream(self) -> bool:
        stream = self.proxy.stream
        return stream is not None and stream.is_endless

    def cut(self) -> None:
        """End the connection at once, with everything that waits to be sent."""
        self._ended = True
        self._abort_upstreams()
        self._writer.transport.abort()
        self.may_read.set()

    def _abort_upstreams(self) -> None:
        for connection, io in self.transports.items():
            if connection is not self.client and isinstance(io.writer, asyncio.StreamWriter):
                io.writer.transport.abort()

    # --- reading -----------------------------------------------------------------------------

    async def _read_client(self) -> None:
        try:
            while data := await self._reader.read(CHUNK):
                self.dispatch(events.DataReceived(self.client, data))
                await self.may_read.wait()
                await self._drain_upstreams()
        except OSError:
            pass  # a reset is an end like any other
        self.client.state = ConnectionState.CLOSED
        self.dispatch(events.ConnectionClosed(self.client))

    async def _drain_upstreams(self) -> None:
        for connection, io in list(self.transports.items()):
            writer = io.writer
            if connection is self.client or not isinstance(writer, asyncio.StreamWriter):
                continue
            if writer.transport.get_write_buffer_size() > BUFFERED:
                self.pulse.upstream_blocked = self.now()
                await drained(writer)
                self.pulse.unblock(self.now())

    async def _serve_upstream(self, command: OpenUpstream) -> None:
        opened = await connected(command.upstream, command.seconds, held=command.with_body)
        if isinstance(opened, str):
            self._complete(events.OpenConnectionCompleted(command, opened))
            return
        server = command.connection
        reader, writer = opened
        try:
            server.state = ConnectionState.OPEN
            self.transports[server] = ConnectionIO(reader=reader, writer=writer)
            self._complete(events.OpenConnectionCompleted(command, None))
            await self._read_upstream(server, reader)
        finally:
            server.state = ConnectionState.CLOSED
            self.transports.pop(server, None)
            reader.release()
            writer.transport.abort()

    async def _read_upstream(self, server: Server, reader: PatientReader) -> None:
        while data := await reader.read(CHUNK):
            self.dispatch(events.DataReceived(server, data))
            await self._drain_client()
        if reader.error is not None:
            server.error = str(reader.error) or "reset"
        server.state = ConnectionState.CLOSED
        self.dispatch(events.ConnectionClosed(server))

    async def _drain_client(self) -> None:
        if self._writer.transport.get_write_buffer_size() > BUFFERED:
            await drained(self._writer)
            self.pulse.active = self.now()

    async def _fetch_page(self, command: FetchPage) -> None:
        settings = self.plane.settings
        page = await personal_page(settings.pages, command.headers, settings.pages_timeout)
        self._complete(FetchPageCompleted(command, page))

    # --- what layers want ----------------------------------------------------------------------

    def dispatch(self, event: events.Event) -> None:
        """Hand an event to the layers and do what they command."""
        if self._ended:
            return
        self.pulse.active = self.now()
        pending: list[bytes] = []
        peer: Connection | None = None
        for command in self.layer.handle_event(event):
            if isinstance(command, commands.SendData):
                if command.connection is not peer:
                    self._write(peer, pending)
                    peer, pending = command.connection, []
                pending.append(command.data)
            else:
                self._write(peer, pending)
                peer, pending = None, []
                self._obey(command)
        self._write(peer, pending)

    def _write(self, peer: Connection | None, pending: list[bytes]) -> None:
        io = self.transports.get(peer) if peer is not None else None
        if io is None or not isinstance(io.writer, asyncio.StreamWriter):
            return
        if io.writer.is_closing():
            return
        content = pending[0] if len(pending) == 1 else b"".join(pending)
        if peer is self.client:
            self._written += len(content)
        io.writer.write(content)

    def _obey(self, command: commands.Command) -> None:
        match command:
            case OpenUpstream():
                self.may_read.clear()
                self._spawn(self._serve_upstream(command))
            case FetchPage():
                self.may_read.clear()
                self._spawn(self._fetch_page(command))
            case commands.CloseTcpConnection(half_close=True):
                self._half_close()
            case commands.CloseConnection(connection=connection):
                self._close(connection)
            case commands.Log():
                pass
            case _:
                raise PlaneError(f"no layer may ask for {type(command).__name__}")

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = self._tasks.create_task(work)
        self._spawned.add(task)
        task.add_done_callback(self._spawned.discard)

    def _complete(self, event: events.CommandCompleted) -> None:
        self.dispatch(event)
        self.may_read.set()

    def _half_close(self) -> None:
        if not self._writer.can_write_eof():
            self._writer.close()  # TLS says that it ends, and discards what still comes
        elif not self._writer.is_closing():
            self._writer.write_eof()

    def _close(self, connection: Connection) -> None:
        """Close a connection; a client still gets what waits for it."""
        io = self.transports.get(connection)
        if io is None or not isinstance(io.writer, asyncio.StreamWriter):
            return
        if connection is self.client:
            io.writer.close()
        else:
            connection.state = ConnectionState.CLOSED
            io.writer.transport.abort()

    @override
    async def handle_hook(self, hook: commands.StartHook) -> NoReturn:
        raise PlaneError(f"nothing hangs on hooks, {hook.name} least of all")
