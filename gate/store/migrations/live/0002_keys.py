"""Nothing changes here; both databases count their revisions alike."""

from __future__ import annotations

from typing import Final

revision: Final = "0002"
down_revision: Final = "0001"


def upgrade() -> None:
    """Change nothing."""


def downgrade() -> None:
    """Change nothing."""
