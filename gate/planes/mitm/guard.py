"""The guard: the only way from a request to an upstream, and the plane's one broad catch.

INVARIANT: a `Passage` is made here alone, from a `Forward` or a `ToPages` that the enforcer
returned for this very request. Whatever else the enforcer does (raises, returns anything else,
is cancelled) is answered 503.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol

from gate.core.decision import Reason
from gate.core.front_door import WireRequest
from gate.core.headers import Headers
from gate.core.policy import Upstream
from gate.planes.mitm.framing import Framing, framed, without_hops
from gate.planes.mitm.settings import MitmSettings
from gate.service.answer import Answer, Exchange, Forward, Respond, ToPages

logger: Final = logging.getLogger(__name__)

LAST_RESORT: Final = Respond(
    status=503,
    reason=Reason.GATE_UNAVAILABLE,
    headers=((b"Content-Type", b"application/json"), (b"Cache-Control", b"no-store")),
    body=b'{"error": "gate_unavailable"}',
    request="",
    close=True,
)


class Enforcer(Protocol):
    """What the plane asks of the enforcement service; every call may raise, which denies."""

    def answer(self, wire: WireRequest) -> Answer:
        """Give the one answer to a request."""

    def failed(self, reason: Reason, status: int, *, html: bool, close: bool = False) -> Respond:
        """Give the static answer to what failed outside a decision."""

    def still_permitted(self, exchange: Exchange) -> bool:
        """Decide a live exchange again, as of now (G19)."""

    def moved(self) -> bool:
        """Say whether anything that decisions depend on changed since the last call."""

    def response_headers(self, forward: Forward, headers: Headers, status: int) -> Headers:
        """Give what of an upstream's response headers the client may see."""


@dataclass(frozen=True, slots=True)
class PermittedRequest:
    """A request that may go upstream; the codec towards upstreams sends nothing else."""

    method: bytes
    target: bytes
    headers: Headers

    def head(self) -> bytes:
        """Give the bytes of its head."""
        fields = b"".join([b"%s: %s\r\n" % header for header in self.headers])
        return b"%s %s HTTP/1.1\r\n%s\r\n" % (self.method, self.target, fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A permitted request and where it goes; `forward` is None on the way to the pages."""

    request: PermittedRequest
    upstream: Upstream
    forward: Forward | None
    connect_timeout: timedelta
    response_timeout: timedelta
    most_body: int | None = None

    def admits_body(self, size: int) -> bool:
        """Say whether a body of that size may still pass."""
        return self.most_body is None or size <= self.most_body


class Guard:
    """Asks the enforcer and lets nothing of what goes wrong in it become a permit."""

    def __init__(self, enforcer: Enforcer, settings: MitmSettings) -> None:
        """Take the enforcer of this process."""
        self._enforcer = enforcer
        self._settings = settings
        host, port = settings.pages
        self._pages = Upstream(scheme="http", host=host, port=port)

    def passage(self, wire: WireRequest, framing: Framing) -> Passage | Respond | None:
        """Give the way upstream when the enforcer permits, otherwise its answer or None."""
        answer = self._asked(self._passage, wire, framing)
        return answer if isinstance(answer, Passage | Respond) else None

    def failed(self, reason: Reason, status: int, *, html: bool, close: bool = False) -> Respond:
        """Give the gate's own answer to what failed, if need be a bare one."""
        respond = self._asked(self._enforcer.failed, reason, status, html=html, close=close)
        return respond if isinstance(respond, Respond) else LAST_RESORT

    def still_permitted(self, exchange: Exchange) -> bool:
        """Say whether an open exchange may go on; no answer is a no."""
        return self._asked(self._enforcer.still_permitted, exchange) is True

    def moved(self) -> bool:
        """Say whether open exchanges have to be decided again; no answer is a yes."""
        return self._asked(self._enforcer.moved) is not False

    def response_headers(
        self, passage: Passage | None, headers: Headers, status: int
    ) -> Headers | None:
        """Give the headers that the client may see; None when they can't be told."""
        if passage is None:
            return None
        if passage.forward is None:
            return without_hops(headers)
        seen = self._asked(self._enforcer.response_headers, passage.forward, headers, status)
        return seen if isinstance(seen, tuple) else None

    def _passage(self, wire: WireRequest, framing: Framing) -> object:
        answer: object = self._enforcer.answer(wire)  # whatever its type says
        match answer:
            case Forward() as forward:
                options = forward.exchange.access.site.options
                return Passage(
                    request=_request(wire, framed(forward.headers, framing)),
                    upstream=forward.upstream,
                    forward=forward,
                    connect_timeout=options.connect_timeout,
                    response_timeout=options.response_timeout,
                )
            case ToPages(headers=headers):
                return self._to_pages(wire, framed(headers, framing))
            case Respond() as respond:
                return respond
            case _:
                return None

    def _to_pages(self, wire: WireRequest, headers: Headers) -> Passage:
        return Passage(
            request=_request(wire, headers),
            upstream=self._pages,
            forward=None,
            connect_timeout=self._settings.pages_timeout,
            response_timeout=self._settings.limits.pages_response,
            most_body=self._settings.limits.pages_body_bytes,
        )

    def _asked[**P, T](self, ask: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """Give the answer to one question, or None: the plane's one broad catch, it denies."""
        try:
            return ask(*args, **kwargs)
        except (Exception, asyncio.CancelledError):  # whatever it is, it is no permit
            logger.exception("the enforcer failed")
            return None


def _request(wire: WireRequest, headers: Headers) -> PermittedRequest:
    return PermittedRequest(wire.method, wire.target, headers)
