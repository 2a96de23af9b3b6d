"""Chains of audit records in a database: their beginnings beside the records, their heads apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gate.core.ports import Chain, ChainPlace
from gate.store.sql import rows
from gate.store.sql.database import Database
from gate.store.sql.schema import audit_chains, audit_heads
from gate.store.sql.times import micros, moment


@dataclass(frozen=True, slots=True)
class ChainRows:
    """Beginnings and heads of chains."""

    _main: Database
    _live: Database

    def begin(self, make: Callable[[int], Chain]) -> None:
        """Keep the chain that is made for the next free number."""
        with self._live.write(alone="audit chains") as connection:
            last = connection.execute(sa.select(sa.func.max(audit_chains.c.number))).scalar()
            chain = make((last or 0) + 1)
            row = sa.insert(audit_chains).values(
                number=chain.number,
                id=chain.id,
                process=chain.process,
                key_id=chain.key_id,
                began_at=micros(chain.began_at),
                code=chain.code,
            )
            connection.execute(row)

    def all(self) -> Sequence[Chain]:
        """Give every chain, by number."""
        query = sa.select(audit_chains).order_by(audit_chains.c.number)
        with self._live.read() as connection:
            return tuple(_chain(row) for row in connection.execute(query).all())

    def note_head(self, head: ChainPlace) -> None:
        """Keep how far a chain has come; never shorter than before."""
        values = {"number": head.number, "code": head.code}
        row = self._main.upsert(audit_heads).values(chain=head.chain, **values)
        further = row.on_conflict_do_update(
            index_elements=["chain"],
            set_=values,
            where=row.excluded.number > audit_heads.c.number,
        )
        with self._main.write() as connection:
            connection.execute(further)

    def heads(self) -> Sequence[ChainPlace]:
        """Give how far each chain had come."""
        with self._main.read() as connection:
            found = connection.execute(sa.select(audit_heads)).all()
        return tuple(
            ChainPlace(chain=row.chain, number=row.number, code=str(row.code)) for row in found
        )


@rows.stored
def _chain(row: sa.Row[Any]) -> Chain:
    return Chain(
        number=row.number,
        id=row.id,
        process=row.process,
        key_id=row.key_id,
        began_at=moment(row.began_at),
        code=str(row.code),
    )
