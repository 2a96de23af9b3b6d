"""The audit log in a database."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gate.core.ports import RECORD_TEXTS, AuditFilter, AuditRecord, Chain, ChainPlace
from gate.store.sql import rows
from gate.store.sql.chains import ChainRows
from gate.store.sql.database import Database
from gate.store.sql.schema import audit
from gate.store.sql.times import micros, moment


@dataclass(frozen=True, slots=True)
class SqlAudit:
    """Decision records and events, kept in order."""

    _main: Database
    _live: Database

    def append(self, records: Sequence[AuditRecord]) -> None:
        """Keep records, in one transaction."""
        if not records:
            return
        with self._live.write() as connection:
            connection.execute(sa.insert(audit), [_values(record) for record in records])

    def search(self, wanted: AuditFilter) -> Sequence[AuditRecord]:
        """Give what fits, newest first."""
        query = sa.select(audit).where(*_fitting(wanted)).order_by(audit.c.id.desc())
        with self._live.read() as connection:
            found = connection.execute(query.limit(max(wanted.most, 0))).all()
        return tuple(_record(row) for row in found)

    def in_order(self, *, after: int, most: int) -> Sequence[AuditRecord]:
        """Give records behind an id as they were kept, the oldest first."""
        query = sa.select(audit).where(audit.c.id > after).order_by(audit.c.id).limit(most)
        with self._live.read() as connection:
            return tuple(_record(row) for row in connection.execute(query).all())

    def begin_chain(self, make: Callable[[int], Chain]) -> None:
        """Keep the chain that is made for the next free number."""
        ChainRows(self._main, self._live).begin(make)

    def chains(self) -> Sequence[Chain]:
        """Give every chain, by number."""
        return ChainRows(self._main, self._live).all()

    def length(self, chain: str) -> int:
        """Give the number of a chain's last record; 0 when there is none."""
        query = sa.select(sa.func.max(audit.c.number)).where(audit.c.chain == chain)
        with self._live.read() as connection:
            return connection.execute(query).scalar() or 0

    def note_head(self, head: ChainPlace) -> None:
        """Keep, apart from the records, how far a chain has come; never shorter than before."""
        ChainRows(self._main, self._live).note_head(head)

    def heads(self) -> Sequence[ChainPlace]:
        """Give how far each chain had come."""
        return ChainRows(self._main, self._live).heads()


def _fitting(wanted: AuditFilter) -> list[sa.ColumnElement[bool]]:
    """Give the conditions of what was asked for: `since` included, `until` not."""
    columns = audit.c
    prefix = wanted.path_prefix or ""
    since = None if wanted.since is None else micros(wanted.since)
    until = None if wanted.until is None else micros(wanted.until)
    asked: tuple[tuple[object, Callable[[Any], sa.ColumnElement[bool]]], ...] = (
        (wanted.kind, columns.kind.__eq__),
        (wanted.kinds, columns.kind.in_),
        (wanted.without or None, columns.kind.not_in),
        (wanted.account, columns.account.__eq__),
        (None if wanted.client is None else str(wanted.client), columns.client.__eq__),
        (wanted.site, columns.site.__eq__),
        (wanted.outcome, columns.outcome.__eq__),
        (wanted.reason, columns.reason.__eq__),
        (wanted.request, columns.request.__eq__),
        (wanted.path_prefix, sa.func.substr(columns.path, 1, len(prefix)).__eq__),
        (wanted.after_id, columns.id.__gt__),
        (wanted.before_id, columns.id.__lt__),
        (since, columns.at.__ge__),
        (until, columns.at.__lt__),
    )
    return [holds(value) for value, holds in asked if value is not None]


def _values(record: AuditRecord) -> dict[str, object]:
    return {
        "at": micros(record.at),
        **{name: getattr(record, name) for name in RECORD_TEXTS},
        "version": record.version,
        "repeats": record.repeats,
        "details": json.dumps(dict(record.details), ensure_ascii=False),
        "chain": None if record.place is None else record.place.chain,
        "number": None if record.place is None else record.place.number,
        "code": None if record.place is None else record.place.code,
    }


@rows.stored
def _record(row: sa.Row[Any]) -> AuditRecord:
    details: dict[str, object] = json.loads(row.details)
    return AuditRecord(
        at=moment(row.at),
        **{name: str(getattr(row, name)) for name in RECORD_TEXTS},
        version=row.version,
        repeats=row.repeats,
        details=details,
        id=row.id,
        place=_place(row),
    )


def _place(row: sa.Row[Any]) -> ChainPlace | None:
    if row.chain is None:
        return None
    return ChainPlace(chain=row.chain, number=int(row.number), code=str(row.code))
