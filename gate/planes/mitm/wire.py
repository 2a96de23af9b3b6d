"""The words between the plane's layers, in mitmproxy's terms of events and commands.

Events go inwards, commands outwards; a blocking command is answered by its completed event.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mitmproxy.connection import Server
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.layers.http._base import HttpEvent

from gate.core.front_door import WireRequest
from gate.core.headers import Headers, values
from gate.core.policy import Upstream
from gate.planes.mitm.caller import Caller
from gate.planes.mitm.framing import NO_BODY, End, Framing
from gate.planes.mitm.guard import PermittedRequest
from gate.planes.mitm.heads import RequestHead
from gate.planes.mitm.phases import Expiry
from gate.service.negotiation import Want, wanted

EXPECTED: Final = b"100-continue"  # RFC 9110 section 10.1.1
SMALL_BODY: Final = 65_536  # bytes


@dataclass
class AskedHeaders(HttpEvent):
    """A request head as it came, and how its body ends."""

    head: RequestHead

    @property
    def headers(self) -> Headers:
        """The headers as they came."""
        return self.head.headers

    @property
    def framing(self) -> Framing:
        """How the body ends."""
        return self.head.framing

    @property
    def end_stream(self) -> bool:
        """Whether there is no body."""
        return self.head.size == 0

    def wire(self, caller: Caller) -> WireRequest:
        """Give the request as the front door wants it."""
        return WireRequest(
            method=self.head.method,
            target=self.head.target,
            version=self.head.version,
            headers=self.head.headers,
            peer=caller.peer,
            secure=caller.secure,
            sni=caller.sni,
        )

    @property
    def is_head(self) -> bool:
        """Whether an answer has no body."""
        return self.head.method == b"HEAD"

    @property
    def expects_continue(self) -> bool:
        """Whether the client waits to hear that its body is wanted."""
        if self.end_stream:
            return False
        return any(value.lower() == EXPECTED for value in values(self.headers, b"expect"))

    @property
    def wants_page(self) -> bool:
        """Whether a person looks at the answer."""
        return wanted(self.headers) is Want.PAGE

    @property
    def is_cheap_to_discard(self) -> bool:
        """Whether reading on to the next request costs less than a new connection."""
        if self.end_stream:
            return True
        short = self.framing.end is End.LENGTH and self.framing.length <= SMALL_BODY
        return short and not self.expects_continue


NOTHING_ASKED: Final = AskedHeaders(0, RequestHead(b"GET", b"/", b"HTTP/1.1", ()))


@dataclass
class PermittedHeaders(HttpEvent):
    """The head of a request that goes upstream."""

    request: PermittedRequest


@dataclass
class AnswerHeaders(HttpEvent):
    """An answer's head; `close` makes it the connection's last."""

    status: int
    reason: bytes
    headers: Headers
    framing: Framing = NO_BODY
    close: bool = False


class Expired(events.Event):
    """The reaper found that the connection waited too long."""

    def __init__(self, expiry: Expiry) -> None:
        """Take what becomes of it."""
        self.expiry = expiry


class OpenUpstream(commands.OpenConnection):
    """Open a connection to a site's upstream, with TLS where the site says so."""

    def __init__(
        self, connection: Server, upstream: Upstream, seconds: float, *, with_body: bool
    ) -> None:
        """Take where to, how long to try, and whether an answer may come before a body's end."""
        super().__init__(connection)
        self.upstream = upstream
        self.seconds = seconds
        self.with_body = with_body


class FetchPage(commands.Command):
    """Ask the pages process for the page that belongs to a refusal."""

    blocking = True  # type: ignore[mutable-override]  # as every blocking command of mitmproxy

    def __init__(self, headers: Headers) -> None:
        """Take the headers that carry the refusal."""
        self.headers = headers


@dataclass(repr=False)
class FetchPageCompleted(events.CommandCompleted):  # type: ignore[no-untyped-call]  # mitmproxy's own registry
    """The page's body, or None when there is none to have."""

    command: FetchPage  # type: ignore[mutable-override]  # as every completed event of mitmproxy
    reply: bytes | None
