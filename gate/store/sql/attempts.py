"""The throttle's counters in a database."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from gate.core.ports import Full, Limit, Reserved
from gate.store.sql.database import Database
from gate.store.sql.schema import attempts
from gate.store.sql.times import micros, moment


@dataclass(frozen=True, slots=True)
class SqlAttempts:
    """Counted attempts."""

    _live: Database

    def reserve(self, lane: str, limits: Sequence[Limit], now: datetime) -> Reserved | Full:
        """Count an attempt in a lane if every limit leaves one; atomic."""
        with self._live.write(alone=lane) as connection:
            waits = (_wait(connection, lane, limit, now) for limit in limits)
            wait = max(waits, default=timedelta())
            if wait > timedelta():
                return Full(wait=wait)
            ticket = secrets.token_hex(16)
            until = now + max((limit.per for limit in limits), default=timedelta())
            row = {"ticket": ticket, "lane": lane, "at": micros(now), "until": micros(until)}
            connection.execute(sa.insert(attempts).values(row))
            return Reserved(ticket=ticket)

    def refund(self, ticket: str) -> None:
        """Take one counted attempt back."""
        with self._live.write() as connection:
            connection.execute(sa.delete(attempts).where(attempts.c.ticket == ticket))

    def clear(self, prefix: str) -> int:
        """Forget the attempts of every lane that starts so; say how many."""
        begins_so = sa.func.substr(attempts.c.lane, 1, len(prefix)) == prefix
        gone = sa.delete(attempts).where(begins_so).returning(attempts.c.ticket)
        with self._live.write() as connection:
            return len(connection.execute(gone).all())


def _wait(connection: sa.Connection, lane: str, limit: Limit, now: datetime) -> timedelta:
    """Give the time until the limit leaves an attempt; none when it does now."""
    if limit.attempts < 1:
        return limit.per
    counted = (attempts.c.lane == lane) & (attempts.c.at > micros(now - limit.per))
    query = sa.select(attempts.c.at).where(counted).order_by(attempts.c.at.desc())
    last = connection.execute(query.limit(1).offset(limit.attempts - 1)).scalar()
    return timedelta() if last is None else moment(last) + limit.per - now
