"""A registered key, as a relying party keeps it (WebAuthn L3 section 4, credential record)."""

from __future__ import annotations

from dataclasses import dataclass

from gate.core.ports import SecurityKey
from gate.core.subject import AccountId
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
    aaguid: bytes
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


def user_handle_of(account: AccountId) -> bytes:
    """Give what keys call an account: its id, which is random (section 14.6.1)."""
    return account.encode("utf-8")


def key_of(record: SecurityKey) -> Key:
    """Give the key of a stored record."""
    return Key(
        credential_id=record.credential_id,
        user_handle=user_handle_of(record.account),
        public_key=record.public_key,
        sign_count=record.sign_count,
        transports=record.transports,
        aaguid=record.aaguid,
        backup_eligible=record.backup_eligible,
        backed_up=record.backed_up,
        user_verified=record.user_verified,
        discoverable=record.discoverable,
        rp_id=record.rp_id,
        origins=record.origins,
    )
