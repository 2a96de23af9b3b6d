"""HTTP/1.1 towards clients: mitmproxy's codec, made strict and bounded.

Beyond mitmproxy: lines end in CRLF alone, blanks and controls stand where RFC 9112 wants them,
heads and pipelined bytes are bounded, trailers are dropped, every error is a page of the gate's
own, and a body that nobody wants is discarded after the answer instead of before it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, override

import h11
from mitmproxy.net.http import http1
from mitmproxy.net.http.validate import validate_headers
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layer import CommandGenerator
from mitmproxy.proxy.layers.http._base import ReceiveHttp
from mitmproxy.proxy.layers.http._events import (
    ErrorCode,
    HttpEvent,
    RequestData,
    RequestEndOfMessage,
    RequestProtocolError,
    ResponseData,
    ResponseEndOfMessage,
)
from mitmproxy.proxy.layers.http._http1 import Http1Server, ReceiveBuffer, make_body_reader

from gate.core.decision import Reason
from gate.core.errors import PlaneError
from gate.core.headers import values
from gate.planes.mitm.answers import LAST, head_bytes, whole_answer
from gate.planes.mitm.framing import CHUNKED, End, framing_of
from gate.planes.mitm.phases import Expiry, Phase
from gate.planes.mitm.wire import AnswerHeaders, AskedHeaders

if TYPE_CHECKING:
    from gate.planes.mitm.connection import ClientConnection

type Commands = CommandGenerator[None]

# RFC 9112 sections 3 and 5; method, target and field values are judged by the front door.
_LINE: Final = re.compile(rb"([!-~]+) ([!-~\x80-\xff]+) (HTTP/[0-9]\.[0-9])")
_FIELD: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\x00-\x08\x0a-\x1f\x7f]*+")


class Front(Http1Server):
    """The codec of one client connection; requests are taken one at a time, in order."""

    def __init__(self, context: Context, client: ClientConnection) -> None:
        """Wait for the first request."""
        super().__init__(context)
        self._client = client
        self._limits = client.plane.settings.limits
        self._depth = 0
        self._again = False  # pipelined bytes wait to be read
        self._requests = 0
        self._end = End.NOTHING
        self._last = False
        self._discarded = 0

    @override
    def _handle_event(self, event: events.Event) -> Commands:
        """Take an event; pipelined requests are read in a loop, however many there are."""
        self._depth += 1
        yield from super()._handle_event(event)
        while self._again and self._depth == 1:
            self._again = False
            yield from self.state(events.DataReceived(self.conn, b""))
        self._depth -= 1

    # --- requests ----------------------------------------------------------------------------

    @override
    def read_headers(self, event: events.ConnectionEvent) -> Commands:
        if isinstance(event, events.ConnectionClosed):
            yield commands.CloseConnection(self.conn)
            return
        before = len(self.buf)
        lines = self._head_lines()
        if max(before - len(self.buf), len(self.buf) if lines is None else 0) > (
            self._limits.head_bytes
        ):
            yield from self._refuse(Reason.TOO_LARGE, 431)
        elif lines is None:
            self._note_begin()
        else:
            yield from self._take(lines, event)

    def _head_lines(self) -> list[bytes] | None:
        """Give the lines of a complete head, none of them when some end is not CRLF."""
        while self.buf:
            before = len(self.buf)
            lines = self.buf.maybe_extract_lines()
            if lines is None:
                return None
            taken = before - len(self.buf)
            if sum(map(len, lines)) + 2 * len(lines) + 2 != taken:
                return []
            if lines:  # else an empty line before a request, RFC 9112 section 2.2
                return [bytes(line) for line in lines]
        return None

    def _note_begin(self) -> None:
        if self.buf and self._client.pulse.phase is Phase.IDLE:
            self._client.enter(Phase.HEAD)

    def _take(self, lines: list[bytes], event: events.Event) -> Commands:
        asked = self._asked(lines)
        if asked is None:
            yield from self._refuse(Reason.UNCLEAN_REQUEST, 400)
            return
        self._requests += 1
        self.state = self.read_body
        yield ReceiveHttp(asked)
        if self.state == self.read_body:
            yield from self.read_body(event)

    def _asked(self, lines: list[bytes]) -> AskedHeaders | None:
        line = _LINE.fullmatch(lines[0]) if lines else None
        if line is None or not all(map(_FIELD.fullmatch, lines[1:])):
            return None
        try:
            request = http1.read_request_head(lines)
            validate_headers(request)
            size = http1.expected_http_body_size(request)
        except ValueError:
            return None
        self.request = request
        self.body_reader = make_body_reader(size)
        framing = framing_of(size, request.data.headers.fields)
        return AskedHeaders(self.stream_id, request, size == 0, target=line[2], framing=framing)

    @override
    def read_body(self, event: events.Event) -> Commands:
        if isinstance(event, events.ConnectionClosed):
            yield from self._gone()
            return
        while self.state == self.read_body:
            try:
                part = self.body_reader(self.buf)
            except h11.ProtocolError:
                yield from self._unclean_body()
                return
            if part is None:
                break
            if isinstance(part, h11.EndOfMessage):
                yield ReceiveHttp(RequestEndOfMessage(self.stream_id))
                yield from self.mark_done(request=True)
            elif part.data:
                yield ReceiveHttp(RequestData(self.stream_id, bytes(part.data)))
        if self.state == self.read_body and len(self.buf) > self._limits.line_bytes:
            yield from self._unclean_body()

    def _unclean_body(self) -> Commands:
        self.state = self.done
        code = ErrorCode.GENERIC_CLIENT_ERROR
        yield ReceiveHttp(RequestProtocolError(self.stream_id, "unclean body", code))

    @override
    def wait(self, event: events.Event) -> Commands:
        """Wait for the answer; what the client already asks next is kept within bounds."""
        if isinstance(event, events.ConnectionClosed):
            yield from self._gone()
        elif len(self.buf) > self._limits.pipelined_bytes:
            yield from self._gone()

    def _gone(self) -> Commands:
        yield commands.CloseConnection(self.conn)
        self.state = self.done
        code = ErrorCode.CLIENT_DISCONNECTED
        yield ReceiveHttp(RequestProtocolError(self.stream_id, "client is gone", code))

    # --- answers -----------------------------------------------------------------------------

    @override
    def send(self, event: HttpEvent) -> Commands:
        match event:
            case AnswerHeaders():
                yield from self._send_head(event)
            case ResponseData() if self._end is End.CHUNKS:
                yield self._sent(b"%x\r\n%s\r\n" % (len(event.data), event.data))
            case ResponseData():
                yield self._sent(event.data)
            case ResponseEndOfMessage():
                if self._end is End.CHUNKS:
                    yield self._sent(b"0\r\n\r\n")
                yield from self.mark_done(response=True)
            case _:
                raise PlaneError(f"a client is never sent {type(event).__name__}")

    def _sent(self, data: bytes) -> commands.SendData:
        return commands.SendData(self.conn, data)

    def _send_head(self, event: AnswerHeaders) -> Commands:
        self.response = event.response
        switches = event.response.status_code == 101  # noqa: PLR2004 - RFC 9110 section 15.2.2
        self._end = event.framing.end
        self._last = not switches and (event.close or self._must_close())
        if self._end in {End.CHUNKS, End.CLOSE}:
            understands = self.request is not None and self.request.is_http11
            self._end = End.CHUNKS if understands else End.CLOSE
        headers = event.response.data.headers.fields
        if self._end is End.CHUNKS:
            headers = (*headers, CHUNKED)
        if self._last:
            headers = (*headers, LAST)
        yield self._sent(head_bytes(event.response, headers))

    def _must_close(self) -> bool:
        request = self.request
        return (
            request is None
            or not request.is_http11
            or self._requests >= self._limits.requests_per_connection
            or self._client.plane.draining
            or _asks_to_close(request.data.headers.fields)
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
            self.request = self.response = None
            self.stream_id += 2
            self.state = self.read_headers
            self._again = bool(self.buf)
            self._client.enter(Phase.IDLE)

    def _linger(self) -> Commands:
        """Close this side and discard what the client still sends, for it to read the answer."""
        self.state = self._discard
        self.buf = ReceiveBuffer()
        self._client.enter(Phase.LINGER)
        yield commands.CloseTcpConnection(self.conn, half_close=True)

    def _discard(self, event: events.Event) -> Commands:
        self._discarded += len(self.buf)
        self.buf = ReceiveBuffer()
        gone = isinstance(event, events.ConnectionClosed)
        if gone or self._discarded > self._limits.discarded_bytes:
            self.state = self.done
            yield commands.CloseConnection(self.conn)

    # --- what never became a request -----------------------------------------------------------

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


def _asks_to_close(headers: tuple[tuple[bytes, bytes], ...]) -> bool:
    listed = b",".join(values(headers, b"connection")).lower()
    return any(option.strip(b" \t") == b"close" for option in listed.split(b","))
