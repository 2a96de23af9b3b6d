"""The audit log in a database."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from gate.core.ports import AuditFilter, AuditRecord
from gate.store.sql import rows
from gate.store.sql.database import Database
from gate.store.sql.schema import audit
from gate.store.sql.times import micros, moment

TEXTS: Final = (
    "kind",
    "request",
    "site",
    "account",
    "client",
    "outcome",
    "reason",
    "rule",
    "method",
    "path",
)


@dataclass(frozen=True, slots=True)
class SqlAudit:
    """Decision records and events, kept in order."""

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


def _fitting(wanted: AuditFilter) -> list[sa.ColumnElement[bool]]:
    """Give the conditions of what was asked for: `since` included, `until` not."""
    columns = audit.c
    prefix = wanted.path_prefix or ""
    since = None if wanted.since is None else micros(wanted.since)
    until = None if wanted.until is None else micros(wanted.until)
    asked: tuple[tuple[object, Callable[[Any], sa.ColumnElement[bool]]], ...] = (
        (wanted.kind, columns.kind.__eq__),
        (wanted.without or None, columns.kind.not_in),
        (wanted.account, columns.account.__eq__),
        (None if wanted.client is None else str(wanted.client), columns.client.__eq__),
        (wanted.site, columns.site.__eq__),
        (wanted.outcome, columns.outcome.__eq__),
        (wanted.reason, columns.reason.__eq__),
        (wanted.request, columns.request.__eq__),
        (wanted.path_prefix, sa.func.substr(columns.path, 1, len(prefix)).__eq__),
        (wanted.after_id, columns.id.__gt__),
        (since, columns.at.__ge__),
        (until, columns.at.__lt__),
    )
    return [holds(value) for value, holds in asked if value is not None]


def _values(record: AuditRecord) -> dict[str, object]:
    return {
        "at": micros(record.at),
        **{name: getattr(record, name) for name in TEXTS},
        "version": record.version,
        "repeats": record.repeats,
        "details": json.dumps(dict(record.details), ensure_ascii=False),
    }


@rows.stored
def _record(row: sa.Row[Any]) -> AuditRecord:
    details: dict[str, object] = json.loads(row.details)
    return AuditRecord(
        at=moment(row.at),
        **{name: getattr(row, name) for name in TEXTS},
        version=row.version,
        repeats=row.repeats,
        details=details,
        id=row.id,
    )
