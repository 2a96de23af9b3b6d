"""Security keys of accounts, as WebAuthn Level 3 section 4 calls them: credential records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from gate.core.subject import AccountId, Method

NO_AAGUID: Final = bytes(16)  # what an authenticator says that keeps its model to itself


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityKey:
    """A registered key; `id` names it on pages, `credential_id` is the authenticator's own name.

    `counts_from` is the moment from which it counts as `security_key` (G6); None: since it was
    added or approved. `rp_id` and `origins` are those of its registration (G5). `public_key` is
    the COSE key in bytes, `algorithm` its COSE number.
    """

    id: str
    account: AccountId
    name: str
    credential_id: bytes
    public_key: bytes
    algorithm: int
    sign_count: int
    rp_id: str
    origins: tuple[str, ...]
    added_at: datetime
    added_with: tuple[Method, ...] = ()
    transports: tuple[str, ...] = ()
    aaguid: bytes = NO_AAGUID
    backup_eligible: bool = False
    backed_up: bool = False
    discoverable: bool = False
    user_verified: bool = False
    counts_from: datetime | None = None
    approved: bool = False
    last_used: datetime | None = None
    clone_warned_at: datetime | None = None

    def counts_at(self, now: datetime) -> bool:
        """Say whether the key counts as `security_key` at a moment."""
        return self.counts_from is None or self.counts_from <= now


class CredentialTaken:
    """The credential is registered already, to this account or another (W22)."""


class Keys(Protocol):
    """Security keys; adding or removing one raises the account's factor version."""

    def of_account(self, account: AccountId) -> Sequence[SecurityKey]:
        """Give the account's keys, oldest first."""
        ...

    def by_credential(self, credential_id: bytes) -> SecurityKey | None:
        """Give the key that an authenticator named, whoever's it is."""
        ...

    def add(self, key: SecurityKey) -> CredentialTaken | None:
        """Add a key; a credential is registered once over all accounts."""
        ...

    def rename(self, account: AccountId, key: str, name: str) -> bool:
        """Call a key otherwise; false when it is not there."""
        ...

    def remove(self, account: AccountId, key: str) -> bool:
        """Remove one; false when it is not there."""
        ...

    def note_use(self, key: str, *, sign_count: int, backed_up: bool, at: datetime) -> bool:
        """Consume a use: true when its count is above the stored one, or both are 0.

        False changes nothing: the key is gone, or what was signed may come from a copy of it
        (WebAuthn L3 section 7.2 step 22).
        """
        ...

    def warn_of_clone(self, key: str, at: datetime) -> None:
        """Note that the key's count went back."""
        ...

    def count_now(self, account: AccountId, key: str) -> bool:
        """Approve a key that waits, so that it counts from now on; false when it is not there."""
        ...
