"""What every change of an account's factors does beside it, in the same transaction."""

from __future__ import annotations

import sqlalchemy as sa

from gate.core.subject import AccountId
from gate.store.sql.schema import accounts, links, recovery_codes, security_keys, sessions, totps


def factors_changed(connection: sa.Connection, account: AccountId) -> bool:
    """Raise the version of an account's factors, which voids its links; false without account."""
    own = sa.update(accounts).where(accounts.c.id == account)
    raised = own.values(factor_version=accounts.c.factor_version + 1).returning(accounts.c.id)
    return connection.execute(raised).scalar() is not None


def drop_factors(connection: sa.Connection, account: AccountId) -> bool:
    """Remove all that proves or has proved a second factor; false without account."""
    for table in (totps, security_keys, recovery_codes, links, sessions):
        connection.execute(sa.delete(table).where(table.c.account == account))
    return factors_changed(connection, account)
