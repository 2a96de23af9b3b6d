"""Accounts, passwords and code apps in a database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from gate.core.network import Allowlist
from gate.core.ports import EmailTaken, NameTaken, Totp
from gate.core.secret_text import Secret
from gate.core.subject import Account, AccountId, AccountState, Trial
from gate.store.sql import rows
from gate.store.sql.database import Database
from gate.store.sql.factor_changes import drop_factors, factors_changed
from gate.store.sql.factors import PasswordRows, TotpRows
from gate.store.sql.places import PlaceRows
from gate.store.sql.schema import (
    accounts,
    deleted_names,
    facts,
    security_keys,
    sessions,
    totps,
)
from gate.store.sql.trials import NO_TRIAL, TRIAL_COLUMNS, TrialRows
from gate.store.sql.vault import Vault

ADMIN_EXISTED: Final = "admin_existed"
ACCOUNT_COLUMNS: Final = (  # those of `rows.AccountRow`
    accounts.c.id,
    accounts.c.name,
    accounts.c.display_name,
    accounts.c.email,
    accounts.c.state,
    accounts.c.networks,
    accounts.c.always_second_factor,
    accounts.c.factor_version,
    *TRIAL_COLUMNS,
    sa.exists().where(totps.c.account == accounts.c.id).label("has_totp"),
    sa.select(sa.func.min(sa.func.coalesce(security_keys.c.counts_from, sa.literal_column("0"))))
    .where(security_keys.c.account == accounts.c.id)
    .scalar_subquery()
    .label("key_waits_until"),
)


@dataclass(frozen=True, slots=True)
class SqlAccounts:
    """Accounts with what decisions see of them, their passwords and their code apps."""

    _main: Database
    _live: Database
    _vault: Vault

    def add(self, account: Account, *, reuse: bool = False) -> Account | NameTaken:
        """Add an account under its id; `reuse` takes a deleted account's name."""
        with self._main.write() as connection:
            if _is_there(connection, accounts.c.name, account.name):
                return NameTaken()
            if not reuse and _is_there(connection, deleted_names.c.name, account.name):
                return NameTaken()
            if _email_taken(connection, account.id, account.email):
                return EmailTaken()
            connection.execute(sa.delete(deleted_names).where(deleted_names.c.name == account.name))
            connection.execute(sa.insert(accounts).values(_values(account)))
            return _existing(connection, account.id)

    def by_id(self, account: AccountId) -> Account | None:
        """Give an account."""
        return self._find(accounts.c.id == account)

    def by_name(self, name: str) -> Account | None:
        """Give an account by its folded name."""
        return self._find(accounts.c.name == name)

    def all(self) -> Sequence[Account]:
        """Give every account, by name."""
        with self._main.read() as connection:
            found = connection.execute(sa.select(*ACCOUNT_COLUMNS)).all()
        return tuple(sorted((rows.account(tuple(row)) for row in found), key=lambda a: a.name))

    def delete(self, account: AccountId) -> bool:
        """Delete an account with all that hangs on it; its name stays as a tombstone."""
        PlaceRows(self._live).forget(account)
        with self._main.write() as connection:
            gone = sa.delete(accounts).where(accounts.c.id == account).returning(accounts.c.name)
            name = connection.execute(gone).scalar()
            if name is None:
                return False
            connection.execute(sa.insert(deleted_names).values(name=name))
            return True

    def set_state(self, account: AccountId, state: AccountState) -> None:
        """Enable, disable or lock; its sessions end either way, so that none comes back."""
        with self._main.write() as connection:
            _set(connection, account, state=state)
            connection.execute(sa.delete(sessions).where(sessions.c.account == account))
            if state is not AccountState.ENABLED:
                factors_changed(connection, account)

    def set_profile(
        self, account: AccountId, *, display_name: str, email: str | None
    ) -> EmailTaken | None:
        """Change what the upstream is told, or nothing; `email` counts as verified."""
        with self._main.write() as connection:
            if _email_taken(connection, account, email):
                return EmailTaken()
            key = _email_key(email)
            _set(connection, account, display_name=display_name, email=email, email_key=key)
            return None

    def set_networks(self, account: AccountId, networks: Allowlist | None) -> None:
        """Replace the person's own allowlist and end its trial; None: no restriction."""
        with self._main.write() as connection:
            _set(connection, account, networks=rows.networks_text(networks), **NO_TRIAL)

    def try_networks(self, account: AccountId, trial: Trial) -> None:
        """Begin a trial in the place of any other; the kept list stays what it is (G15)."""
        TrialRows(self._main).begin(account, trial)

    def keep_trial(self, account: AccountId, trial: str, now: datetime) -> bool:
        """Keep the list of a trial that runs, by one statement; false when it is over."""
        return TrialRows(self._main).keep(account, trial, now)

    def end_trial(self, account: AccountId, trial: str) -> bool:
        """End a trial, so that the kept list counts; false when it is not there."""
        return TrialRows(self._main).end(account, trial)

    def end_trials(self, now: datetime) -> Sequence[Account]:
        """End every trial past its end; give the accounts as they are then."""
        ended = TrialRows(self._main).end_overdue(now)
        found = [self.by_id(account) for account in ended]
        return tuple(account for account in found if account is not None)

    def set_always_second_factor(self, account: AccountId, *, on: bool) -> None:
        """Switch the opt-up."""
        with self._main.write() as connection:
            _set(connection, account, always_second_factor=int(on))

    def password_hash(self, account: AccountId) -> Secret | None:
        """Give the encoded hash; None when the account has no password."""
        return PasswordRows(self._main, self._vault).find(account)

    def password_set_at(self, account: AccountId) -> datetime | None:
        """Say when the password was set; None when the account has none."""
        return PasswordRows(self._main, self._vault).set_at(account)

    def set_password_hash(self, account: AccountId, encoded: Secret, at: datetime) -> None:
        """Replace the password; sessions are ended by the caller."""
        PasswordRows(self._main, self._vault).replace(account, encoded, at)

    def upgrade_password_hash(self, account: AccountId, *, old: Secret, new: Secret) -> bool:
        """Re-encode the same password; false when it was changed meanwhile."""
        return PasswordRows(self._main, self._vault).upgrade(account, old=old, new=new)

    def totps(self, account: AccountId) -> Sequence[Totp]:
        """Give the account's code apps, oldest first."""
        return TotpRows(self._main, self._vault).of_account(account)

    def add_totp(self, totp: Totp) -> None:
        """Add a confirmed code app."""
        TotpRows(self._main, self._vault).add(totp)

    def rename_totp(self, account: AccountId, totp: str, name: str) -> bool:
        """Call a code app otherwise; false when it is not there."""
        return TotpRows(self._main, self._vault).rename(account, totp, name)

    def remove_totp(self, account: AccountId, totp: str) -> bool:
        """Remove one; false when it is not there."""
        return TotpRows(self._main, self._vault).remove(account, totp)

    def accept_totp_step(self, totp: str, step: int, at: datetime) -> bool:
        """Consume a time step: true once for each step above the last accepted one."""
        return TotpRows(self._main, self._vault).accept_step(totp, step, at)

    def reset_factors(self, account: AccountId) -> bool:
        """End keys, code apps, recovery codes, links, sessions and familiar devices (G20)."""
        PlaceRows(self._live).forget(account)
        with self._main.write() as connection:
            return drop_factors(connection, account)

    def admin_ever_existed(self) -> bool:
        """Say whether there has ever been an admin (T103)."""
        with self._main.read() as connection:
            return _is_there(connection, facts.c.name, ADMIN_EXISTED)

    def remember_admin_existed(self) -> None:
        """Remember for ever that there was one."""
        with self._main.write() as connection:
            fact = self._main.upsert(facts).values(name=ADMIN_EXISTED)
            connection.execute(fact.on_conflict_do_nothing())

    def _find(self, where: sa.ColumnElement[bool]) -> Account | None:
        with self._main.read() as connection:
            row = connection.execute(sa.select(*ACCOUNT_COLUMNS).where(where)).one_or_none()
        return None if row is None else rows.account(tuple(row))


def _values(account: Account) -> dict[str, object]:
    return {
        "id": account.id,
        "name": account.name,
        "display_name": account.display_name,
        "email": account.email,
        "email_key": _email_key(account.email),
        "state": account.state,
        "networks": rows.networks_text(account.networks),
        "always_second_factor": int(account.always_second_factor),
    }


def _set(connection: sa.Connection, account: AccountId, **values: object) -> None:
    connection.execute(sa.update(accounts).where(accounts.c.id == account).values(**values))


def _existing(connection: sa.Connection, account: AccountId) -> Account:
    query = sa.select(*ACCOUNT_COLUMNS).where(accounts.c.id == account)
    return rows.account(tuple(connection.execute(query).one()))


def _is_there(connection: sa.Connection, column: sa.Column[Any], value: str) -> bool:
    return connection.execute(sa.select(column).where(column == value)).first() is not None


def _email_key(email: str | None) -> str | None:
    return None if email is None else email.lower()


def _email_taken(connection: sa.Connection, account: AccountId, email: str | None) -> bool:
    if email is None:
        return False
    other = (accounts.c.email_key == _email_key(email)) & (accounts.c.id != account)
    return connection.execute(sa.select(accounts.c.id).where(other)).first() is not None
