"""Enforcers with a script: they permit, refuse or fail on purpose, behind the real front door.

The plane under test can't tell them from the enforcement service. A path decides where one
enforcer behaves in several ways; `/slow/...` and the like belong to the upstreams.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, override

from gate.core.access import Access
from gate.core.decision import Reason
from gate.core.front_door import Arrival, FrontDoor, Refusal, WireRequest, arrive
from gate.core.handoff import PersonalRefusal
from gate.core.headers import Headers, from_upstream
from gate.core.located import Location
from gate.core.policy import SiteOptions, Upstream
from gate.core.site import Site
from gate.service.answer import Answer, Exchange, Forward, Respond, ToPages

NOW: Final = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
OWN_COOKIES: Final = frozenset({b"__Host-gate"})
DOOR: Final = FrontDoor(own_cookies=OWN_COOKIES)


@dataclass(frozen=True, slots=True)
class OneSite:
    """Every host leads to one site."""

    site: Site

    def site_for(self, host: str) -> Site | None:
        return None if host == "unknown.test" else self.site


def site_to(upstream: Upstream, options: SiteOptions) -> Site:
    at = Location(file="test.yaml", line=1, column=1)
    return Site(
        name="wiki", at=at, hosts=("wiki.test",), upstream=upstream, rules=(), options=options
    )


@dataclass
class Permitting:
    """Permits whatever is clean; pages go to the pages, WebSockets are taken."""

    upstream: Upstream
    options: SiteOptions
    revoked: Path  # once this file exists, nothing is permitted any more
    asked: int = 0
    watched: bool = False
    count: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.sites = OneSite(site_to(self.upstream, self.options))

    def answer(self, wire: WireRequest) -> Answer:
        arrival = arrive(wire, self.sites, DOOR)
        if isinstance(arrival, Refusal):
            return self.failed(arrival.reason, arrival.status, html=False, close=True)
        if arrival.pages:
            return ToPages(headers=(*arrival.clean, (b"x-gate-handoff", b"secret")), request="p-1")
        return self.clean(arrival)

    def clean(self, arrival: Arrival[Site]) -> Answer:
        if self.revoked.exists():
            return self.failed(Reason.SESSION_ENDED, 401, html=False)
        return self.forward(arrival)

    def forward(self, arrival: Arrival[Site]) -> Forward:
        site = arrival.site
        if site is None:
            raise LookupError("no site")
        access = Access(
            site=site, method=arrival.method, target=arrival.target, client=arrival.client, now=NOW
        )
        exchange = Exchange(
            request=f"f-{next(self.count)}",
            host=arrival.host,
            access=access,
            session=None,
            policy_number=1,
            epoch=1,
            granted_until=None,
            opened_at=NOW,
        )
        return Forward(
            upstream=site.upstream,
            headers=(*arrival.clean, (b"X-Forwarded-For", str(arrival.client).encode())),
            exchange=exchange,
            private=True,
            websocket=arrival.websocket,
        )

    def failed(self, reason: Reason, status: int, *, html: bool, close: bool = False) -> Respond:
        kind = b"text/html" if html else b"application/json"
        body = b'{"error": "%s"}' % reason.value.encode()
        headers = ((b"Content-Type", kind), (b"X-Gate-Reason", reason.value.encode()))
        return Respond(
            status=status, reason=reason, headers=headers, body=body, request="r-1", close=close
        )

    def still_permitted(self, exchange: Exchange) -> bool:
        return not self.revoked.exists()

    def moved(self) -> bool:
        revoked = self.revoked.exists()
        moved, self.watched = revoked != self.watched, revoked
        return moved

    def response_headers(self, forward: Forward, headers: Headers, status: int) -> Headers:
        return from_upstream(
            headers,
            own_cookies=OWN_COOKIES,
            private=forward.private,
            websocket=forward.websocket and status == 101,
        )


class Refusing(Permitting):
    """Permits nothing; below /personal it asks the pages for a better page."""

    @override
    def clean(self, arrival: Arrival[Site]) -> Answer:
        respond = self.failed(Reason.RULE_DENIES, 403, html=True)
        if not arrival.target.path.startswith("/personal"):
            return respond
        personal = PersonalRefusal(status=403, reason="rule_denies", wanted="/personal")
        carried = ((b"x-gate-handoff", b"secret"), (b"x-gate-refusal", b"e30="))
        return replace(respond, personal=personal, personal_headers=carried)


class Raising(Permitting):
    """Fails in every question."""

    @override
    def answer(self, wire: WireRequest) -> Answer:
        raise ZeroDivisionError

    @override
    def failed(self, reason: Reason, status: int, *, html: bool, close: bool = False) -> Respond:
        raise RuntimeError


class Cancelled(Permitting):
    """Is cancelled in the middle of its answer."""

    @override
    def answer(self, wire: WireRequest) -> Answer:
        raise asyncio.CancelledError


class Garbage(Permitting):
    """Answers with what is no answer."""

    @override
    def answer(self, wire: WireRequest) -> Answer:
        kinds: tuple[object, ...] = (None, True, "permit", b"", object(), Forward, 200, ("ok",))
        self.asked += 1
        return kinds[self.asked % len(kinds)]  # type: ignore[return-value]  # it is garbage on purpose


class HalfForward(Permitting):
    """Answers with a Forward whose parts are missing."""

    @override
    def forward(self, arrival: Arrival[Site]) -> Forward:
        return replace(super().forward(arrival), headers=None)  # type: ignore[arg-type]  # on purpose


class Hanging(Permitting):
    """Takes longer than any client waits."""

    @override
    def answer(self, wire: WireRequest) -> Answer:
        time.sleep(3600)
        raise TimeoutError


class Slow(Permitting):
    """Takes its time, then permits."""

    @override
    def answer(self, wire: WireRequest) -> Answer:
        time.sleep(0.05)
        return super().answer(wire)


class BlindToHeaders(Permitting):
    """Fails when it is asked about the headers of an answer."""

    @override
    def response_headers(self, forward: Forward, headers: Headers, status: int) -> Headers:
        raise ValueError


class BlindToStreams(Permitting):
    """Fails when open exchanges are decided again, once told to."""

    @override
    def still_permitted(self, exchange: Exchange) -> bool:
        if self.revoked.exists():
            raise OSError
        return True


class DeafToChange(BlindToStreams):
    """Can't say whether anything moved, once told to."""

    @override
    def moved(self) -> bool:
        if self.revoked.exists():
            raise OSError
        return False


class ShortLived(Permitting):
    """Permits for half a second."""

    @override
    def forward(self, arrival: Arrival[Site]) -> Forward:
        forward = super().forward(arrival)
        until = NOW + timedelta(seconds=0.5)
        return replace(forward, exchange=replace(forward.exchange, granted_until=until))

    @override
    def still_permitted(self, exchange: Exchange) -> bool:
        return False

    @override
    def moved(self) -> bool:
        return False


class Telling(Permitting):
    """Tells who calls instead of forwarding: `address|secure|server name`."""

    @override
    def answer(self, wire: WireRequest) -> Answer:
        answer = super().answer(wire)
        if not isinstance(answer, Forward):
            return answer
        told = f"{answer.exchange.access.client}|{wire.secure}|{wire.sni}"
        return replace(self.failed(Reason.PUBLIC, 200, html=True), body=told.encode(), headers=())


ENFORCERS: Final = {
    kind.__name__: kind
    for kind in (
        Permitting,
        Refusing,
        Raising,
        Cancelled,
        Garbage,
        HalfForward,
        Hanging,
        Slow,
        BlindToHeaders,
        BlindToStreams,
        DeafToChange,
        ShortLived,
        Telling,
    )
}
