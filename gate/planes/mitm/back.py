"""HTTP/1.1 towards upstreams: mitmproxy's codec, made strict and bounded.

Beyond mitmproxy: nothing but a permitted request is ever sent, 1xx answers are skipped, heads are
bounded, trailers are dropped, and a connection is used again only when both sides are done and
not a byte is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, override

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
    ResponseProtocolError,
)
from mitmproxy.proxy.layers.http._http1 import Http1Client, make_body_reader

from gate.core.errors import PlaneError
from gate.core.headers import values
from gate.core.policy import Upstream
from gate.planes.mitm.guard import PermittedRequest
from gate.planes.mitm.heads import HeadBuffer
from gate.planes.mitm.relay import SWITCHING
from gate.planes.mitm.response_heads import read_response_head
from gate.planes.mitm.wire import AnswerHeaders, PermittedHeaders

if TYPE_CHECKING:
    from gate.planes.mitm.layers import ProxyLayer

type Commands = CommandGenerator[None]

TOO_LONG: Final = "head of the answer is too long"
MOST_INTERIM: Final = 100  # 1xx answers before the real one


class Back(Http1Client):
    """The codec of one upstream connection; one request at a time."""

    buf: HeadBuffer  # type: ignore[mutable-override]  # never anything else

    def __init__(self, context: Context, upstream: Upstream, proxy: ProxyLayer) -> None:
        """Take an open connection."""
        super().__init__(context)
        self.buf = HeadBuffer()
        self.upstream = upstream
        self.state = self._rest
        self._proxy = proxy
        self._limits = proxy.client.plane.settings.limits
        self._chunks = False
        self._keeps = False
        self._interim = 0
        self._asked: PermittedRequest | None = None

    @override
    def handle_event(self, event: events.Event) -> Commands:
        """Take what the upstream sent; a codec never waits for a command."""
        if isinstance(event, events.DataReceived) and self.state != self.passthrough:
            self.buf.take(event.data)
        return self.state(event)

    # --- requests ----------------------------------------------------------------------------

    @override
    def send(self, event: HttpEvent) -> Commands:
        match event:
            case PermittedHeaders(request=PermittedRequest() as request):
                self._begin(event.stream_id, request)
                yield self._sent(request.head())
            case RequestData() if self._chunks:
                yield self._sent(b"%x\r\n%s\r\n" % (len(event.data), event.data))
            case RequestData():
                yield self._sent(event.data)
            case RequestEndOfMessage():
                if self._chunks:
                    yield self._sent(b"0\r\n\r\n")
                yield from self.mark_done(request=True)
            case RequestProtocolError():
                yield from self._end()
            case _:
                raise PlaneError("only permitted requests go upstream")

    def _begin(self, stream_id: int, request: PermittedRequest) -> None:
        self.stream_id = stream_id
        self._asked = request
        self.request_done = self.response_done = self._keeps = False
        self._chunks = bool(values(request.headers, b"transfer-encoding"))
        self._interim = 0
        self.state = self.read_headers

    def _sent(self, data: bytes) -> commands.SendData:
        return commands.SendData(self.conn, data)

    # --- answers -----------------------------------------------------------------------------

    @override
    def read_headers(self, event: events.ConnectionEvent) -> Commands:
        if isinstance(event, events.ConnectionClosed):
            yield from self._fail("upstream closed the connection")
            return
        while self.state == self.read_headers:
            before = len(self.buf)
            head = self.buf.take_response_head()
            if head is None:
                break
            if before - len(self.buf) > self._limits.head_bytes:
                yield from self._fail(TOO_LONG)
            else:
                yield from self._head(head)
        if self.state == self.read_headers and len(self.buf) > self._limits.head_bytes:
            yield from self._fail(TOO_LONG)
        elif self.state == self.read_body:
            yield from self.read_body(event)

    def _head(self, head: bytes) -> Commands:
        answer = self._answer(head)
        if answer is None:
            yield from self._fail("head of the answer can't be read")
            return
        if answer.status < 200 and answer.status != SWITCHING:  # noqa: PLR2004 - RFC 9110 section 15.2
            self._interim += 1
            if self._interim > MOST_INTERIM:
                yield from self._fail("too many interim answers")
            return
        self.state = self.read_body
        yield from self._proxy.receive(answer)

    def _answer(self, head: bytes) -> AnswerHeaders | None:
        if self._asked is None or self.stream_id is None:
            return None
        said = read_response_head(head, self._asked.method)
        if said is None:
            return None
        self._keeps = said.stays
        self.body_reader = make_body_reader(said.size)
        return AnswerHeaders(self.stream_id, said.status, said.reason, said.headers, said.framing)

    @override
    def read_body(self, event: events.Event) -> Commands:
        closed = isinstance(event, events.ConnectionClosed)
        while self.state == self.read_body and self.stream_id is not None:
            try:
                part = self._part(closed=closed)
            except h11.ProtocolError:
                yield from self._fail("body of the answer is cut off or can't be read")
                return
            if part is None:
                break
            if isinstance(part, h11.EndOfMessage):
                stream_id = self.stream_id
                yield from self.mark_done(response=True)
                yield from self._proxy.receive(ResponseEndOfMessage(stream_id))
            elif part.data:
                yield from self._proxy.receive(ResponseData(self.stream_id, bytes(part.data)))
        if self.state == self.read_body and len(self.buf) > self._limits.line_bytes:
            yield from self._fail("body of the answer can't be read")

    def _part(self, *, closed: bool) -> h11.Data | h11.EndOfMessage | None:
        if not closed:
            return self.body_reader(self.buf)
        if self.conn.error:
            raise h11.RemoteProtocolError(self.conn.error)
        return self.body_reader.read_eof()

    # --- the connection ----------------------------------------------------------------------

    @override
    def mark_done(self, *, request: bool = False, response: bool = False) -> Commands:
        self.request_done = self.request_done or request
        self.response_done = self.response_done or response
        if not self.response_done:
            return
        if self.request_done and self._keeps and not self.buf:
            self._asked = None
            self.state = self._rest
            self._proxy.keep(self)
        else:
            yield from self._end()

    def _rest(self, event: events.Event) -> Commands:
        """Wait for the next request; whatever the upstream says before that ends it."""
        yield from self._end()

    def _fail(self, why: str) -> Commands:
        stream_id = self.stream_id
        yield from self._end()
        if stream_id is not None:
            code = ErrorCode.GENERIC_SERVER_ERROR
            yield from self._proxy.receive(ResponseProtocolError(stream_id, why, code))

    def _end(self) -> Commands:
        self.state = self.done
        self._proxy.forget(self)
        yield commands.CloseConnection(self.conn)

    def relay(self) -> bytes:
        """Become a tunnel; give what the upstream already said in it."""
        self.state = self.passthrough
        self._chunks = False
        return bytes(self.buf.maybe_extract_at_most(len(self.buf)) or b"")

    @override
    def passthrough(self, event: events.Event) -> Commands:
        if self.stream_id is None:
            return
        if isinstance(event, events.DataReceived):
            yield from self._proxy.receive(ResponseData(self.stream_id, event.data))
        else:
            yield from self._proxy.receive(ResponseEndOfMessage(self.stream_id))
