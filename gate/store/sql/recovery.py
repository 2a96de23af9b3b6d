"""Recovery codes in a database, as keyed hashes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from gate.core.subject import AccountId
from gate.store.sql.database import Database
from gate.store.sql.factor_changes import factors_changed
from gate.store.sql.schema import recovery_codes
from gate.store.sql.times import micros, moment

CODE = recovery_codes.c


@dataclass(frozen=True, slots=True)
class SqlRecoveryCodes:
    """One set of codes an account."""

    _main: Database

    def replace(self, account: AccountId, hashes: Sequence[str], at: datetime) -> None:
        """Put a new set in the place of the old one; none at all voids what there was."""
        made = [{"account": account, "hash": each, "made_at": micros(at)} for each in hashes]
        with self._main.write() as connection:
            connection.execute(sa.delete(recovery_codes).where(CODE.account == account))
            if made:
                connection.execute(sa.insert(recovery_codes), made)
            factors_changed(connection, account)

    def use(self, account: AccountId, code_hash: str, at: datetime) -> int | None:
        """Consume a code, in one statement (T65): how many are left, or None."""
        unused = (CODE.account == account, CODE.hash == code_hash, CODE.used_at.is_(None))
        used = sa.update(recovery_codes).where(*unused).values(used_at=micros(at))
        with self._main.write() as connection:
            if connection.execute(used.returning(CODE.hash)).scalar() is None:
                return None
            return _left(connection, account)

    def unused(self, account: AccountId) -> Sequence[str]:
        """Give the hashes of the codes that are left."""
        query = sa.select(CODE.hash).where(CODE.account == account, CODE.used_at.is_(None))
        with self._main.read() as connection:
            return tuple(connection.execute(query.order_by(CODE.hash)).scalars())

    def left(self, account: AccountId) -> int:
        """Say how many codes are left."""
        with self._main.read() as connection:
            return _left(connection, account)

    def made_at(self, account: AccountId) -> datetime | None:
        """Say when the set was made; None when there is none."""
        query = sa.select(sa.func.min(CODE.made_at)).where(CODE.account == account)
        with self._main.read() as connection:
            made = connection.execute(query).scalar()
        return None if made is None else moment(made)


def _left(connection: sa.Connection, account: AccountId) -> int:
    query = sa.select(sa.func.count()).where(CODE.account == account, CODE.used_at.is_(None))
    return connection.execute(query).scalar_one()
