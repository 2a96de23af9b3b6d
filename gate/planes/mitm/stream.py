"""One exchange: a request, the enforcer's answer to it, and what follows from that.

INVARIANT: bytes of the client go upstream only after `Guard.passage` gave a Passage for this very
request. A refusal goes out at once, whether or not its body ever comes.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, override

from mitmproxy.proxy import commands, events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layer import CommandGenerator, Layer
from mitmproxy.proxy.layers.http._events import (
    ErrorCode,
    RequestData,
    RequestEndOfMessage,
    RequestProtocolError,
    ResponseData,
    ResponseEndOfMessage,
    ResponseProtocolError,
)

from gate.core.decision import Reason
from gate.core.headers import values
from gate.planes.mitm.answers import BODILESS, CONTINUE, answer_headers, phrase
from gate.planes.mitm.framing import unframed
from gate.planes.mitm.guard import Passage
from gate.planes.mitm.phases import Answered, Phase
from gate.planes.mitm.relay import SWITCHING, permitted_switch
from gate.planes.mitm.upstream_side import UpstreamSide, failure
from gate.planes.mitm.wire import (
    NOTHING_ASKED,
    AnswerHeaders,
    AskedHeaders,
    Expired,
    FetchPage,
    PermittedHeaders,
)
from gate.service.answer import Respond

if TYPE_CHECKING:
    from gate.planes.mitm.layers import ProxyLayer

type Commands = CommandGenerator[None]
EVENTS: Final = b"text/event-stream"


class Stream(Layer):
    """One exchange of a client connection."""

    def __init__(self, context: Context, stream_id: int, proxy: ProxyLayer) -> None:
        """Take an exchange before its request head."""
        super().__init__(context)
        self.stream_id = stream_id
        self.is_endless = False  # a stream of events, which clients take up again by themselves
        self._proxy = proxy
        self._client = proxy.client
        self._guard = proxy.client.plane.guard
        self._upstream = UpstreamSide(stream_id, proxy)
        self._passage: Passage | None = None
        self._asked = NOTHING_ASKED
        self._answered = Answered.NO
        self._all_received = False
        self._received = 0  # bytes of the body

    @override
    def _handle_event(self, event: events.Event) -> Commands:
        return _TAKEN_BY[type(event)](self, event)

    # --- the request -------------------------------------------------------------------------

    def _take_head(self, asked: AskedHeaders) -> Commands:
        self._asked = asked
        match self._guard.passage(asked.wire(self._client.caller), asked.framing):
            case Passage() as passage:
                yield from self._pass(passage)
            case Respond() as respond:
                yield from self._refuse(respond)
            case None:
                yield from self._fail(Reason.GATE_UNAVAILABLE, 503)

    def _pass(self, passage: Passage) -> Commands:
        self._passage = passage
        if passage.admits_body(self._asked.framing.length):
            if passage.forward is not None:
                exchange = passage.forward.exchange
                self._client.plane.exchanges.add(self, exchange, self._client.now())
            yield from self._send_request(passage)
        else:
            yield from self._fail(Reason.TOO_LARGE, 413)

    def _send_request(self, passage: Passage) -> Commands:
        error = yield from self._upstream.open(passage, with_body=not self._asked.end_stream)
        if error:
            yield from self._fail(*failure(passage, error))
            return
        if self._asked.expects_continue:
            yield commands.SendData(self.context.client, CONTINUE)
        ends = self._asked.end_stream
        self._client.pulse.response_timeout = passage.response_timeout
        self._client.enter(Phase.UPSTREAM if ends else Phase.BODY)
        yield from self._upstream.send(PermittedHeaders(self.stream_id, passage.request))
        if self._all_received:
            yield from self._upstream.send(RequestEndOfMessage(self.stream_id))

    def _take_body(self, event: RequestData) -> Commands:
        if not self._upstream.is_open:
            return
        self._received += len(event.data)
        if self._passage is not None and self._passage.admits_body(self._received):
            yield from self._upstream.send(event)
        else:
            yield from self._fail(Reason.TOO_LARGE, 413)

    def _take_end(self, event: RequestEndOfMessage) -> Commands:
        if self._answered is Answered.RELAY:
            yield from self._close_both()
            return
        self._all_received = True
        if self._answered is Answered.NO and self._upstream.is_open:
            self._client.enter(Phase.UPSTREAM)
        yield from self._upstream.send(event)

    def _take_client_error(self, event: RequestProtocolError) -> Commands:
        if event.code is ErrorCode.CLIENT_DISCONNECTED:
            yield from self._upstream.drop()
            self._over()
        elif self._answered is Answered.NO:
            yield from self._fail(Reason.UNCLEAN_REQUEST, 400)
        else:
            self.cut()

    # --- the answer of an upstream -------------------------------------------------------------

    def _take_answer(self, event: AnswerHeaders) -> Commands:
        status, headers = event.status, unframed(event.headers)
        if status == SWITCHING and (
            self._proxy.front.buf or not permitted_switch(self._passage, self._asked, headers)
        ):
            yield from self._fail(Reason.UPSTREAM_DOWN, 502)
            return
        seen = self._guard.response_headers(self._passage, headers, status)
        if seen is None:
            yield from self._fail(Reason.GATE_UNAVAILABLE, 503)
            return
        self._answered = Answered.BEGUN
        self.is_endless = any(v.startswith(EVENTS) for v in values(seen, b"content-type"))
        self._client.enter(Phase.RESPONSE)
        answer = AnswerHeaders(self.stream_id, status, event.reason, seen, event.framing)
        answer.close = status >= HTTPStatus.BAD_REQUEST and not self._all_received
        yield from self._proxy.front.send(answer)
        if status == SWITCHING:
            yield from self._relay()

    def _relay(self) -> Commands:
        self._answered = Answered.RELAY
        self._client.enter(Phase.RELAY)
        self._proxy.front.relay()
        if said := self._upstream.relay():
            yield from self._take_answer_part(ResponseData(self.stream_id, said))

    def _take_answer_part(self, event: ResponseData | ResponseEndOfMessage) -> Commands:
        yield from self._proxy.front.send(event)

    def _take_answer_end(self, _event: ResponseEndOfMessage) -> Commands:
        if self._answered is Answered.RELAY:
            yield from self._close_both()
            return
        self._upstream.leave()
        if not self._all_received:
            self._proxy.front.close_after()
        yield from self._finish()

    def _take_upstream_error(self, event: ResponseProtocolError) -> Commands:
        self._upstream.leave()
        if self._answered is not Answered.NO:
            self.cut()
        elif self._upstream.may_retry and self._passage and self._asked.end_stream:
            yield from self._send_request(self._passage)
        else:
            yield from self._fail(*failure(self._passage, event.message))

    def _take_expiry(self, event: Expired) -> Commands:
        if self._answered is Answered.NO:
            late = not self._all_received
            yield from self._fail(event.expiry.reason, event.expiry.status, close=late)
        else:
            self.cut()

    # --- answers of the gate -------------------------------------------------------------------

    def _fail(self, reason: Reason, status: int, *, close: bool = False) -> Commands:
        yield from self._upstream.drop()
        respond = self._guard.failed(reason, status, html=self._asked.wants_page, close=close)
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
        in_step = self._all_received or self._asked.is_cheap_to_discard
        status, headers = respond.status, answer_headers(respond, body)
        answer = AnswerHeaders(self.stream_id, status, phrase(status), headers)
        answer.close = respond.close or not in_step
        yield from self._proxy.front.send(answer)
        if body and not self._asked.is_head and status not in BODILESS:
            yield from self._take_answer_part(ResponseData(self.stream_id, body))
        yield from self._finish()

    def _finish(self) -> Commands:
        self._answered = Answered.DONE
        self._over()
        yield from self._take_answer_part(ResponseEndOfMessage(self.stream_id))

    def _close_both(self) -> Commands:
        yield from self._upstream.drop()
        self._over()
        yield commands.CloseConnection(self.context.client)

    def _over(self) -> None:
        self._client.plane.exchanges.discard(self)
        self._proxy.ended(self)

    def cut(self) -> None:
        """End the exchange at once, on both sides."""
        self._over()
        self._client.cut()


# What each event means to an exchange; any other is a bug, and ends the connection.
_TAKEN_BY: Final[dict[type[events.Event], Callable[[Stream, Any], Commands]]] = {
    AskedHeaders: Stream._take_head,  # noqa: SLF001 - the class's own table
    RequestData: Stream._take_body,  # noqa: SLF001 - as above
    RequestEndOfMessage: Stream._take_end,  # noqa: SLF001 - as above
    RequestProtocolError: Stream._take_client_error,  # noqa: SLF001 - as above
    AnswerHeaders: Stream._take_answer,  # noqa: SLF001 - as above
    ResponseData: Stream._take_answer_part,  # noqa: SLF001 - as above
    ResponseEndOfMessage: Stream._take_answer_end,  # noqa: SLF001 - as above
    ResponseProtocolError: Stream._take_upstream_error,  # noqa: SLF001 - as above
    Expired: Stream._take_expiry,  # noqa: SLF001 - as above
}
