"""Last-seen, familiar places, the throttle, one-time values and the audit log."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0001"
down_revision: Final = None

TABLES: Final = (
    "audit",
    "one_time",
    "attempts",
    "familiar_ranges",
    "familiar_devices",
    "seen",
)


def upgrade() -> None:
    """Make the tables of an empty database."""
    _make_places()
    _make_one_time()
    _make_audit()


def downgrade() -> None:
    """Leave an empty database."""
    for table in TABLES:
        op.drop_table(table)


def _make_places() -> None:
    op.create_table(
        "seen",
        sa.Column("session", sa.Text, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "familiar_devices",
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("device", sa.Text, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "familiar_ranges",
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("address_range", sa.Text, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
    )


def _make_one_time() -> None:
    op.create_table(
        "attempts",
        sa.Column("ticket", sa.Text, primary_key=True),
        sa.Column("lane", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.Index("ix_attempts_lane_at", "lane", "at"),
    )
    op.create_table(
        "one_time",
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
    )


def _make_audit() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "audit",
        sa.Column("id", number, primary_key=True, autoincrement=True),
        sa.Column("at", sa.BigInteger, nullable=False, index=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("request", sa.Text, nullable=False, index=True),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False, index=True),
        sa.Column("client", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("version", sa.Integer),
        sa.Column("repeats", sa.Integer, nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
