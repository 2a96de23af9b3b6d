"""Nothing: both databases carry the same revision, and tickets are one-time values (G5)."""

from __future__ import annotations

from typing import Final

revision: Final = "0003"
down_revision: Final = "0002"


def upgrade() -> None:
    """Change nothing."""


def downgrade() -> None:
    """Change nothing."""
