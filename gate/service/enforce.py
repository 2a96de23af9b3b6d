"""The policy enforcement point: one request in, one complete answer out, in one direction.

front door -> session look-up -> Access -> decide -> audit -> Answer

Each stage takes the former's value. What can't be decided is not permitted: every exception
leaves this module and the plane answers 503. Only `_forward` makes a `Forward`, and only from a
permit.
"""

from __future__ import annotations

import itertools
import secrets
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from typing import Final

from gate.core import handoff
from gate.core.access import Access
from gate.core.arrival import find_site
from gate.core.decide import access_class, decide
from gate.core.decision import Decision, Obligation, Permit, Reason
from gate.core.front_door import Arrival, Refusal, WireRequest, arrive
from gate.core.handoff import encode_refusal
from gate.core.headers import Headers, cookie_value, forwarded, from_upstream, values
from gate.core.policy import Site
from gate.core.secret_text import Secret
from gate.core.subject import Session
from gate.service import rewriting
from gate.service.answer import Answer, Exchange, Forward, Respond, ToPages
from gate.service.asked import Asked, access_again, access_of, exchange_of
from gate.service.enforcer_parts import EnforcerParts, EnforceSettings, InForce
from gate.service.hand_over import HandOver
from gate.service.lookups import Lookups
from gate.service.negotiation import Want, extends_idle, wanted
from gate.service.permits import PermitKey, Permits
from gate.service.records import decision_record, refusal_record, repeats_record
from gate.service.tokens import token_hash

ACCOUNT: Final = f"{handoff.PREFIX}account/"  # where a host of the pages' own begins
HOUSEKEEPING: Final = timedelta(seconds=10)


