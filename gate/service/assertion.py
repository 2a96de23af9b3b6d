"""The signed assertion of who is asking, for upstreams that check instead of trust (G28).

ES256 and nothing else. One is made for a session, site, epoch and set of proofs, and used for at
most 30 seconds of the 60 that it holds.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from joserfc import jwt
from joserfc.jwk import ECKey

from gate.core.subject import Session

HOLDS: Final = timedelta(seconds=60)  # exp, RULES G28
USED_FOR: Final = timedelta(seconds=30)
MOST: Final = 20_000
AMR: Final = {  # RFC 8176 section 2
    "password": "pwd",
    "totp": "otp",
    "security_key": "hwk",
    "passkey": "hwk",
    "recovery_code": "otp",
}

type AssertionKey = tuple[str, str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertions:
    """Signs assertions with one key and keeps fresh ones."""

    issuer: str
    key: ECKey
    _made: dict[AssertionKey, tuple[datetime, bytes]] = field(
        default_factory=dict[AssertionKey, tuple[datetime, bytes]]
    )

    def of(self, session: Session, site: str, epoch: int, now: datetime) -> bytes:
        """Give an assertion for a session at a site; `epoch` stands for whatever may change."""
        made_for = (session.hash, site, epoch)
        made = self._made.get(made_for)
        if made is not None and made[0] <= now < made[0] + USED_FOR:
            return made[1]
        if len(self._made) >= MOST:
            self._made.clear()
        signed = self._sign(session, site, now)
        self._made[made_for] = (now, signed)
        return signed

    def _sign(self, session: Session, site: str, now: datetime) -> bytes:
        at = int(now.timestamp())
        claims = {
            "iss": self.issuer,
            "sub": session.account.id,
            "name": session.account.name,
            "aud": site,
            "iat": at,
            "nbf": at,
            "exp": at + int(HOLDS.total_seconds()),
            "jti": secrets.token_urlsafe(12),
            "amr": _amr(session),
            "auth_time": int(max(proof.at for proof in session.proofs).timestamp()),
        }
        header = {"alg": "ES256", "kid": self.key.kid}
        return jwt.encode(header, claims, self.key, algorithms=["ES256"]).encode()


def _amr(session: Session) -> Sequence[str]:
    return sorted({AMR[proof.method] for proof in session.proofs})
