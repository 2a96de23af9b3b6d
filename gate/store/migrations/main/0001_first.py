"""Accounts, factors, sessions, policy versions, and the epoch with its triggers (G2)."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0001"
down_revision: Final = None

SESSION_COLUMNS: Final = (
    "hash, id, account, host, proofs, created_at, idle, absolute, address, browser"
)
# Table, event and condition of every write that a decision depends on.
RAISING: Final = (
    ("accounts", "INSERT", ""),
    ("accounts", "UPDATE", ""),
    ("accounts", "DELETE", ""),
    ("totps", "INSERT", ""),
    ("totps", "DELETE", ""),
    ("sessions", "INSERT", ""),
    ("sessions", f"UPDATE OF {SESSION_COLUMNS}", ""),
    ("sessions", "DELETE", "WHEN (OLD.swept = 0)"),
    ("policy_in_force", "INSERT", ""),
    ("policy_in_force", "UPDATE OF number", ""),
    ("policy_in_force", "DELETE", ""),
)
FUNCTION: Final = """
    CREATE FUNCTION raise_epoch() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE epoch SET value = value + 1;
        PERFORM pg_notify('gate_epoch', '');
        RETURN NULL;
    END $$
"""
TABLES: Final = (
    "held_policy",
    "policy_in_force",
    "policy_versions",
    "sessions",
    "totps",
    "passwords",
    "deleted_names",
    "accounts",
    "facts",
    "epoch",
)


def upgrade() -> None:
    """Make the tables of an empty database."""
    _make_epoch()
    _make_accounts()
    _make_factors()
    _make_sessions()
    _make_policies()
    _make_triggers()


def downgrade() -> None:
    """Leave an empty database."""
    for table in TABLES:
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION raise_epoch()")


def _one_row() -> tuple[sa.Column[int], sa.CheckConstraint]:
    """Give the key of a table that holds one row."""
    return sa.Column("id", sa.Integer, primary_key=True, autoincrement=False), sa.CheckConstraint(
        "id = 1"
    )


def _account_column() -> sa.Column[str]:
    owner = sa.ForeignKey("accounts.id", ondelete="CASCADE")
    return sa.Column("account", sa.Text, owner, nullable=False, index=True)


def _make_epoch() -> None:
    table = op.create_table("epoch", *_one_row(), sa.Column("value", sa.BigInteger, nullable=False))
    op.bulk_insert(table, [{"id": 1, "value": 1}])
    op.create_table("facts", sa.Column("name", sa.Text, primary_key=True))


def _make_accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("email", sa.Text),
        sa.Column("email_key", sa.Text, unique=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("networks", sa.Text),
        sa.Column("always_second_factor", sa.Integer, nullable=False),
    )
    op.create_table("deleted_names", sa.Column("name", sa.Text, primary_key=True))


def _make_factors() -> None:
    owner = sa.ForeignKey("accounts.id", ondelete="CASCADE")
    op.create_table(
        "passwords",
        sa.Column("account", sa.Text, owner, primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "totps",
        sa.Column("id", sa.Text, primary_key=True),
        _account_column(),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("last_step", sa.BigInteger, nullable=False),
        sa.Column("added_at", sa.BigInteger, nullable=False),
        sa.Column("added_with", sa.Text, nullable=False),
        sa.Column("last_used", sa.BigInteger),
    )


def _make_sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("hash", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        _account_column(),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("proofs", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("last_seen", sa.BigInteger, nullable=False),
        sa.Column("idle", sa.BigInteger, nullable=False),
        sa.Column("absolute", sa.BigInteger, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("browser", sa.Text, nullable=False),
        sa.Column("swept", sa.Integer, nullable=False, server_default="0"),
    )


def _make_policies() -> None:
    op.create_table(
        "policy_versions",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("files", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    stored = sa.ForeignKey("policy_versions.number")
    op.create_table(
        "policy_in_force",
        *_one_row(),
        sa.Column("number", sa.Integer, stored, nullable=False),
        sa.Column("pinned", sa.Integer, nullable=False),
    )
    op.create_table(
        "held_policy",
        *_one_row(),
        sa.Column("files", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )


def _make_triggers() -> None:
    server = op.get_bind().dialect.name == "postgresql"
    if server:
        op.execute(FUNCTION)
    for table, event, condition in RAISING:
        name = f"epoch_{table}_{event.split()[0].lower()}"
        body = (
            "EXECUTE FUNCTION raise_epoch()"
            if server
            else "BEGIN UPDATE epoch SET value = value + 1; END"
        )
        op.execute(
            f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW {condition} {body}"
        )
