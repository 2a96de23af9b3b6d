"""When sessions were last active: kept in memory, written behind, re-read before idle is called.

INVARIANT: what is in memory is at most FLUSH ahead of the store, the tolerance of G2.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from gate.core.errors import StoreError
from gate.core.ports import Sessions
from gate.core.subject import Session, SessionHash

FLUSH: Final = timedelta(seconds=5)
GRAIN: Final = timedelta(seconds=1)  # activity within it is not noted again

log = logging.getLogger(__name__)


class Activity:
    """Notes activity of sessions without a write on the way of a request."""

    def __init__(self, sessions: Sessions) -> None:
        """Write to the store's sessions."""
        self._sessions = sessions
        self._noted: dict[SessionHash, datetime] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._writer: threading.Thread | None = None

    def start(self) -> None:
        """Begin to write in the background."""
        self._writer = threading.Thread(target=self._write_on, name="activity", daemon=True)
        self._writer.start()

    def stop(self) -> None:
        """Write what is noted and end."""
        self._stop.set()
        if self._writer is not None:
            self._writer.join(timeout=5)
        self.flush()

    def note(self, session: Session, now: datetime) -> Session:
        """Give the session as active now."""
        if now - session.last_seen < GRAIN:
            return session
        with self._lock:
            self._noted[session.active_as] = now
        return replace(session, last_seen=now)

    def newest(self, session: Session, now: datetime) -> Session:
        """Give the session as any process last saw it, when this one would call it idle."""
        if session.ends_at > now:
            return session
        seen = self._sessions.seen(session.hash)
        if seen is None or seen <= session.last_seen:
            return session
        return replace(session, last_seen=seen)

    def flush(self) -> None:
        """Write what is noted; what can't be written is kept for the next time."""
        with self._lock:
            noted, self._noted = self._noted, {}
        if not noted:
            return
        try:
            self._sessions.touch(noted)
        except StoreError as error:
            log.warning("activity of %d sessions not written: %s", len(noted), error)
            with self._lock:
                self._noted = {**noted, **self._noted}

    def _write_on(self) -> None:
        while not self._stop.wait(FLUSH.total_seconds()):
            self.flush()
