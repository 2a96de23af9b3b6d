"""Session look-ups of one process: remembered until the epoch moves, never beyond (G2).

A session of the store that time has ended is still given; that it ended is for `decide` to say.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from gate.core.ports import Sessions
from gate.core.subject import Session, SessionHash
from gate.service.activity import Activity
from gate.service.lifetimes import Lifetimes

MOST: Final = 100_000  # remembered look-ups; beyond that all are forgotten


class Lookups:
    """Finds sessions by the hash of their token; hashes that nobody has are remembered too."""

    def __init__(self, sessions: Sessions, activity: Activity, lifetimes: Lifetimes) -> None:
        """Look up in the store's sessions."""
        self._sessions = sessions
        self._activity = activity
        self._lifetimes = lifetimes
        self._known: dict[SessionHash, Session | None] = {}

    def find(self, wanted: SessionHash, now: datetime) -> Session | None:
        """Give the session as last seen by any process."""
        if wanted in self._known:
            session = self._known[wanted]
        else:
            session = self._remembered(wanted, self._found(wanted))
        if session is None:
            return None
        newest = self._activity.newest(session, now)
        if newest is not session:
            self._remembered(wanted, newest)
        return self._lifetimes.held(newest)

    def note_active(self, session: Session, now: datetime) -> None:
        """Note that the person is there."""
        self._lifetimes.note_active(session)
        active = self._activity.note(session, now)
        if active is not session:
            self._remembered(session.hash, active)

    def forget(self) -> None:
        """Forget everything; the store has changed."""
        self._known.clear()

    def _found(self, wanted: SessionHash) -> Session | None:
        session = self._sessions.find(wanted)
        return None if session is None else self._lifetimes.limited(session)

    def _remembered(self, wanted: SessionHash, session: Session | None) -> Session | None:
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[wanted] = session
        return session
