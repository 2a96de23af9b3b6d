"""Passwords: judged by what makes them guessable, changed with the old one in the same request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from gate.core.decision import Reason
from gate.core.ports import Clock, Store
from gate.core.secret_text import Secret
from gate.core.subject import Account, Method, Session
from gate.factors import password as password_factor
from gate.factors.password import Profile, TooWeak
from gate.service.audit import Events
from gate.service.fresh_proof import FreshProof
from gate.service.hashing import BUSY_WAIT, Busy, HashQueue
from gate.service.issue import Issuer
from gate.service.tokens import IssuedSession
from gate.service.visitor import Visitor


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChanged:
    """The new password holds; this session has a new token, `ended` others are over."""

    issued: IssuedSession
    ended: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordRefused:
    """Why not: a reason about the current password, or words about the new one."""

    reason: Reason | None = None
    words: tuple[str, ...] = ()
    wait: timedelta | None = None


class _SessionGone(Exception):  # noqa: N818 - it takes a transaction back and never leaves this file
    """The session ended while its change was on the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passwords:
    """Changes passwords and ends whatever else was signed in (T42)."""

    store: Store
    clock: Clock
    issuer: Issuer
    fresh_proof: FreshProof
    hashing: HashQueue
    profile: Profile
    events: Events

    def judge(self, account: Account, new: Secret) -> tuple[str, ...]:
        """Say why a password would be too weak; nothing when it is fine."""
        words = [account.name, account.display_name, account.email or ""]
        known = [word for word in words if word]
        judged = password_factor.strength(new, known, second_factor=account.has_second_factor)
        return judged.words if isinstance(judged, TooWeak) else ()

    def change(
        self, *, session: Session, current: Secret, new: Secret, visitor: Visitor
    ) -> PasswordChanged | PasswordRefused:
        """Replace the password; the current one is proved first, judged is the new one after it."""
        unproved = self.fresh_proof.password(session, current)
        if unproved is not None:
            self.events.note(
                "password_change_refused", visitor, session.account, reason=unproved.reason
            )
            return PasswordRefused(reason=unproved.reason, wait=unproved.wait)
        if words := self.judge(session.account, new):
            return PasswordRefused(words=words)
        encoded = self.hashing.run(
            lambda: password_factor.hash_password(new, self.profile), familiar=True
        )
        if isinstance(encoded, Busy):
            return PasswordRefused(reason=Reason.RATE_LIMITED, wait=BUSY_WAIT)
        return self._replace(session, Secret(encoded), visitor)

    def _replace(
        self, session: Session, encoded: Secret, visitor: Visitor
    ) -> PasswordChanged | PasswordRefused:
        account = session.account
        try:
            with self.store.together():  # a new password never stands beside old sessions
                changed = self._written(session, encoded)
        except _SessionGone:
            reason = Reason.SESSION_ENDED
            self.events.note("password_change_refused", visitor, account, reason=reason)
            return PasswordRefused(reason=reason)
        self.events.note("password_changed", visitor, account, sessions_ended=changed.ended)
        return changed

    def _written(self, session: Session, encoded: Secret) -> PasswordChanged:
        """Write all of it; a session that ended meanwhile takes it back.

        The token changes first: a ticket by the old one gives nothing any more, and what it has
        given before ends with the others.
        """
        account = session.account.id
        self.store.accounts.set_password_hash(account, encoded, self.clock.now())
        issued = self.issuer.rotate(session, self.issuer.proof(Method.PASSWORD))
        if issued is None:
            raise _SessionGone
        ended = self.store.sessions.end_all(account, keep=issued.session.hash)
        return PasswordChanged(issued=issued, ended=ended)
