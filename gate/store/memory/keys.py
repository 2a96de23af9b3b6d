"""Security keys in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gate.core.errors import StoreCorrupt
from gate.core.ports import CredentialTaken, SecurityKey
from gate.core.subject import AccountId
from gate.store.memory.tables import Tables


@dataclass(frozen=True, slots=True)
class MemoryKeys:
    """Security keys."""

    _tables: Tables

    def of_account(self, account: AccountId) -> Sequence[SecurityKey]:
        """Give the account's keys, oldest first."""
        with self._tables.lock:
            found = [key for key in self._tables.keys.values() if key.account == account]
        return tuple(sorted(found, key=lambda key: (key.added_at, key.id)))

    def by_credential(self, credential_id: bytes) -> SecurityKey | None:
        """Give the key that an authenticator named, whoever's it is."""
        with self._tables.lock:
            keys = self._tables.keys.values()
            return next((key for key in keys if key.credential_id == credential_id), None)

    def add(self, key: SecurityKey) -> CredentialTaken | None:
        """Add a key; a credential is registered once over all accounts."""
        with self._tables.lock:
            self._tables.existing(key.account)
            if self.by_credential(key.credential_id) is not None:
                return CredentialTaken()
            if key.id in self._tables.keys:
                raise StoreCorrupt("the key's id is in use; ids are random")
            self._tables.keys[key.id] = key
            self._tables.factors_changed(key.account)
            return None

    def rename(self, account: AccountId, key: str, name: str) -> bool:
        """Call a key otherwise; false when it is not there."""
        with self._tables.lock:
            kept = self._own(account, key)
            if kept is None:
                return False
            self._tables.keys[key] = replace(kept, name=name)
            return True

    def remove(self, account: AccountId, key: str) -> bool:
        """Remove one; false when it is not there."""
        with self._tables.lock:
            if self._own(account, key) is None:
                return False
            del self._tables.keys[key]
            self._tables.factors_changed(account)
            return True

    def note_use(self, key: str, *, sign_count: int, backed_up: bool, at: datetime) -> bool:
        """Consume a use: true when its count is above the stored one, or both are 0."""
        with self._tables.lock:
            kept = self._tables.keys.get(key)
            if kept is None or not (
                sign_count > kept.sign_count or sign_count == kept.sign_count == 0
            ):
                return False
            self._tables.keys[key] = replace(
                kept, sign_count=sign_count, backed_up=backed_up, last_used=at
            )
            return True

    def warn_of_clone(self, key: str, at: datetime) -> None:
        """Note that the key's count went back."""
        with self._tables.lock:
            kept = self._tables.keys.get(key)
            if kept is not None:
                self._tables.keys[key] = replace(kept, clone_warned_at=at)

    def count_now(self, account: AccountId, key: str) -> bool:
        """Approve a key that waits, so that it counts from now on; false when it is not there."""
        with self._tables.lock:
            kept = self._own(account, key)
            if kept is None:
                return False
            self._tables.keys[key] = replace(kept, counts_from=None, approved=True)
            self._tables.raise_epoch()
            return True

    def _own(self, account: AccountId, key: str) -> SecurityKey | None:
        kept = self._tables.keys.get(key)
        return kept if kept is not None and kept.account == account else None
