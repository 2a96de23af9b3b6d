"""One-time links in a database, in the file of the accounts: they count together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gate.core.ports import Link, LinkHash, LinkPurpose
from gate.core.subject import AccountId
from gate.store.sql import rows
from gate.store.sql.database import Database
from gate.store.sql.schema import accounts, links
from gate.store.sql.times import micros, moment

LINK = links.c
VERSION_NOW = (
    sa.select(accounts.c.factor_version).where(accounts.c.id == LINK.account).scalar_subquery()
)


@dataclass(frozen=True, slots=True)
class SqlLinks:
    """Links by the hash of their token."""

    _main: Database

    def put(self, link: Link) -> None:
        """Keep a link in the place of every older one of its account."""
        row = sa.insert(links).values(
            hash=link.hash,
            account=link.account,
            purpose=link.purpose,
            factor_version=link.factor_version,
            expires=micros(link.expires),
            issuer=link.issuer,
        )
        with self._main.write() as connection:
            connection.execute(sa.delete(links).where(LINK.account == link.account))
            connection.execute(row)

    def peek(self, link: LinkHash, now: datetime) -> Link | None:
        """Give a link and leave it; None when it is gone, expired or void."""
        with self._main.read() as connection:
            row = connection.execute(sa.select(links).where(*_good(link, now))).one_or_none()
        return None if row is None else _link(row)

    def take(self, link: LinkHash, now: datetime) -> Link | None:
        """Consume a link, in one statement; None when it is gone, expired or void."""
        taken = sa.delete(links).where(*_good(link, now)).returning(*LINK)
        with self._main.write() as connection:
            row = connection.execute(taken).one_or_none()
        return None if row is None else _link(row)

    def void(self, account: AccountId) -> int:
        """Forget the links of an account; say how many."""
        gone = sa.delete(links).where(LINK.account == account).returning(LINK.hash)
        with self._main.write() as connection:
            return len(connection.execute(gone).all())


def _good(link: LinkHash, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return LINK.hash == link, LINK.expires > micros(now), LINK.factor_version == VERSION_NOW


@rows.stored
def _link(row: sa.Row[Any]) -> Link:
    return Link(
        hash=LinkHash(row.hash),
        account=AccountId(row.account),
        purpose=LinkPurpose(row.purpose),
        factor_version=row.factor_version,
        expires=moment(row.expires),
        issuer=row.issuer,
    )
