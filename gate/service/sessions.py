"""Sessions: the one of a cookie, those of an account, and how they end."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gate.core.ports import Clock, Store
from gate.core.secret_text import Secret
from gate.core.subject import Account, AccountId, AccountState, Session, SessionId
from gate.service.audit import Events
from gate.service.lifetimes import Lifetimes
from gate.service.tokens import token_hash
from gate.service.visitor import Visitor


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """Looks sessions up and ends them; an end counts on the next request of every process."""

    store: Store
    clock: Clock
    events: Events
    lifetimes: Lifetimes

    def current(self, token: Secret | None, visitor: Visitor) -> Session | None:
        """Give the live session of a cookie on this host, or None (G5, T45)."""
        session = self.store.sessions.find(token_hash(token)) if token else None
        if session is None or session.host != visitor.host_name:
            return None
        if session.account.state is not AccountState.ENABLED:
            return None
        session = self._as_now(session)
        return session if session.ends_at > self.clock.now() else None

    def sign_out(self, token: Secret, visitor: Visitor) -> None:
        """End the session of a cookie, whatever its state."""
        session = self.store.sessions.find(token_hash(token))
        if session is not None and self.store.sessions.end(session.hash):
            self.events.note("signed_out", visitor, session.account)

    def list(self, account: AccountId) -> tuple[Session, ...]:
        """Give the account's live sessions, newest first."""
        now = self.clock.now()
        seen = map(self._as_now, self.store.sessions.of_account(account))
        return tuple(session for session in seen if session.ends_at > now)

    def end(self, account: Account, session: SessionId, visitor: Visitor) -> bool:
        """End one of the account's own sessions; false when it is not the account's, or gone."""
        ended = self.store.sessions.end_by_id(account.id, session)
        if ended:
            self.events.note("session_ended", visitor, account, session=session)
        return ended

    def end_others(self, session: Session, visitor: Visitor) -> int:
        """End all sessions of the account but this one; say how many."""
        ended = self.store.sessions.end_all(session.account.id, keep=session.hash)
        self.events.note("other_sessions_ended", visitor, session.account, count=ended)
        return ended

    def _as_now(self, session: Session) -> Session:
        """Give the session with the newest activity of any process, and its limits of now (G2)."""
        seen = self.store.sessions.seen(session.hash)
        if seen is not None and seen > session.last_seen:
            session = replace(session, last_seen=seen)
        return self.lifetimes.held(self.lifetimes.limited(session))
