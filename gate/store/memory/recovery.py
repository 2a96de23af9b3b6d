"""Recovery codes in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gate.core.subject import AccountId
from gate.store.memory.tables import CodeSet, Tables


@dataclass(frozen=True, slots=True)
class MemoryRecoveryCodes:
    """One set of codes an account."""

    _tables: Tables

    def replace(self, account: AccountId, hashes: Sequence[str], at: datetime) -> None:
        """Put a new set in the place of the old one; none at all voids what there was."""
        with self._tables.lock:
            self._tables.existing(account)
            self._tables.recovery_codes.pop(account, None)
            if hashes:
                made = CodeSet(hashes=frozenset(hashes), made_at=at)
                self._tables.recovery_codes[account] = made
            self._tables.factors_changed(account)

    def use(self, account: AccountId, code_hash: str, at: datetime) -> int | None:
        """Consume a code: how many are left, or None when it is not there."""
        with self._tables.lock:
            kept = self._tables.recovery_codes.get(account)
            if kept is None or code_hash not in kept.hashes:
                return None
            left = replace(kept, hashes=kept.hashes - {code_hash})
            self._tables.recovery_codes[account] = left
            return len(left.hashes)

    def unused(self, account: AccountId) -> Sequence[str]:
        """Give the hashes of the codes that are left."""
        kept = self._tables.recovery_codes.get(account)
        return () if kept is None else tuple(sorted(kept.hashes))

    def left(self, account: AccountId) -> int:
        """Say how many codes are left."""
        kept = self._tables.recovery_codes.get(account)
        return 0 if kept is None else len(kept.hashes)

    def made_at(self, account: AccountId) -> datetime | None:
        """Say when the set was made; None when there is none."""
        kept = self._tables.recovery_codes.get(account)
        return None if kept is None else kept.made_at
