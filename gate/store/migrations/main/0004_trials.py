"""A list of addresses is tried before it is kept: its columns stand in the account's row."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0004"
down_revision: Final = "0003"

COLUMNS: Final = (
    ("trial", sa.Text),
    ("trial_networks", sa.Text),
    ("trial_until", sa.BigInteger),
    ("trial_session", sa.Text),
)


def upgrade() -> None:
    """Add the columns; the trigger on accounts covers them."""
    for name, kind in COLUMNS:
        op.add_column("accounts", sa.Column(name, kind))


def downgrade() -> None:
    """End every trial: the kept list counts again, also where the tried one was narrower."""
    for name, _ in COLUMNS:
        op.drop_column("accounts", name)
