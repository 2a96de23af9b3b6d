"""HTTP/1.1 towards clients: mitmproxy's codec, made strict and bounded.

Beyond mitmproxy: lines end in CRLF alone, blanks and controls stand where RFC 9112 wants them,
heads and pipelined bytes are bounded, trailers are dropped, every error is a page of the gate's
own, and a body that nobody wants is discarded after the answer instead of before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, override

import h11
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layer import CommandGenerator
from mitmproxy.proxy.layers.http._events import (
    ErrorCode,
    HttpEvent,
    RequestData,
    RequestEndOfMessage,
    RequestProtocolError,
    ResponseData,
    ResponseEndOfMessage,
)
from mitmproxy.proxy.layers.http._http1 import Http1Server, make_body_reader

from gate.core.decision import Reason
from gate.core.errors import PlaneError
from gate.planes.mitm.answer_writer import NOTHING_SAID, AnswerWriter
from gate.planes.mitm.answers import whole_answer
from gate.planes.mitm.heads import HTTP11, HeadBuffer, RequestHead, asks_to_close, read_head
from gate.planes.mitm.phases import Expiry, Phase
from gate.planes.mitm.relay import SWITCHING
from gate.planes.mitm.wire import AnswerHeaders, AskedHeaders

if TYPE_CHECKING:
    from gate.planes.mitm.layers import ProxyLayer

type Commands = CommandGenerator[None]


class Front(Http1Server):
    """The codec of one client connection; requests are taken one at a time, in order."""

    buf: HeadBuffer  # type: ignore[mutable-override]  # never anything else

    def __init__(self, context: Context, proxy: ProxyLayer) -> None:
        """Wait for the first request."""
        super().__init__(context)
        self.buf = HeadBuffer()
        self.reads_on = False  # pipelined bytes wait to be read
        self._proxy = proxy
        self._client = client = proxy.client
        self._asked: RequestHead | None = None
        self._limits = client.plane.settings.limits
        self._requests = 0
        self._out = NOTHING_SAID
        self._last = False
        self._discarded = 0

    @override
    def handle_event(self, event: events.Event) -> Commands:
        """Take what the client sent; a codec never waits for a command."""
        if isinstance(event, events.DataReceived) and self.state != self.passthrough:
            self.buf.take(event.data)
        return self.state(event)

    def read_on(self) -> Commands:
        """Read what a client pipelined behind a request that is done with."""
        self.reads_on = False
        return self.state(events.DataReceived(self.conn, b""))

    # --- requests ----------------------------------------------------------------------------

    @override
    def read_headers(self, event: events.ConnectionEvent) -> Commands:
        if isinstance(event, events.ConnectionClosed):
            yield commands.CloseConnection(self.conn)
            return
        before = len(self.buf)
        head = self.buf.take_request_head()
        size = before if head is None else before - len(self.buf)
        if size > self._limits.head_bytes:
            yield from self._refuse(Reason.TOO_LARGE, 431)
        elif head is None:
            if before and self._client.pulse.phase is Phase.IDLE:
                self._client.enter(Phase.HEAD)
        else:
            yield from self._take(head, event)

    def _take(self, taken: bytes, event: events.Event) -> Commands:
        head = read_head(taken)
        if head is None:
            yield from self._refuse(Reason.UNCLEAN_REQUEST, 400)
            return
        self._asked = head
        self.body_reader = make_body_reader(head.size)
        self._requests += 1
        self.state = self.read_body
        yield from self._proxy.receive(AskedHeaders(self.stream_id, head))
        if self.state == self.read_body:
            yield from self.read_body(event)

    @override
    def read_body(self, event: events.Event) -> Commands:
        if isinstance(event, events.ConnectionClosed):
            yield from self._gone()
            return
        while self.state == self.read_body:
            try:
                part = self.body_reader(self.buf)
            except h11.ProtocolError:
                yield from self._broken()
                return
            if part is None:
                break
            if isinstance(part, h11.EndOfMessage):
                yield from self._proxy.receive(RequestEndOfMessage(self.stream_id))
                yield from self.mark_done(request=True)
            elif part.data:
                self._client.pulse.received += len(part.data)
                yield from self._proxy.receive(RequestData(self.stream_id, bytes(part.data)))
        if self.state == self.read_body and len(self.buf) > self._limits.line_bytes:
            yield from self._broken()

    def _broken(self, code: ErrorCode = ErrorCode.GENERIC_CLIENT_ERROR) -> Commands:
        self.state = self.done
        yield from self._proxy.receive(
            RequestProtocolError(self.stream_id, "no more of this request", code)
        )

    @override
    def wait(self, event: events.Event) -> Commands:
        """Wait for the answer; what the client already asks next is kept within bounds."""
        too_much = len(self.buf) > self._limits.pipelined_bytes
        if too_much or isinstance(event, events.ConnectionClosed):
            yield from self._gone()

    def _gone(self) -> Commands:
        yield commands.CloseConnection(self.conn)
        yield from self._broken(ErrorCode.CLIENT_DISCONNECTED)

    # --- answers -----------------------------------------------------------------------------

    @override
    def send(self, event: HttpEvent) -> Commands:
        match event:
            case AnswerHeaders():
                self._last = event.status != SWITCHING and (event.close or self._must_close())
                is_http11 = self._asked is not None and self._asked.version == HTTP11
                self._out = AnswerWriter(event, is_http11=is_http11, last=self._last)
                yield self._sent(self._out.head)
            case ResponseData():
                yield self._sent(self._out.part(event.data))
            case ResponseEndOfMessage():
                if self._out.rest:
                    yield self._sent(self._out.rest)
                yield from self.mark_done(response=True)
            case _:
                raise PlaneError(f"a client is never sent {type(event).__name__}")

    def _sent(self, data: bytes) -> commands.SendData:
        return commands.SendData(self.conn, data)

    def _must_close(self) -> bool:
        asked = self._asked
        return (
            asked is None
            or asked.version != HTTP11
            or self._requests >= self._limits.requests_per_connection
            or self._client.plane.draining
            or asks_to_close(asked.headers)
        )

    @override
    def mark_done(self, *, request: bool = False, response: bool = False) -> Commands:
        self.request_done = self.request_done or request
        self.response_done = self.response_done or response
        if not self.response_done:
            self.state = self.wait
        elif self.request_done:
            yield from self._turn()
        elif self._last:
            yield from self._linger()
        else:
            self._client.enter(Phase.BODY)  # the rest of a body that nobody wants

    def close_after(self) -> None:
        """Make the answer that is being sent the connection's last."""
        self._last = True

    def _turn(self) -> Commands:
        if self._last and self.buf:
            yield from self._linger()
        elif self._last:
            self.state = self.done
            self._client.enter(Phase.LINGER)
            yield commands.CloseConnection(self.conn)
        else:
            self.request_done = self.response_done = False
            self._asked = None
            self.stream_id += 2
            self.state = self.read_headers
            self.reads_on = bool(self.buf)
            self._client.enter(Phase.IDLE)

    def _linger(self) -> Commands:
        """Close this side and discard what the client still sends, for it to read the answer."""
        self.state = self._discard
        self.buf = HeadBuffer()
        self._client.enter(Phase.LINGER)
        yield commands.CloseTcpConnection(self.conn, half_close=True)

    def _discard(self, event: events.Event) -> Commands:
        self._discarded += len(self.buf)
        self.buf = HeadBuffer()
        if isinstance(event, events.ConnectionClosed):
            self.state = self.done
            yield commands.CloseConnection(self.conn)
        elif self._discarded > self._limits.discarded_bytes:
            self._client.may_read.clear()  # to close now would take the answer from the client

    def _refuse(self, reason: Reason, status: int) -> Commands:
        respond = self._client.plane.guard.failed(reason, status, html=False, close=True)
        yield self._sent(whole_answer(respond))
        yield from self._linger()

    def expired(self, expiry: Expiry) -> Commands:
        """Answer a request whose head does not come; say nothing to who asked nothing."""
        if self.buf and self.state == self.read_headers:
            yield from self._refuse(expiry.reason, expiry.status)
        else:
            yield commands.CloseConnection(self.conn)

    @property
    def is_between(self) -> bool:
        """Whether no request is under way."""
        return self.state == self.read_headers and not self.buf

    def relay(self) -> None:
        """Become a tunnel: bytes are no HTTP any more."""
        self.state = self.passthrough

    @override
    def passthrough(self, event: events.Event) -> Commands:
        if isinstance(event, events.DataReceived):
            yield from self._proxy.receive(RequestData(self.stream_id, event.data))
        else:
            yield from self._proxy.receive(RequestEndOfMessage(self.stream_id))
