"""Nothing: both databases carry the same revision, and trials are columns of accounts (G15)."""

from __future__ import annotations

from typing import Final

revision: Final = "0004"
down_revision: Final = "0003"


def upgrade() -> None:
    """Change nothing."""


def downgrade() -> None:
    """Change nothing."""
