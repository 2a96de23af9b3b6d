"""Rotating the master key under a gate that serves (G26, F23).

The new sealing key is first handed over: it lies in the store, sealed under the old one, until all
is done, and each process that can open the old one takes it from there. Then every sealed value is
sealed anew, row by row, by a statement that changes only what is still as it was read. A rotation
that was cut short goes on where it ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

import sqlalchemy as sa

from gate.config.secret import KEY_BYTES, DerivedKeys, Sealer
from gate.core.errors import StoreCorrupt
from gate.core.secret_text import Secret
from gate.store.sql.database import Database
from gate.store.sql.schema import MAIN, key_handovers, master_keys, one_time, passwords, totps
from gate.store.sql.vault import Vault

BATCH: Final = 100  # rows that are sealed anew in one transaction
TABLE: Final = "key_handovers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A column of sealed values, and the columns that name the row and what it is bound to."""

    column: sa.Column[bytes]
    row: sa.Column[str]
    account: sa.Column[str] | None = None  # None: to no account

    @property
    def table(self) -> sa.Table:
        """Give the table of the column."""
        return self.column.table


SEALED: Final = (
    Sealed(column=passwords.c.sealed, row=passwords.c.account, account=passwords.c.account),
    Sealed(column=totps.c.sealed, row=totps.c.id, account=totps.c.account),
    Sealed(column=master_keys.c.kept, row=master_keys.c.key_id),
    Sealed(column=one_time.c.sealed, row=one_time.c.key, account=one_time.c.kind),
)


@dataclass(frozen=True, slots=True)
class SqlRotation:
    """The steps of a rotation, and the one by which a process follows."""

    _main: Database
    _live: Database
    _vault: Vault

    def hand_over(self, keys: DerivedKeys, old_id: str) -> None:
        """Seal under the current of these keys from now on, and leave it to who holds the old."""
        new = Secret(keys.current.hex())
        under_old = Sealer(keys=replace(keys, current_id=old_id))
        sealed = under_old.seal(new, table=TABLE, row=keys.current_id, account="")
        with self._main.write() as connection:
            row = self._main.upsert(key_handovers).values(key_id=keys.current_id, sealed=sealed)
            again = row.on_conflict_do_update(index_elements=["key_id"], set_={"sealed": sealed})
            connection.execute(again)
        self._vault.adopt(Sealer(keys=keys))

    def follow(self) -> bool:
        """Take over a key that is handed over; false when this process has missed a rotation."""
        keys = self._vault.sealer.keys
        with self._main.read() as connection:
            found = connection.execute(sa.select(key_handovers)).all()
            retired = sa.select(master_keys.c.key_id).where(master_keys.c.kept.is_not(None))
            out_of_use = set(connection.execute(retired).scalars())
        for row in found:
            if row.key_id not in keys.by_id:
                keys = self._with(keys, row.key_id, row.sealed)
                self._vault.adopt(Sealer(keys=keys))
        return keys.current_id not in out_of_use

    def seal_anew(self) -> int:
        """Seal everything that is sealed under an older key under the current one; say how many."""
        return sum(self._column(sealed) for sealed in SEALED)

    def finish(self) -> None:
        """Take the handed-over key out of the store."""
        with self._main.write() as connection:
            connection.execute(sa.delete(key_handovers))

    def _with(self, keys: DerivedKeys, key_id: str, sealed: bytes) -> DerivedKeys:
        text = self._vault.open(sealed, table=TABLE, row=key_id, account="").reveal()
        key = bytes.fromhex(text)
        if len(key) != KEY_BYTES:
            raise StoreCorrupt("a key that is handed over has another length")
        return DerivedKeys(current_id=key_id, by_id=MappingProxyType({**keys.by_id, key_id: key}))

    def _column(self, sealed: Sealed) -> int:
        """Seal a column anew, in transactions that others need not wait for."""
        database = self._main if sealed.table.metadata is MAIN else self._live
        count = 0
        while rows := self._older(database, sealed):
            with database.write() as connection:
                count += sum(self._changed(connection, sealed, row) for row in rows)
        return count

    def _older(self, database: Database, sealed: Sealed) -> Sequence[sa.Row[str, str, bytes]]:
        """Give some rows that are sealed under older keys."""
        prefix = self._vault.sealer.prefix
        account = sa.literal("") if sealed.account is None else sealed.account
        older = sa.func.substr(sealed.column, 1, len(prefix)) != prefix
        query = sa.select(
            sealed.row.label("row"), account.label("account"), sealed.column.label("value")
        ).where(sealed.column.is_not(None), older)
        with database.read() as connection:
            return connection.execute(query.limit(BATCH)).all()

    def _changed(
        self, connection: sa.Connection, sealed: Sealed, row: sa.Row[str, str, bytes]
    ) -> bool:
        """Seal one value anew, unless somebody changed it meanwhile."""
        place = {"table": sealed.table.name, "row": row.row, "account": row.account}
        anew = self._vault.seal(self._vault.open(row.value, **place), **place)
        same = [sealed.row == row.row, sealed.column == row.value]
        if sealed.account is not None:
            same.append(sealed.account == row.account)
        change = sa.update(sealed.table).where(*same).values({sealed.column.name: anew})
        return connection.execute(change.returning(sealed.row)).first() is not None
