"""Attempts are counted before they are checked, and a success gives back only itself (G16).

Passwords have two lanes an account, so that a stranger who fills one does not lock out the person
who comes from a known browser or place. Codes have one hard cap an account over all pages. Nobody
guesses keys; they are counted by address alone, so that no stranger keeps them from working.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_network
from typing import Final

from gate.core.network import Address
from gate.core.ports import Attempts, Clock, Full, Limit, Reserved
from gate.core.subject import AccountId, SessionHash

GUESSES: Final = (  # RULES G16; 50 a day keep six digits safe for months, RFC 4226 section 7.3
    Limit(attempts=5, per=timedelta(minutes=5)),
    Limit(attempts=20, per=timedelta(hours=1)),
    Limit(attempts=50, per=timedelta(days=1)),
)
KEY_ANSWERS: Final = (  # wrong ones from one address, behind which a whole office may be
    Limit(attempts=30, per=timedelta(minutes=5)),
    Limit(attempts=300, per=timedelta(days=1)),
)
KEY_OPTIONS: Final = (Limit(attempts=300, per=timedelta(minutes=5)),)  # each writes a row
WIDE: Final = 10  # how many times the limits of a /64 hold for the /48 around it
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

    def key_answer(self, client: Address) -> tuple[Reserved, ...] | Full:
        """Count a key's answer from an address; a right one is refunded."""
        return self._by_address("key", client, KEY_ANSWERS)

    def key_options(self, client: Address) -> tuple[Reserved, ...] | Full:
        """Count a question to a key from an address."""
        return self._by_address("key-options", client, KEY_OPTIONS)

    def is_last_proof(self, session: SessionHash) -> bool:
        """Count a proof given inside a session; true when a wrong one has to end it."""
        return isinstance(self._reserve(f"proof:{session}", PROOFS_BEFORE_LAST), Full)

    def refund(self, *reserved: Reserved) -> None:
        """Take back the attempt that turned out right, from every lane that counted it."""
        for each in reserved:
            self.attempts.refund(each.ticket)

    def clear(self, name: str, account: AccountId) -> None:
        """Forget what was counted for an account."""
        self.attempts.clear(f"password:{_folded(name)}:")
        self.attempts.clear(f"code:{account}")

    def _by_address(
        self, kind: str, client: Address, limits: tuple[Limit, ...]
    ) -> tuple[Reserved, ...] | Full:
        """Count in the lanes of an address: a /32, or a /64 and the /48 around it (G16)."""
        wide = tuple(Limit(attempts=each.attempts * WIDE, per=each.per) for each in limits)
        prefixes = ((32, limits),) if client.version == 4 else ((64, limits), (48, wide))  # noqa: PLR2004 - IP's own numbers
        counted: list[Reserved] = []
        for prefix, bounds in prefixes:
            reserved = self._reserve(f"{kind}:{ip_network((client, prefix), strict=False)}", bounds)
            if isinstance(reserved, Full):
                self.refund(*counted)
                return reserved
            counted.append(reserved)
        return tuple(counted)

    def _reserve(self, lane: str, limits: tuple[Limit, ...]) -> Reserved | Full:
        return self.attempts.reserve(lane, limits, self.clock.now())


def _folded(name: str) -> str:
    """Give a lane's name of one size for whatever was typed as an account name."""
    return hashlib.sha256(name.strip().lower().encode()).hexdigest()[:32]
