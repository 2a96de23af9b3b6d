"""Trials of allowlists in a database: columns of their account, so that one statement does all.

The kept list is never touched before a trial is kept. So a trial that ends by itself has nothing to
put back, and can't overwrite what an operator wrote meanwhile (G15).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from gate.core.subject import AccountId, Trial
from gate.store.sql import rows
from gate.store.sql.database import Database
from gate.store.sql.schema import accounts
from gate.store.sql.times import micros

TRIAL_COLUMNS: Final = (
    accounts.c.trial,
    accounts.c.trial_networks,
    accounts.c.trial_until,
    accounts.c.trial_session,
)
NO_TRIAL: Final[Mapping[str, None]] = {column.name: None for column in TRIAL_COLUMNS}


@dataclass(frozen=True, slots=True)
class TrialRows:
    """One trial an account; each of these is one statement."""

    _main: Database

    def begin(self, account: AccountId, trial: Trial) -> None:
        """Begin a trial in the place of any other."""
        values = {
            "trial": trial.id,
            "trial_networks": rows.networks_text(trial.networks),
            "trial_until": micros(trial.until),
            "trial_session": trial.session,
        }
        with self._main.write() as connection:
            connection.execute(sa.update(accounts).where(accounts.c.id == account).values(values))

    def keep(self, account: AccountId, trial: str, now: datetime) -> bool:
        """Keep the list of a trial that runs; false when it is over."""
        runs = _is(account, trial) & (accounts.c.trial_until > micros(now))
        values = {**NO_TRIAL, "networks": accounts.c.trial_networks}
        return self._changed(sa.update(accounts).where(runs).values(values))

    def end(self, account: AccountId, trial: str) -> bool:
        """End a trial; false when it is not there."""
        return self._changed(sa.update(accounts).where(_is(account, trial)).values(NO_TRIAL))

    def end_overdue(self, now: datetime) -> Sequence[AccountId]:
        """End what is past its end, and write only when there is something to end."""
        overdue = accounts.c.trial_until <= micros(now)
        with self._main.read() as connection:
            if connection.execute(sa.select(accounts.c.id).where(overdue).limit(1)).first() is None:
                return ()
        ended = sa.update(accounts).where(overdue).values(NO_TRIAL).returning(accounts.c.id)
        with self._main.write() as connection:
            return [AccountId(account) for account in connection.execute(ended).scalars()]

    def _changed(self, change: sa.Update) -> bool:
        with self._main.write() as connection:
            return connection.execute(change.returning(accounts.c.id)).first() is not None


def _is(account: AccountId, trial: str) -> sa.ColumnElement[bool]:
    return (accounts.c.id == account) & (accounts.c.trial == trial)