class Enforcer:
    """Answers requests for one process; not thread-safe, a plane calls it from one loop."""

    def __init__(self, parts: EnforcerParts, settings: EnforceSettings) -> None:
        """Take the ports and services; nothing is read before the first request."""
        self._store = parts.store
        self._clock = parts.clock
        self._keeper = parts.keeper
        self._audit = parts.audit
        self._identity = parts.identity
        self._responses = parts.responses
        self._settings = settings
        self._desk = HandOver(scheme=settings.scheme, secret=settings.secret)
        self._epoch = -1
        self._watched = (-1, -1)
        self._in_force: InForce | None = None
        self._lookups = Lookups(parts.store.sessions, parts.activity, parts.lifetimes)
        self._permits = Permits()
        self._boot = secrets.token_hex(4)
        self._count = itertools.count(1)
        self._kept_house = parts.clock.monotonic()

    # --- what a plane calls ------------------------------------------------------------------

    def answer(self, wire: WireRequest) -> Answer:
        """Give the one answer to a request; an exception means 503 and nothing else."""
        request = f"{self._boot}-{next(self._count):x}"
        in_force = self._refreshed()
        arrival = arrive(wire, in_force.policy, self._settings.door)
        if isinstance(arrival, Refusal):
            return self._refused(arrival, wire, request)
        if self._settings.is_exposed(wire):
            return self._responses.to_https(arrival, self._settings.port, request)
        if arrival.site is None and arrival.target.raw == b"/":
            return self._responses.redirect(ACCOUNT, Reason.PUBLIC, request)
        site = in_force.policy.pages if arrival.pages or arrival.site is None else arrival.site
        session = self._session(arrival)
        asked = Asked(
            request=request, arrival=arrival, site=site, session=session, now=self._clock.now()
        )
        return self._decided(asked, in_force)

    def failed(self, reason: Reason, status: int, *, html: bool, close: bool = False) -> Respond:
        """Give the static answer to what failed outside a decision, such as an upstream."""
        request = f"{self._boot}-{next(self._count):x}"
        before_http = close and not html  # and so perhaps in the clear
        responses = self._responses.sent(in_the_clear=before_http)
        return responses.plain(status, reason, request, html_page=html, close=close)

    def still_permitted(self, exchange: Exchange) -> bool:
        """Decide a live exchange again, as of now (G19)."""
        in_force = self._refreshed()
        site = find_site(exchange.host, in_force.policy)
        if site is None or site.name != exchange.access.site.name:
            return False
        now = self._clock.now()
        session = self._lookups.find(exchange.session, now) if exchange.session else None
        access = access_again(exchange, site, session, now)
        if isinstance(access, Refusal):
            return False
        decision = decide(in_force.policy, access)
        return isinstance(decision, Permit) and exchange.obligations <= decision.obligations

    def moved(self) -> bool:
        """Say whether anything that decisions depend on changed since the last call."""
        in_force = self._refreshed()
        self._keep_house()
        seen = (self._epoch, in_force.number)
        moved, self._watched = seen != self._watched, seen
        return moved

    def response_headers(self, forward: Forward, headers: Headers, status: int) -> Headers:
        """Give what of an upstream's response headers the client may see."""
        site = forward.exchange.access.site
        public = rewriting.public_origin(self._settings.scheme, forward.exchange.access.headers)
        return from_upstream(
            rewriting.to_client(headers, site, public),
            own_cookies=self._settings.door.own_cookies,
            private=forward.private,
            refuse_keys=self._settings.refuses_keys(site),
            websocket=forward.websocket and status == HTTPStatus.SWITCHING_PROTOCOLS,
        )

    def close(self) -> None:
        """Record what is still counted."""
        self._record_repeats()

    # --- stages ------------------------------------------------------------------------------

    def _refreshed(self) -> InForce:
        """Give the policy in force; drop what the store's epoch made stale (G2)."""
        epoch = self._store.epoch()
        if epoch != self._epoch or self._in_force is None:
            self._record_repeats()
            self._permits.drop()
            self._lookups.forget()
            self._in_force = None
            self._in_force = self._keeper.current()
            self._epoch = epoch
        return self._in_force

    def _refused(self, refusal: Refusal, wire: WireRequest, request: str) -> Respond:
        self._audit.record(refusal_record(refusal, wire, request, self._clock.now()))
        page = wanted(wire.headers) is Want.PAGE
        responses = self._responses.sent(in_the_clear=self._settings.is_exposed(wire))
        return responses.plain(refusal.status, refusal.reason, request, html_page=page, close=True)

    def _session(self, arrival: Arrival[Site]) -> Session | None:
        """Give the session of the cookie, on the host for which it was made (G5)."""
        token = cookie_value(arrival.headers, self._settings.session_cookie)
        if token is None:
            return None
        session = self._lookups.find(token_hash(Secret(token.decode("ascii"))), self._clock.now())
        return session if session is not None and session.host == arrival.host.name else None

    def _decided(self, asked: Asked, in_force: InForce) -> Answer:
        access = access_of(asked)
        key = PermitKey(
            policy=in_force.number,
            settings=self._settings.generation,
            site=asked.site.name,
            session=asked.session.hash if asked.session else None,
            client=asked.arrival.client,
            access_class=access_class(in_force.policy, access),
        )
        monotonic = self._clock.monotonic()
        permit = self._known(key, asked, monotonic)
        if permit is None:
            decision = decide(in_force.policy, access)
            hashing = self._settings.record_key
            record = decision_record(access, decision, asked.request, in_force, hashing)
            self._audit.record(record)
            if not isinstance(decision, Permit):
                return self._not_permitted(decision, asked)
            permit = decision
            self._permits.keep(key, permit, record, (asked.now, monotonic))
        self._note_activity(asked)
        if asked.site is in_force.policy.pages:
            return self._to_pages(asked)
        return self._forward(permit, access, asked, in_force)

    def _known(self, key: PermitKey, asked: Asked, monotonic: timedelta) -> Permit | None:
        """Give a permit that still holds; none of an ended session, or where each is recorded."""
        decided_anew = self._audit.required or asked.session_has_ended
        return None if decided_anew else self._permits.find(key, asked.now, monotonic)

    def _not_permitted(self, decision: Decision, asked: Asked) -> Respond:
        account = asked.session.account.name if asked.session else ""
        respond = self._responses.to_decision(decision, asked.arrival, asked.request, account)
        if respond.personal is None:
            return respond
        carried = (handoff.REFUSAL, encode_refusal(respond.personal))
        return replace(
            respond, personal_headers=(*self._desk.headers(asked.arrival, asked.request), carried)
        )

    def _forward(self, permit: Permit, access: Access, asked: Asked, in_force: InForce) -> Forward:
        arrival, site = asked.arrival, asked.site
        public = rewriting.public_origin(self._settings.scheme, arrival.headers)
        told = self._identity.headers(
            in_force.policy, permit, asked.session, (site.name, self._epoch, asked.now)
        )
        headers = (
            *rewriting.to_upstream(arrival.clean, site, public),
            *forwarded(
                client=arrival.client,
                scheme=self._settings.scheme,
                host=values(arrival.headers, b"host")[0],
                port=arrival.host.port or self._settings.port,
            ),
            *told,
        )
        exchange = exchange_of(asked, access, permit, (in_force.number, self._epoch))
        return Forward(
            upstream=site.upstream,
            headers=headers,
            exchange=exchange,
            private=Obligation.KEEP_PRIVATE in permit.obligations,
            websocket=arrival.websocket,
        )

    def _to_pages(self, asked: Asked) -> ToPages:
        return ToPages(
            headers=(*asked.arrival.clean, *self._desk.headers(asked.arrival, asked.request)),
            request=asked.request,
        )

    def _note_activity(self, asked: Asked) -> None:
        """Note that the person is there; never for a session that time has ended (R14)."""
        if asked.session is None or asked.session_has_ended:
            return
        if extends_idle(asked.arrival.method, asked.arrival.headers):
            self._lookups.note_active(asked.session, asked.now)

    # --- housekeeping ------------------------------------------------------------------------

    def _keep_house(self) -> None:
        now = self._clock.monotonic()
        if now - self._kept_house >= HOUSEKEEPING:
            self._kept_house = now
            self._record_repeats()

    def _record_repeats(self) -> None:
        now = self._clock.now()
        for record, repeats in self._permits.take_repeats():
            self._audit.record(repeats_record(record, repeats, now))
