"""HTTP/1.1 towards upstreams: mitmproxy's codec, made strict and bounded.

Beyond mitmproxy: nothing but a permitted request is ever sent, 1xx answers are skipped, heads are
bounded, trailers are dropped, and a connection is used again only when both sides are done and
not a byte is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, override

import h11
from mitmproxy import http
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
    RequestHeaders,
    RequestProtocolError,
    ResponseData,
    ResponseEndOfMessage,
    ResponseProtocolError,
)
from mitmproxy.proxy.layers.http._http1 import Http1Client, make_body_reader

from gate.core.errors import PlaneError
from gate.core.headers import Headers, values
from gate.core.policy import Upstream
from gate.planes.mitm.framing import framing_of
from gate.planes.mitm.guard import PermittedRequest
from gate.planes.mitm.heads import asks_to_close
from gate.planes.mitm.relay import SWITCHING
from gate.planes.mitm.wire import AnswerHeaders

if TYPE_CHECKING:
    from gate.planes.mitm.layers import ProxyLayer

type Commands = CommandGenerator[None]

STATUSES: Final = range(100, 1000)
CONTROLS: Final = bytes({*range(32), 127} - {9})  # RFC 9112 section 4
TOO_LONG: Final = "head of the answer is too long"
MOST_INTERIM: Final = 100  # 1xx answers before the real one


class Back(Http1Client):
    """The codec of one upstream connection; one request at a time."""

    def __init__(self, context: Context, upstream: Upstream, proxy: ProxyLayer) -> None:
        """Take an open connection."""
        super().__init__(context)
        self.upstream = upstream
        self.state = self._rest
        self._proxy = proxy
        self._limits = proxy.client.plane.settings.limits
        self._chunks = False
        self._keeps = False
        self._interim = 0

    # --- requests ----------------------------------------------------------------------------

    @override
    def send(self, event: HttpEvent) -> Commands:
        match event:
            case RequestHeaders(request=PermittedRequest() as request):
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
        self.request = request
        self.request_done = self.response_done = self._keeps = False
        self._chunks = bool(values(request.data.headers.fields, b"transfer-encoding"))
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
            lines = self.buf.maybe_extract_lines()
            if lines is None:
                break
            if before - len(self.buf) > self._limits.head_bytes:
                yield from self._fail(TOO_LONG)
            elif lines:
                yield from self._head([bytes(line) for line in lines])
        if self.state == self.read_headers and len(self.buf) > self._limits.head_bytes:
            yield from self._fail(TOO_LONG)
        elif self.state == self.read_body:
            yield from self.read_body(event)

    def _head(self, lines: list[bytes]) -> Commands:
        answer = self._answer(lines)
        if answer is None:
            yield from self._fail("head of the answer can't be read")
            return
        if answer.status < 200 and answer.status != SWITCHING:  # noqa: PLR2004 - RFC 9110 section 15.2
            self._interim += 1
            if self._interim > MOST_INTERIM:
                yield from self._fail("too many interim answers")
            return
        self.state = self.read_body
        yield ReceiveHttp(answer)

    def _answer(self, lines: list[bytes]) -> AnswerHeaders | None:
        request = self.request
        if request is None or self.stream_id is None:
            return None
        try:
            response = http1.read_response_head(lines)
            validate_headers(response)
            size = http1.expected_http_body_size(request, response)
        except ValueError:
            return None
        if response.status_code not in STATUSES:
            return None
        headers = _unfolded(response.data.headers.fields)
        self._keeps = size != -1 and _stays(response, headers)
        self.body_reader = make_body_reader(size)
        reason = response.data.reason.translate(None, CONTROLS)
        return AnswerHeaders(
            self.stream_id, response.status_code, reason, headers, framing_of(size, headers)
        )

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
                yield ReceiveHttp(ResponseEndOfMessage(stream_id))
            elif part.data:
                yield ReceiveHttp(ResponseData(self.stream_id, bytes(part.data)))
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
            self.request = None
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
            yield ReceiveHttp(ResponseProtocolError(stream_id, why, code))

    def _end(self) -> Commands:
        self.state = self.done
        self._proxy.forget(self)
        yield commands.CloseConnection(self.conn)

    def relay(self) -> bytes:
        """Become a tunnel; give what the upstream already said in it."""
        self.state = self.passthrough
        self._chunks = False
        return bytes(self.buf.maybe_extract_at_most(len(self.buf)) or b"")


def _unfolded(headers: Headers) -> Headers:
    """Give the headers with folded values on one line (RFC 9112 section 5.2)."""
    if not any(b"\n" in value for _, value in headers):
        return headers
    return tuple([(name, value.replace(b"\r\n ", b" ")) for name, value in headers])


def _stays(response: http.Response, headers: Headers) -> bool:
    """Say whether the upstream keeps the connection (RFC 9112 section 9.3)."""
    if asks_to_close(headers):
        return False
    listed = b",".join(values(headers, b"connection")).lower().split(b",")
    return response.is_http11 or b"keep-alive" in {option.strip(b" \t") for option in listed}
