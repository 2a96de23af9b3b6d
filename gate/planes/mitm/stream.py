"""One exchange: a request, the enforcer's answer to it, and what follows from that.

INVARIANT: bytes of the client go upstream only after `Guard.passage` gave a Passage for this very
request. A refusal goes out at once, whether or not its body ever comes.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, override

from mitmproxy.connection import Server
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layer import CommandGenerator, Layer
from mitmproxy.proxy.layers.http import SendHttp
from mitmproxy.proxy.layers.http._events import (
    ErrorCode,
    RequestData,
    RequestEndOfMessage,
    RequestHeaders,
    RequestProtocolError,
    ResponseData,
    ResponseEndOfMessage,
    ResponseProtocolError,
)

from gate.core.decision import Reason
from gate.core.front_door import WireRequest
from gate.core.headers import Headers, values
from gate.planes.mitm.answers import BODILESS, CONTINUE, answer_headers, response_of
from gate.planes.mitm.back import SWITCHING, Back
from gate.planes.mitm.framing import unframed
from gate.planes.mitm.guard import Passage
from gate.planes.mitm.phases import Phase
from gate.planes.mitm.relay import switches_to_websocket
from gate.planes.mitm.wire import (
    NOTHING_ASKED,
    TIMED_OUT,
    AnswerHeaders,
    AskedHeaders,
    Expired,
    FetchPage,
    OpenUpstream,
)
from gate.service.answer import Respond

if TYPE_CHECKING:
    from gate.planes.mitm.layers import ProxyLayer

type Commands = CommandGenerator[None]

EVENTS: Final = b"text/event-stream"
REPEATABLE: Final = frozenset({b"GET", b"HEAD"})


class Answered(Enum):
    """How far the answer is."""

    NO = "no"
    BEGUN = "begun"
    DONE = "done"
    RELAY = "relay"


class Stream(Layer):
    """One exchange of a client connection."""

    def __init__(self, context: Context, stream_id: int, proxy: ProxyLayer) -> None:
        """Take an exchange before its request head."""
        super().__init__(context)
        self.stream_id = stream_id
        self.passage: Passage | None = None
        self._proxy = proxy
        self._client = proxy.client
        self._guard = proxy.client.plane.guard
        self._asked = NOTHING_ASKED
        self._back: Back | None = None
        self._answered = Answered.NO
        self._all_received = False
        self._received = 0
        self._may_retry = False
        self._endless = False

    @override
    def _handle_event(self, event: events.Event) -> Commands:
        match event:
            case AskedHeaders():
                return self._begin(event)
            case AnswerHeaders():
                return self._take_answer(event)
            case ResponseData():
                return self._to_client(event)
            case RequestEndOfMessage():
                return self._all_asked(event)
            case ResponseEndOfMessage():
                return self._all_answered()
            case RequestData():
                return self._take_body(event)
            case RequestProtocolError():
                return self._client_failed(event)
            case ResponseProtocolError():
                return self._upstream_failed()
            case Expired(expiry=expiry) if self._answered is Answered.NO:
                return self._fail(expiry.reason, expiry.status)
            case _:
                return self._cut()

    # --- the request -------------------------------------------------------------------------

    def _begin(self, asked: AskedHeaders) -> Commands:
        self._asked = asked
        request = asked.request.data
        answer = self._guard.passage(
            WireRequest(
                method=request.method,
                target=asked.target,
                version=request.http_version,
                headers=request.headers.fields,
                peer=self._client.peer,
            ),
            asked.framing,
        )
        match answer:
            case Passage():
                yield from self._forward(answer, asked)
            case Respond():
                yield from self._refuse(answer)
            case None:
                yield from self._fail(Reason.GATE_UNAVAILABLE, 503)

    def _forward(self, passage: Passage, asked: AskedHeaders) -> Commands:
        self.passage = passage
        if passage.most_body is not None and asked.framing.length > passage.most_body:
            yield from self._fail(Reason.TOO_LARGE, 413)
            return
        if passage.forward is not None:
            self._client.plane.exchanges.add(self, passage.forward.exchange, self._client.now())
        if (yield from self._connected(passage)):
            if asked.expects_continue:
                yield commands.SendData(self.context.client, CONTINUE)
            yield from self._send_request(passage)

    def _connected(self, passage: Passage) -> CommandGenerator[bool]:
        """Give whether there is a connection; if not, the client was told."""
        repeatable = passage.request.data.method in REPEATABLE
        back = self._proxy.take_idle(passage.upstream)
        if back is not None and not repeatable:
            yield from self._drop(back)
            back = None
        self._may_retry = back is not None
        if back is None:
            back = yield from self._opened(passage)
        self._back = back
        return back is not None

    def _opened(self, passage: Passage) -> CommandGenerator[Back | None]:
        upstream = passage.upstream
        server = Server(address=(upstream.host, upstream.port))
        self._client.enter(Phase.CONNECTING)
        seconds = passage.connect_timeout.total_seconds()
        error = yield OpenUpstream(server, upstream, seconds)
        if not error:
            return self._proxy.adopt(server, upstream)
        self._proxy.abandon(server)
        if passage.forward is None:
            yield from self._fail(Reason.GATE_UNAVAILABLE, 503)
        elif error == TIMED_OUT:
            yield from self._fail(Reason.UPSTREAM_SILENT, 504)
        else:
            yield from self._fail(Reason.UPSTREAM_DOWN, 502)
        return None

    def _send_request(self, passage: Passage) -> Commands:
        self._client.pulse.response_timeout = passage.response_timeout
        self._client.enter(Phase.UPSTREAM if self._asked.end_stream else Phase.BODY)
        yield from self._to_upstream(RequestHeaders(self.stream_id, passage.request, False))
        if self._all_received:
            yield from self._to_upstream(RequestEndOfMessage(self.stream_id))

    def _take_body(self, event: RequestData) -> Commands:
        if self._back is None or self.passage is None:
            return
        self._received += len(event.data)
        most = self.passage.most_body
        if most is not None and self._received > most:
            yield from self._fail(Reason.TOO_LARGE, 413)
        else:
            yield from self._to_upstream(event)

    def _all_asked(self, event: RequestEndOfMessage) -> Commands:
        if self._answered is Answered.RELAY:
            yield from self._close_both()
            return
        self._all_received = True
        if self._answered is Answered.NO and self._back is not None:
            self._client.enter(Phase.UPSTREAM)
        yield from self._to_upstream(event)

    def _client_failed(self, event: RequestProtocolError) -> Commands:
        if event.code is ErrorCode.CLIENT_DISCONNECTED:
            yield from self._drop(self._back)
            self._over()
        elif self._answered is Answered.NO:
            yield from self._fail(Reason.UNCLEAN_REQUEST, 400)
        else:
            yield from self._cut()

    # --- the answer of an upstream -------------------------------------------------------------

    def _take_answer(self, event: AnswerHeaders) -> Commands:
        status = event.response.status_code
        passage = self.passage
        fields = event.response.data.headers.fields
        if status == SWITCHING and not self._may_switch(fields):
            yield from self._fail(Reason.UPSTREAM_DOWN, 502)
            return
        seen = passage and self._guard.response_headers(passage, unframed(fields), status)
        if seen is None:
            yield from self._fail(Reason.GATE_UNAVAILABLE, 503)
            return
        response = response_of(status, seen, event.response.data.reason)
        self._answered = Answered.BEGUN
        self._endless = any(v.startswith(EVENTS) for v in values(seen, b"content-type"))
        self._client.enter(Phase.RESPONSE)
        answer = AnswerHeaders(self.stream_id, response, framing=event.framing)
        yield SendHttp(answer, self.context.client)
        if status == SWITCHING:
            yield from self._relay()

    def _may_switch(self, fields: Headers) -> bool:
        forward = self.passage.forward if self.passage else None
        return (
            forward is not None
            and forward.websocket
            and self._asked.end_stream
            and not self._proxy.front.buf  # nothing was sent before it was accepted
            and switches_to_websocket(self._asked.headers, fields)
        )

    def _relay(self) -> Commands:
        if self._back is None:
            return
        self._answered = Answered.RELAY
        self._client.enter(Phase.RELAY)
        self._proxy.front.relay()
        said = self._back.relay()
        if said:
            yield from self._to_client(ResponseData(self.stream_id, said))

    def _all_answered(self) -> Commands:
        if self._answered is Answered.RELAY:
            yield from self._close_both()
            return
        self._back = None
        if not self._all_received:
            self._proxy.front.close_after()
        yield from self._finish()

    def _upstream_failed(self) -> Commands:
        self._back = None
        if self._answered is not Answered.NO:
            yield from self._cut()
        elif self._may_retry and self.passage is not None and self._asked.end_stream:
            if (yield from self._connected(self.passage)):
                yield from self._send_request(self.passage)
        elif self.passage is None or self.passage.forward is None:
            yield from self._fail(Reason.GATE_UNAVAILABLE, 503)
        else:
            yield from self._fail(Reason.UPSTREAM_DOWN, 502)

    # --- answers of the gate -------------------------------------------------------------------

    def _fail(self, reason: Reason, status: int) -> Commands:
        yield from self._drop(self._back)
        respond = self._guard.failed(reason, status, html=self._asked.wants_page)
        yield from self._respond(respond, respond.body)

    def _refuse(self, respond: Respond) -> Commands:
        page: bytes | None = None
        if respond.personal is not None and not self._asked.is_head:
            self._client.enter(Phase.CONNECTING)
            page = yield FetchPage(respond.personal_headers)
        yield from self._respond(respond, page or respond.body)

    def _respond(self, respond: Respond, body: bytes) -> Commands:
        self._answered = Answered.BEGUN
        self._client.enter(Phase.RESPONSE)
        yield SendHttp(
            AnswerHeaders(
                self.stream_id,
                response_of(respond.status, answer_headers(respond, body)),
                close=respond.close or not (self._all_received or self._asked.is_cheap_to_discard),
            ),
            self.context.client,
        )
        if body and not self._asked.is_head and respond.status not in BODILESS:
            yield from self._to_client(ResponseData(self.stream_id, body))
        yield from self._finish()

    def _finish(self) -> Commands:
        self._answered = Answered.DONE
        self._over()
        yield from self._to_client(ResponseEndOfMessage(self.stream_id))

    # --- the two sides -------------------------------------------------------------------------

    def _to_client(self, event: ResponseData | ResponseEndOfMessage) -> Commands:
        yield SendHttp(event, self.context.client)

    def _to_upstream(self, event: RequestHeaders | RequestData | RequestEndOfMessage) -> Commands:
        if self._back is not None:
            yield SendHttp(event, self._back.conn)

    def _drop(self, back: Back | None) -> Commands:
        if back is self._back:
            self._back = None
        if back is not None:
            gone = RequestProtocolError(self.stream_id, "not wanted", ErrorCode.CANCEL)
            yield SendHttp(gone, back.conn)

    def _close_both(self) -> Commands:
        yield from self._drop(self._back)
        self._over()
        yield commands.CloseConnection(self.context.client)

    def _over(self) -> None:
        self._client.plane.exchanges.discard(self)
        self._proxy.ended(self)

    def cut(self) -> None:
        """End the exchange at once, on both sides."""
        self._over()
        self._client.cut()

    @property
    def is_endless(self) -> bool:
        """Whether the answer is a stream of events, which clients take up again by themselves."""
        return self._endless

    def _cut(self) -> Commands:
        self.cut()
        yield from ()
