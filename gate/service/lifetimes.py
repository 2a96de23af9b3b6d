"""How long a session lives in this process: by the limits of now, and on two clocks (R14, F7).

A session is held to the shorter of the limits that it began with and those that its account has
under the policy in force. Its age and its last activity are also kept on the monotonic clock, from
when this process first saw them: a wall clock that is set back makes no session longer. The
sessions of one browser share one age and one last activity.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Final, NamedTuple

from gate.core.policy import Policy
from gate.core.ports import Clock, Sessions
from gate.core.subject import Account, Session, SessionId, SessionLimits

MOST: Final = 100_000  # sessions with a monotonic age; beyond that the oldest are forgotten
BY_FAR: Final = timedelta(days=1)  # no second look at the clock calls such an end a future one


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsInForce:
    """The limits of an account under the policy in force; administrators get the shorter ones."""

    policy: Callable[[], Policy]
    limits: SessionLimits
    admin_limits: SessionLimits

    def of(self, account: Account) -> SessionLimits:
        """Give the limits that a session of the account has now."""
        return self.admin_limits if self.policy().is_admin(account.name) else self.limits


class _Age(NamedTuple):
    """When a session began and was last active by the monotonic clock; `seen` by the wall."""

    began: timedelta
    active: timedelta
    seen: datetime


class Lifetimes:
    """Holds sessions to their limits; safe to be used from several threads."""

    def __init__(self, sessions: Sessions, clock: Clock, in_force: LimitsInForce) -> None:
        """Re-read the last activity from `sessions` before one is called idle (G2)."""
        self._sessions = sessions
        self._clock = clock
        self._in_force = in_force
        self._ages: dict[SessionId, _Age] = {}
        self._lock = Lock()

    def limited(self, session: Session) -> Session:
        """Give a session of the store with the limits that it has now."""
        limits = session.limits.tightened(self._in_force.of(session.account))
        return session if limits == session.limits else replace(session, limits=limits)

    def held(self, session: Session) -> Session:
        """Give the session; as one that has ended where only the monotonic clock says so."""
        now = self._clock.monotonic()
        limits, age = session.limits, self._age(session, now)
        if now - age.active >= limits.idle:
            age = self._age(self._as_last_seen(session), now)
        if now - age.active < limits.idle and now - age.began < limits.absolute:
            return session
        return self._ended(session)

    def note_active(self, session: Session) -> None:
        """Note that the person is there, which a wall clock that was set back may hide."""
        now = self._clock.monotonic()
        self._keep(session, self._age(session, now)._replace(active=now))

    def _age(self, session: Session, now: timedelta) -> _Age:
        """Give what is known of a session; more when it is new, or shows new activity."""
        known = self._ages.get(session.family)
        if known is not None and session.last_seen <= known.seen:
            return known
        wall = self._clock.now()
        active = now - max(wall - session.last_seen, timedelta())
        if known is None:
            began = now - max(wall - session.created_at, timedelta())
            return self._keep(session, _Age(began, active, session.last_seen))
        return self._keep(session, _Age(known.began, max(known.active, active), session.last_seen))

    def _keep(self, session: Session, age: _Age) -> _Age:
        with self._lock:
            if session.family not in self._ages and len(self._ages) >= MOST:
                del self._ages[next(iter(self._ages))]
            self._ages[session.family] = age
        return age

    def _as_last_seen(self, session: Session) -> Session:
        seen = self._sessions.seen(session.hash)
        return session if seen is None else replace(session, last_seen=max(seen, session.last_seen))

    def _ended(self, session: Session) -> Session:
        """Give a session that has ended by the wall clock, too."""
        absolute = self._clock.now() - session.created_at - BY_FAR
        return replace(session, limits=SessionLimits(idle=session.limits.idle, absolute=absolute))
