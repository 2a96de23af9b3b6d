"""Tickets: one sign-in for the sites of several hosts (G5).

A site's host plants a nonce in the browser and leads to the pages' host with the nonce's seal,
which binds the nonce, that host and the wanted path. Where somebody is signed in there, a ticket
leads back. It is good once, for half a minute, at that host, in the browser that has the nonce, and
while the session that it came from lives with that very token. So neither a ticket that was read
nor one that somebody else made opens anything (T50). What it gives is a session of the host's own,
with the proofs of its parent (T40).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Final

from gate.core.decision import Reason
from gate.core.policy import Policy
from gate.core.proofs import admits, is_partial
from gate.core.secret_text import Secret
from gate.core.subject import Session, SessionHash
from gate.service.issue import Issuer
from gate.service.sessions import Sessions
from gate.service.tokens import IssuedSession, new_token
from gate.service.visitor import Visitor

KIND: Final = "ticket"
LIFE: Final = timedelta(seconds=30)  # RULES G5


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where a ticket leads: a host, a path and query of it, and the seal of the browser's nonce."""

    host: str
    wanted: str
    seal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """The host has its session; `wanted` is where the person wants to go."""

    issued: IssuedSession
    wanted: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketVoid:
    """The ticket opens nothing; `wanted` is where it would have led, if it was for this host."""

    wanted: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """What is kept of a ticket."""

    host: str
    wanted: str
    seal: str
    parent: str


def seal(nonce: Secret, *, host: str, wanted: str) -> str:
    """Give what the pages' host may see of a nonce; another host or path makes another seal."""
    parts = json.dumps(["ticket", host, wanted, nonce.reveal()])
    return hashlib.sha256(parts.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tickets:
    """Gives tickets on the pages' host and takes them on the others."""

    sessions: Sessions
    policy: Callable[[], Policy]
    issuer: Issuer

    def issue(
        self, session: Session, destination: Destination, visitor: Visitor
    ) -> Secret | Reason:
        """Give a ticket, or what keeps the session from having one."""
        policy, now = self.policy(), self.sessions.clock.now()
        if session.parent is not None or destination.host == session.host:
            return Reason.NEEDS_SIGN_IN
        if not admits(policy, session.account, visitor.client, now):
            return Reason.IP_NOT_ALLOWED
        if is_partial(policy.demand(session.account.name), session):
            return Reason.NEEDS_SECOND_FACTOR
        ticket = new_token()
        kept = _Kept(parent=session.hash, **asdict(destination))
        one_time = self.sessions.store.one_time
        one_time.put(KIND, _key(ticket), json.dumps(asdict(kept)), now + LIFE)
        return ticket

    def redeem(
        self,
        ticket: Secret,
        *,
        nonce: Secret | None,
        visitor: Visitor,
        planted: Secret | None = None,
    ) -> Arrived | TicketVoid:
        """Take a ticket, whatever comes of it; the session in the cookie that came along ends."""
        store, now = self.sessions.store, self.sessions.clock.now()
        text = store.one_time.take(KIND, _key(ticket), now)
        if text is None:
            return TicketVoid()
        kept = _Kept(**json.loads(text))
        if kept.host != visitor.host_name:
            return TicketVoid()
        expected = "" if nonce is None else seal(nonce, host=kept.host, wanted=kept.wanted)
        if not hmac.compare_digest(expected, kept.seal):
            return TicketVoid(wanted=kept.wanted)
        parent = self.sessions.alive(SessionHash(kept.parent))
        issued = None if parent is None else self.issuer.child(parent, visitor, planted=planted)
        if issued is None:
            return TicketVoid(wanted=kept.wanted)
        host = visitor.host_name
        self.sessions.events.note("arrived", visitor, issued.session.account, host=host)
        return Arrived(issued=issued, wanted=kept.wanted)


def _key(ticket: Secret) -> str:
    return hashlib.sha256(b"ticket:" + ticket.reveal().encode()).hexdigest()
