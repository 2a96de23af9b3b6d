"""The upstream half of one exchange: opened for a passage, gone with the exchange."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mitmproxy.connection import Server
from mitmproxy.proxy.layer import CommandGenerator
from mitmproxy.proxy.layers.http._events import (
    ErrorCode,
    RequestData,
    RequestEndOfMessage,
    RequestProtocolError,
)

from gate.core.decision import Reason
from gate.planes.mitm.phases import Phase
from gate.planes.mitm.sockets import TIMED_OUT
from gate.planes.mitm.wire import OpenUpstream, PermittedHeaders

if TYPE_CHECKING:
    from gate.planes.mitm.back import Back
    from gate.planes.mitm.guard import Passage
    from gate.planes.mitm.layers import ProxyLayer

type Commands = CommandGenerator[None]

REPEATABLE: Final = frozenset({b"GET", b"HEAD"})


class UpstreamSide:
    """Where an exchange sends its request; nothing is sent while it is closed."""

    def __init__(self, stream_id: int, proxy: ProxyLayer) -> None:
        """Begin closed."""
        self.may_retry = False  # an idle connection was used, and the request may be repeated
        self._stream_id = stream_id
        self._proxy = proxy
        self._back: Back | None = None

    @property
    def is_open(self) -> bool:
        """Whether there is a connection."""
        return self._back is not None

    def open(self, passage: Passage, *, with_body: bool) -> CommandGenerator[str | None]:
        """Get a connection, an idle one if that is safe; give why there is none."""
        self._back = self._proxy.take_idle(passage.upstream)
        if self.is_open and passage.request.method not in REPEATABLE:
            yield from self.drop()
        self.may_retry = self.is_open
        if self.is_open:
            return None
        return (yield from self._dial(passage, with_body=with_body))

    def _dial(self, passage: Passage, *, with_body: bool) -> CommandGenerator[str | None]:
        upstream = passage.upstream
        server = Server(address=(upstream.host, upstream.port))
        self._proxy.client.enter(Phase.CONNECTING)
        seconds = passage.connect_timeout.total_seconds()
        command = OpenUpstream(server, upstream, seconds, with_body=with_body)
        error: str | None = yield command
        if error:
            return error
        self._back = self._proxy.adopt(server, upstream)
        return None

    def send(self, event: PermittedHeaders | RequestData | RequestEndOfMessage) -> Commands:
        """Send a part of the request."""
        if self._back is not None:
            yield from self._back.send(event)

    def drop(self) -> Commands:
        """Close the connection; whatever the upstream still says is not wanted."""
        back, self._back = self._back, None
        if back is not None:
            gone = RequestProtocolError(self._stream_id, "not wanted", ErrorCode.CANCEL)
            yield from back.send(gone)

    def leave(self) -> None:
        """Forget the connection, which ended or waits for the next request."""
        self._back = None

    def relay(self) -> bytes:
        """Make the connection a tunnel; give what the upstream already said in it."""
        return b"" if self._back is None else self._back.relay()


def failure(passage: Passage | None, error: str) -> tuple[Reason, int]:
    """Give the reason and status for an upstream that can't be reached or broke off."""
    if passage is None or passage.forward is None:
        return Reason.GATE_UNAVAILABLE, 503
    if error == TIMED_OUT:
        return Reason.UPSTREAM_SILENT, 504
    return Reason.UPSTREAM_DOWN, 502
