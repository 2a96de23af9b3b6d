"""The chains that hold audit records together (G27)."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0002"
down_revision: Final = "0001"

CHAIN_INDEX: Final = "ix_audit_chain"
PLACE: Final = ("chain", "number", "code")


def upgrade() -> None:
    """Give each record a place in a chain."""
    for column in (
        sa.Column("chain", sa.Text),
        sa.Column("number", sa.BigInteger),
        sa.Column("code", sa.Text),
    ):
        op.add_column("audit", column)
    op.create_index(CHAIN_INDEX, "audit", ["chain"])
    op.create_table(
        "audit_chains",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("process", sa.Text, nullable=False),
        sa.Column("key_id", sa.Text, nullable=False),
        sa.Column("began_at", sa.BigInteger, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Leave the records without their chains."""
    op.drop_table("audit_chains")
    op.drop_index(CHAIN_INDEX, "audit")
    for column in PLACE:
        op.drop_column("audit", column)
