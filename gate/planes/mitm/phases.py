"""Phases: what a client connection waits for, and how long it may.

The reaper looks at every connection twice a second. A request that waits too long is answered
(408, 504); what can't be answered any more is cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Final

from gate.core.decision import Reason
from gate.planes.mitm.settings import Limits


class Phase(Enum):
    """What a client connection waits for."""

    HEAD = "head"  # the rest of a request head
    IDLE = "idle"  # the next request
    CONNECTING = "connecting"  # bounded by the connect timeout itself
    BODY = "body"  # the rest of a request body
    UPSTREAM = "upstream"  # the head of an answer
    RESPONSE = "response"  # the rest of an answer
    RELAY = "relay"  # whatever the two sides of a WebSocket say
    LINGER = "linger"  # the client to read the last answer


class Answered(Enum):
    """How far the answer of an exchange is."""

    NO = "no"
    BEGUN = "begun"
    DONE = "done"
    RELAY = "relay"


class Verdict(Enum):
    """What becomes of a connection that waited too long."""

    ANSWER = "answer"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class Expiry:
    """A connection waited too long: answer with this status and reason, or cut."""

    verdict: Verdict
    reason: Reason = Reason.TOO_SLOW
    status: int = 408


TOO_SLOW: Final = Expiry(Verdict.ANSWER)
SILENT: Final = Expiry(Verdict.ANSWER, Reason.UPSTREAM_SILENT, 504)
CUT: Final = Expiry(Verdict.CUT)


@dataclass(slots=True)
class Pulse:
    """When a connection entered its phase and when it last moved, on the loop's clock in seconds.

    `blocked` says since when an upstream or a client takes nothing of what waits for it.
    """

    phase: Phase
    since: float
    active: float
    response_timeout: timedelta = timedelta()
    upstream_blocked: float | None = None
    client_blocked: float | None = None
    taken: int = 0
    received: int = 0  # bytes of a request body since `measured`
    measured: float = 0.0

    def enter(self, phase: Phase, now: float) -> None:
        """Begin a phase."""
        self.phase = phase
        self.since = self.active = self.measured = now
        self.received = 0

    def unblock(self, now: float) -> None:
        """Note that an upstream takes bytes again; for the time before, the client is not slow."""
        self.upstream_blocked = None
        self.active = self.measured = now
        self.received = 0

    def observe(self, waiting: int, taken: int, now: float) -> None:
        """Note how many bytes wait for the client, and how many it took so far."""
        if waiting == 0:
            self.client_blocked = None
        elif taken != self.taken or self.client_blocked is None:
            self.client_blocked = now
        self.taken = taken
        if waiting and self.phase is Phase.LINGER:
            self.since = now  # the answer is not even out

    def expiry(self, now: float, limits: Limits) -> Expiry | None:
        """Say what becomes of the connection, or None while it may wait."""
        if self.client_blocked is not None and _over(self.client_blocked, now, limits.reader_idle):
            return CUT
        match self.phase:
            case Phase.HEAD | Phase.UPSTREAM | Phase.LINGER:
                return self._since_expiry(now, limits)
            case Phase.IDLE | Phase.RESPONSE | Phase.RELAY:
                idle = limits.keepalive if self.phase is Phase.IDLE else limits.stream_idle
                return CUT if _over(self.active, now, idle) else None
            case Phase.BODY:
                return self._body_expiry(now, limits)
            case Phase.CONNECTING:
                return None

    def _since_expiry(self, now: float, limits: Limits) -> Expiry | None:
        if self.phase is Phase.HEAD:
            return TOO_SLOW if _over(self.since, now, limits.header) else None
        if self.phase is Phase.UPSTREAM:
            return SILENT if _over(self.since, now, self.response_timeout) else None
        return CUT if _over(self.since, now, limits.linger) else None

    def _body_expiry(self, now: float, limits: Limits) -> Expiry | None:
        if self.upstream_blocked is not None:
            return SILENT if _over(self.upstream_blocked, now, self.response_timeout) else None
        if _over(self.active, now, limits.body_idle):
            return TOO_SLOW
        return TOO_SLOW if self._is_trickle(now, limits) else None

    def _is_trickle(self, now: float, limits: Limits) -> bool:
        """Say whether a body came too slowly of late, and begin to measure anew (F15)."""
        if not _over(self.measured, now, limits.body_span):
            return False
        least = limits.body_rate * (now - self.measured)
        is_trickle = self.received < least
        self.measured, self.received = now, 0
        return is_trickle


def _over(start: float, now: float, limit: timedelta) -> bool:
    return now - start > limit.total_seconds()
