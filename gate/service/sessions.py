"""Sessions: the one of a cookie, those of an account, and how they end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from gate.core.ports import Clock, Store
from gate.core.secret_text import Secret
from gate.core.subject import Account, AccountId, AccountState, Session, SessionHash, SessionId
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
        session = self.alive(token_hash(token)) if token else None
        return session if session is not None and session.host == visitor.host_name else None

    def alive(self, wanted: SessionHash) -> Session | None:
        """Give a session that nothing has ended, whatever its host."""
        session = self.store.sessions.find(wanted)
        if session is None or session.account.state is not AccountState.ENABLED:
            return None
        session = self._as_now(session)
        return session if session.ends_at > self.clock.now() else None

    def parent_of(self, session: Session) -> Session | None:
        """Give the session by whose ticket another one began; None for one of its own right."""
        return None if session.parent is None else self.alive(session.parent.hash)

    def sign_out(self, token: Secret, visitor: Visitor) -> None:
        """End the session of a cookie and all others of this browser, whatever their state."""
        session = self.store.sessions.find(token_hash(token))
        if session is None:
            return
        if self.store.sessions.end_by_id(session.account.id, session.family):
            self.events.note("signed_out", visitor, session.account)

    def list(self, account: AccountId) -> tuple[Session, ...]:
        """Give the live session of each of the account's browsers, newest first."""
        now = self.clock.now()
        seen = map(self._as_now, one_a_browser(self.store.sessions.of_account(account)))
        return tuple(session for session in seen if session.ends_at > now)

    def hosts(self, account: AccountId) -> Mapping[SessionId, tuple[str, ...]]:
        """Give the hosts on which each of the account's browsers is signed in."""
        return hosts_by_browser(self.store.sessions.of_account(account))

    def end(self, account: Account, session: SessionId, visitor: Visitor) -> bool:
        """End one of the account's own sessions; false when it is not the account's, or gone."""
        ended = self.store.sessions.end_by_id(account.id, session)
        if ended:
            self.events.note("session_ended", visitor, account, session=session)
        return ended

    def end_others(self, session: Session, visitor: Visitor) -> int:
        """Sign all browsers of the account out but this one; say how many."""
        ended = self.store.sessions.end_other_browsers(session.account.id, session.family)
        self.events.note("other_sessions_ended", visitor, session.account, count=ended)
        return ended

    def _as_now(self, session: Session) -> Session:
        """Give the session with the newest activity of any process, and as limits and keys are now.

        A key that has waited its time out counts (G2, G6).
        """
        seen = self.store.sessions.seen(session.hash)
        if seen is not None and seen > session.last_seen:
            session = replace(session, last_seen=seen)
        session = session.as_of(self.clock.now())
        return self.lifetimes.held(self.lifetimes.limited(session))


def one_a_browser(sessions: Iterable[Session]) -> Iterator[Session]:
    """Give the sessions without their children."""
    return (session for session in sessions if session.parent is None)


def hosts_by_browser(sessions: Iterable[Session]) -> Mapping[SessionId, tuple[str, ...]]:
    """Give the hosts of each browser's sessions, the parent's first and then by name."""
    hosts: dict[SessionId, list[str]] = {}
    for session in sorted(sessions, key=lambda each: (each.parent is not None, each.host)):
        hosts.setdefault(session.family, []).append(session.host)
    return {family: tuple(dict.fromkeys(each)) for family, each in hosts.items()}
