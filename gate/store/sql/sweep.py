"""Housekeeping: drops what time has ended, without a trace in the epoch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from gate.core.subject import Session
from gate.store.retention import PLACE_LIFE, SWEEP_GRACE
from gate.store.sql.database import Database
from gate.store.sql.schema import (
    attempts,
    familiar_devices,
    familiar_ranges,
    links,
    one_time,
    seen,
    sessions,
)
from gate.store.sql.times import micros


def sweep(main: Database, live: Database, held: Sequence[Session], now: datetime) -> int:
    """Drop ended sessions and all else that nobody will ask for; say how many sessions."""
    noted = _noted(live)  # read before `main`: a session that begins meanwhile is in both
    ended = [session.hash for session in held if session.ends_at + SWEEP_GRACE <= now]
    _drop_sessions(main, ended)
    _drop_links(main, now)
    _drop_rest(live, noted - _held(main), now)
    return len(ended)


def _drop_sessions(main: Database, ended: Sequence[str]) -> None:
    """Mark and delete in one transaction; the trigger passes over marked rows."""
    if not ended:
        return
    mark = sa.update(sessions).where(sessions.c.hash == sa.bindparam("gone")).values(swept=1)
    with main.write() as connection:
        connection.execute(mark, [{"gone": session} for session in ended])
        connection.execute(sa.delete(sessions).where(sessions.c.swept == 1))


def _drop_links(main: Database, now: datetime) -> None:
    """Look before deleting, so that `main` is written only when there is something to drop."""
    expired = links.c.expires <= micros(now)
    with main.read() as connection:
        if connection.execute(sa.select(links.c.hash).where(expired).limit(1)).first() is None:
            return
    with main.write() as connection:
        connection.execute(sa.delete(links).where(expired))


def _drop_rest(live: Database, orphans: set[str], now: datetime) -> None:
    with live.write() as connection:
        if orphans:
            gone = sa.delete(seen).where(seen.c.session == sa.bindparam("gone"))
            connection.execute(gone, [{"gone": session} for session in orphans])
        connection.execute(sa.delete(attempts).where(attempts.c.until <= micros(now)))
        connection.execute(sa.delete(one_time).where(one_time.c.expires <= micros(now)))
        for table in (familiar_devices, familiar_ranges):
            connection.execute(sa.delete(table).where(table.c.at <= micros(now - PLACE_LIFE)))


def _noted(live: Database) -> set[str]:
    with live.read() as connection:
        return set(connection.execute(sa.select(seen.c.session)).scalars())


def _held(main: Database) -> set[str]:
    with main.read() as connection:
        return set(connection.execute(sa.select(sessions.c.hash)).scalars())
