"""Which master keys this store was used with, and what is kept of those that were retired.

A store that knows a key is not opened without it (G26). Of a retired key stay the derived keys of
what can't be made anew under another one: audit chains and recovery codes. They are sealed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from gate.config.kept_keys import Kept, kept_keys, kept_text
from gate.config.secret import Purpose
from gate.store.sql import rows
from gate.store.sql.database import Database
from gate.store.sql.schema import master_keys
from gate.store.sql.vault import Vault

KEY: Final = master_keys.c


@dataclass(frozen=True, slots=True)
class SqlMasterKeys:
    """The ids of master keys, and derived keys of retired ones."""

    _main: Database
    _vault: Vault

    def needed(self) -> frozenset[str]:
        """Give the ids of the keys that are in use."""
        with self._main.read() as connection:
            query = sa.select(KEY.key_id).where(KEY.kept.is_(None))
            return frozenset(connection.execute(query).scalars())

    def note(self, key_id: str) -> None:
        """Note that a key is in use."""
        with self._main.write() as connection:
            row = self._main.upsert(master_keys).values(key_id=key_id)
            connection.execute(row.on_conflict_do_nothing())

    def retire(self, key_id: str, derived: Mapping[Purpose, bytes]) -> None:
        """Note that a key is in use no more, and keep what was derived from it."""
        kept = self._vault.seal(kept_text(derived), table="master_keys", row=key_id, account="")
        with self._main.write() as connection:
            row = self._main.upsert(master_keys).values(key_id=key_id, kept=kept)
            again = row.on_conflict_do_update(index_elements=["key_id"], set_={"kept": kept})
            connection.execute(again)

    def kept(self) -> Kept:
        """Give what is kept of each retired key."""
        query = sa.select(KEY.key_id, KEY.kept).where(KEY.kept.is_not(None))
        with self._main.read() as connection:
            found = connection.execute(query).all()
        return {row.key_id: self._opened(row.key_id, row.kept) for row in found}

    def _opened(self, key_id: str, sealed: bytes) -> Mapping[Purpose, bytes]:
        text = self._vault.open(sealed, table="master_keys", row=key_id, account="")
        return rows.stored(kept_keys)(text)
