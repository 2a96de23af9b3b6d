"""Attempts are counted before they are checked, and a success gives back only itself (G16).

Passwords have two lanes an account, so that a stranger who fills one does not lock out the person
who comes from a known browser or place. Codes have one hard cap an account over all pages.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from gate.core.ports import Attempts, Clock, Full, Limit, Reserved
from gate.core.subject import AccountId, SessionHash

GUESSES: Final = (  # RULES G16; 50 a day keep six digits safe for months, RFC 4226 section 7.3
    Limit(attempts=5, per=timedelta(minutes=5)),
    Limit(attempts=20, per=timedelta(hours=1)),
    Limit(attempts=50, per=timedelta(days=1)),
)
PROOFS_BEFORE_LAST: Final = (Limit(attempts=4, per=timedelta(days=1)),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttle:
    """Counts guesses in the store, committed before the guess is looked at."""

    attempts: Attempts
    clock: Clock

    def password(self, name: str, *, familiar: bool) -> Reserved | Full:
        """Count a password guess for a name, whether or not an account has it."""
        lane = "known" if familiar else "unknown"
        return self._reserve(f"password:{_folded(name)}:{lane}", GUESSES)

    def code(self, account: AccountId) -> Reserved | Full:
        """Count a code guess for an account, over all pages and sessions together."""
        return self._reserve(f"code:{account}", GUESSES)

    def is_last_proof(self, session: SessionHash) -> bool:
        """Count a proof given inside a session; true when a wrong one has to end it."""
        return isinstance(self._reserve(f"proof:{session}", PROOFS_BEFORE_LAST), Full)

    def refund(self, reserved: Reserved) -> None:
        """Take back the attempt that turned out right."""
        self.attempts.refund(reserved.ticket)

    def clear(self, name: str, account: AccountId) -> None:
        """Forget what was counted for an account."""
        self.attempts.clear(f"password:{_folded(name)}:")
        self.attempts.clear(f"code:{account}")

    def _reserve(self, lane: str, limits: tuple[Limit, ...]) -> Reserved | Full:
        return self.attempts.reserve(lane, limits, self.clock.now())


def _folded(name: str) -> str:
    """Give a lane's name of one size for whatever was typed as an account name."""
    return hashlib.sha256(name.strip().lower().encode()).hexdigest()[:32]
