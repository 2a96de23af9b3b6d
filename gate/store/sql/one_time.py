"""Values that can be taken once, in a database; sealed, since some of them are seeds (R24)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from gate.core.secret_text import Secret
from gate.store.sql.database import Database
from gate.store.sql.schema import one_time
from gate.store.sql.times import micros
from gate.store.sql.vault import Vault


@dataclass(frozen=True, slots=True)
class SqlOneTime:
    """Values that can be taken once: ceremonies, links, pre-session forms."""

    _live: Database
    _vault: Vault

    def put(self, kind: str, key: str, payload: str, expires: datetime) -> None:
        """Store a payload under the hash of a token."""
        sealed = self._vault.seal(Secret(payload), table="one_time", row=key, account=kind)
        values = {"sealed": sealed, "expires": micros(expires)}
        with self._live.write() as connection:
            row = self._live.upsert(one_time).values(kind=kind, key=key, **values)
            again = row.on_conflict_do_update(index_elements=["kind", "key"], set_=values)
            connection.execute(again)

    def peek(self, kind: str, key: str, now: datetime) -> str | None:
        """Give the payload and leave it."""
        query = sa.select(one_time.c.sealed).where(_live_value(kind, key, now))
        with self._live.read() as connection:
            return self._open(kind, key, connection.execute(query).scalar())

    def take(self, kind: str, key: str, now: datetime) -> str | None:
        """Give the payload and delete it, in one statement; None when gone or expired."""
        taken = sa.delete(one_time).where(_live_value(kind, key, now))
        with self._live.write() as connection:
            sealed = connection.execute(taken.returning(one_time.c.sealed)).scalar()
        return self._open(kind, key, sealed)

    def _open(self, kind: str, key: str, sealed: bytes | None) -> str | None:
        if sealed is None:
            return None
        return self._vault.open(sealed, table="one_time", row=key, account=kind).reveal()


def _live_value(kind: str, key: str, now: datetime) -> sa.ColumnElement[bool]:
    named = (one_time.c.kind == kind) & (one_time.c.key == key)
    return named & (one_time.c.expires > micros(now))
