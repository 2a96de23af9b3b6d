"""A registered key, as a relying party keeps it (WebAuthn L3 section 4, credential record)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from gate.factors.webauthn.cose_key import Algorithm, algorithm_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One public key credential of one account.

    `user_verified` says that the key has verified the person, when it was added or since;
    `discoverable` that it can tell the account by itself. `rp_id` and `origins` are those of the
    ceremony that added it (G5).
    """

    credential_id: bytes
    user_handle: bytes
    public_key: bytes
    sign_count: int
    transports: tuple[str, ...]
    aaguid: UUID
    backup_eligible: bool
    backed_up: bool
    user_verified: bool
    discoverable: bool
    rp_id: str
    origins: tuple[str, ...]

    @property
    def algorithm(self) -> Algorithm | None:
        """Give the algorithm that the public key names; None when there is none of that name."""
        return algorithm_of(self.public_key)
