"""Recovery codes of accounts, as keyed hashes (G21)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from gate.core.subject import AccountId


class RecoveryCodes(Protocol):
    """One set of codes an account; a new set raises the account's factor version."""

    def replace(self, account: AccountId, hashes: Sequence[str], at: datetime) -> None:
        """Put a new set in the place of the old one; none at all voids what there was."""
        ...

    def use(self, account: AccountId, code_hash: str, at: datetime) -> int | None:
        """Consume a code by one statement: how many are left, or None when it is not there."""
        ...

    def unused(self, account: AccountId) -> Sequence[str]:
        """Give the hashes of the codes that are left."""
        ...

    def left(self, account: AccountId) -> int:
        """Say how many codes are left."""
        ...

    def made_at(self, account: AccountId) -> datetime | None:
        """Say when the set was made; None when there is none."""
        ...
