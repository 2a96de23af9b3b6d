"""Passwords and code apps in a database, their secrets sealed to their rows (T71)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gate.core.ports import Totp
from gate.core.secret_text import Secret
from gate.core.subject import AccountId
from gate.store.sql import rows
from gate.store.sql.database import Database
from gate.store.sql.factor_changes import factors_changed
from gate.store.sql.schema import passwords, totps
from gate.store.sql.times import micros, moment
from gate.store.sql.vault import Vault


@dataclass(frozen=True, slots=True)
class PasswordRows:
    """Encoded password hashes, one an account."""

    _main: Database
    _vault: Vault

    def find(self, account: AccountId) -> Secret | None:
        """Give the encoded hash."""
        with self._main.read() as connection:
            sealed = connection.execute(_password_of(account)).scalar()
        return None if sealed is None else self._open(sealed, account)

    def set_at(self, account: AccountId) -> datetime | None:
        """Say when the password was set."""
        query = sa.select(passwords.c.changed_at).where(passwords.c.account == account)
        with self._main.read() as connection:
            set_at = connection.execute(query).scalar()
        return None if set_at is None else moment(set_at)

    def replace(self, account: AccountId, encoded: Secret, at: datetime) -> None:
        """Store another password's hash."""
        values = {"sealed": self._seal(encoded, account), "changed_at": micros(at)}
        with self._main.write() as connection:
            self._vault.refuse_retired(connection)
            row = self._main.upsert(passwords).values(account=account, **values)
            connection.execute(row.on_conflict_do_update(index_elements=["account"], set_=values))
            factors_changed(connection, account)

    def upgrade(self, account: AccountId, *, old: Secret, new: Secret) -> bool:
        """Store another hash of the same password."""
        with self._main.write() as connection:
            self._vault.refuse_retired(connection)
            sealed = connection.execute(_password_of(account).with_for_update()).scalar()
            if sealed is None or self._open(sealed, account) != old:
                return False
            change = sa.update(passwords).where(passwords.c.account == account)
            connection.execute(change.values(sealed=self._seal(new, account)))
            return True

    def _seal(self, encoded: Secret, account: AccountId) -> bytes:
        return self._vault.seal(encoded, table="passwords", row=account, account=account)

    def _open(self, sealed: bytes, account: AccountId) -> Secret:
        return self._vault.open(sealed, table="passwords", row=account, account=account)


@dataclass(frozen=True, slots=True)
class TotpRows:
    """Code apps."""

    _main: Database
    _vault: Vault

    def of_account(self, account: AccountId) -> Sequence[Totp]:
        """Give the account's code apps, oldest first."""
        query = sa.select(totps).where(totps.c.account == account)
        with self._main.read() as connection:
            found = connection.execute(query.order_by(totps.c.added_at, totps.c.id)).all()
        return tuple(self._totp(row) for row in found)

    def add(self, totp: Totp) -> None:
        """Store a code app."""
        account = totp.account
        sealed = self._vault.seal(totp.secret, table="totps", row=totp.id, account=account)
        row = sa.insert(totps).values(
            id=totp.id,
            account=account,
            name=totp.name,
            sealed=sealed,
            last_step=totp.last_step,
            added_at=micros(totp.added_at),
            added_with=" ".join(totp.added_with),
            last_used=None if totp.last_used is None else micros(totp.last_used),
        )
        with self._main.write() as connection:
            self._vault.refuse_retired(connection)
            connection.execute(row)
            factors_changed(connection, account)

    def rename(self, account: AccountId, totp: str, name: str) -> bool:
        """Call one that the account has otherwise."""
        own = (totps.c.id == totp) & (totps.c.account == account)
        with self._main.write() as connection:
            renamed = sa.update(totps).where(own).values(name=name).returning(totps.c.id)
            return connection.execute(renamed).scalar() is not None

    def remove(self, account: AccountId, totp: str) -> bool:
        """Remove one that the account has."""
        own = (totps.c.id == totp) & (totps.c.account == account)
        with self._main.write() as connection:
            gone = sa.delete(totps).where(own).returning(totps.c.id)
            if connection.execute(gone).scalar() is None:
                return False
            factors_changed(connection, account)
            return True

    def accept_step(self, totp: str, step: int, at: datetime) -> bool:
        """Consume a time step, in one statement (T60)."""
        fresh = (totps.c.id == totp) & (totps.c.last_step < step)
        accept = sa.update(totps).where(fresh).values(last_step=step, last_used=micros(at))
        with self._main.write() as connection:
            return connection.execute(accept.returning(totps.c.id)).scalar() is not None

    @rows.stored
    def _totp(self, row: sa.Row[Any]) -> Totp:
        return Totp(
            id=row.id,
            account=AccountId(row.account),
            name=row.name,
            secret=self._vault.open(row.sealed, table="totps", row=row.id, account=row.account),
            last_step=row.last_step,
            added_at=moment(row.added_at),
            added_with=rows.methods(row.added_with),
            last_used=None if row.last_used is None else moment(row.last_used),
        )


def _password_of(account: AccountId) -> sa.Select[bytes]:
    return sa.select(passwords.c.sealed).where(passwords.c.account == account)
