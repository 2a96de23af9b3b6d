"""Ceremonies with security keys: begun, kept for five minutes, and taken out once (T67).

A ceremony is kept under a hash over its purpose, what it is bound to (a session, or the cookie of a
form before sign-in) and its challenge. Whatever comes back takes it out before anything is
verified, so that a challenge counts once, and in another session, for another purpose or after its
time there is nothing to take out.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gate.core.ports import Clock, SecurityKey, Store
from gate.core.secret_text import Secret
from gate.core.subject import Account
from gate.factors.webauthn import (
    TIMEOUT,
    Ceremony,
    Key,
    Purpose,
    UserVerification,
    ceremony_from,
    challenge_of,
    user_handle_of,
)
from gate.service.relying_party import RelyingParty
from gate.service.tokens import token_hash

KIND: Final = "ceremony"
CHALLENGE: Final = 32  # bytes; WebAuthn L3 section 13.4.3 asks for 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceremonies:
    """Begins and takes out ceremonies of one relying party."""

    store: Store
    clock: Clock
    relying_party: RelyingParty

    def begin(
        self,
        purpose: Purpose,
        *,
        bound_to: Secret,
        account: Account | None = None,
        keys: Sequence[SecurityKey | Key] = (),
        action: bytes = b"",
    ) -> Ceremony:
        """Begin a ceremony and keep it; without an account the key has to tell it.

        Keys of another RP ID can't answer here and are left out (G5).
        """
        rp_id = self.relying_party.rp_id
        alone = purpose is Purpose.SIGN_IN
        ceremony = Ceremony(
            purpose=purpose,
            challenge=secrets.token_bytes(CHALLENGE),
            rp_id=rp_id,
            origins=self.relying_party.origins,
            expires=self.clock.now() + TIMEOUT,
            user_handle=user_handle_of(account.id) if account else b"",
            credentials=tuple(key.credential_id for key in keys if key.rp_id == rp_id),
            user_verification=UserVerification.REQUIRED if alone else UserVerification.PREFERRED,
            action=action,
        )
        key = _key(purpose, bound_to, ceremony.challenge)
        self.store.one_time.put(KIND, key, ceremony.to_text(), ceremony.expires)
        return ceremony

    def take(self, purpose: Purpose, *, bound_to: Secret, response: str | bytes) -> Ceremony | None:
        """Take out the ceremony that an answer claims; None when there is none, or no more."""
        challenge = challenge_of(response, registration=purpose is Purpose.REGISTER)
        if challenge is None:
            return None
        key = _key(purpose, bound_to, challenge)
        text = self.store.one_time.take(KIND, key, self.clock.now())
        return None if text is None else ceremony_from(text)


def _key(purpose: Purpose, bound_to: Secret, challenge: bytes) -> str:
    """Give the hash under which a ceremony is kept; its first two parts have one length each."""
    parts = (hashlib.sha256(purpose.encode()).digest(), token_hash(bound_to).encode(), challenge)
    return hashlib.sha256(b"".join(parts)).hexdigest()
