"""The layer that joins one client connection with its upstream connections.

mitmproxy's HTTP layer routes events and commands between codecs and streams; what it would do
with anything but HTTP/1.1 is left out. Idle upstream connections are kept for the next request of
the same client and are forgotten as soon as they end.
"""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, override

from mitmproxy.connection import Server
from mitmproxy.proxy import events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layer import CommandGenerator, Layer
from mitmproxy.proxy.layers.http import HttpLayer, HTTPMode
from mitmproxy.proxy.layers.http._base import HttpEvent

from gate.core.errors import PlaneError
from gate.core.policy import Upstream
from gate.planes.mitm.back import Back
from gate.planes.mitm.front import Front
from gate.planes.mitm.stream import Stream
from gate.planes.mitm.wire import AskedHeaders, Expired

if TYPE_CHECKING:
    from gate.planes.mitm.connection import ClientConnection

type Commands = CommandGenerator[None]


class ProxyLayer(HttpLayer):
    """All of one client connection; `stream` is the exchange that is under way."""

    def __init__(self, context: Context, client: ClientConnection) -> None:
        """Take a client connection before its first byte."""
        super().__init__(context, HTTPMode.transparent)
        self.client = client
        self.front = Front(context, self)
        self.stream: Stream | None = None
        self._idle: dict[Upstream, Back] = {}
        self._for_streams = self._branched()
        self.connections[context.client] = self.front

    @override
    def handle_event(self, event: events.Event) -> Commands:
        """Hand an event to whom it concerns, then read what a client sent ahead."""
        yield from self._handle_event(event)
        while self.front.reads_on:
            yield from self.front.read_on()

    @override
    def _handle_event(self, event: events.Event) -> Commands:
        match event:
            case events.ConnectionEvent():
                codec = self.connections.get(event.connection)
                if codec is not None:
                    yield from codec.handle_event(event)
            case events.CommandCompleted():
                yield from self.event_to_child(self.command_sources.pop(event.command), event)
            case events.Start():
                yield from self.front.handle_event(event)
            case Expired():
                yield from self._expired(event)
            case _:
                raise PlaneError(f"no layer takes {type(event).__name__}")

    def _expired(self, event: Expired) -> Commands:
        if self.stream is not None:
            yield from self.event_to_child(self.stream, event)
        else:
            yield from self.front.expired(event.expiry)

    @override
    def event_to_child(self, child: Layer, event: events.Event) -> Commands:
        """Hand an event to an exchange, which may wait for what it commands."""
        for command in child.handle_event(event):
            if command.blocking:
                self.command_sources[command] = child
            yield command

    def receive(self, event: HttpEvent) -> Commands:
        """Hand what a codec read to the exchange that it belongs to; nobody when that is over."""
        if type(event) is AskedHeaders:
            self._for_streams.layers = []
            self.stream = Stream(self._for_streams, event.stream_id, self)
        stream = self.stream
        if stream is not None and stream.stream_id == event.stream_id:
            yield from self.event_to_child(stream, event)

    def _branched(self) -> Context:
        """Give a context for a layer of its own, without the server that `fork` would make."""
        branch = copy(self.context)
        branch.layers = []
        return branch

    def ended(self, stream: Stream) -> None:
        """Forget an exchange that is over."""
        if self.stream is stream:
            self.stream = None

    # --- upstream connections ------------------------------------------------------------------

    def take_idle(self, upstream: Upstream) -> Back | None:
        """Give an upstream connection that waits for a request."""
        return self._idle.pop(upstream, None)

    def adopt(self, server: Server, upstream: Upstream) -> Back:
        """Give the codec of an upstream connection that was just opened."""
        context = self._branched()
        context.server = server
        back = Back(context, upstream, self)
        self.connections[server] = back
        return back

    def keep(self, back: Back) -> None:
        """Keep an upstream connection for the next request."""
        self._idle[back.upstream] = back

    def forget(self, back: Back) -> None:
        """Drop an upstream connection that ended."""
        if self._idle.get(back.upstream) is back:
            del self._idle[back.upstream]
        self.connections.pop(back.conn, None)
