"""Sessions of other hosts hang on the one of the pages' host, and end with it (G5)."""

from __future__ import annotations

from typing import Final

from alembic import op

revision: Final = "0003"
down_revision: Final = "0002"

PARENT_INDEX: Final = "ix_sessions_parent"


def upgrade() -> None:
    """Let a session have a parent; Alembic adds no foreign key to a table of SQLite."""
    op.execute(
        "ALTER TABLE sessions ADD COLUMN parent TEXT REFERENCES sessions (id) ON DELETE CASCADE"
    )
    op.create_index(PARENT_INDEX, "sessions", ["parent"])


def downgrade() -> None:
    """End the children: the program before this one would let them live without their parents."""
    op.execute("DELETE FROM sessions WHERE parent IS NOT NULL")
    op.drop_index(PARENT_INDEX, "sessions")
    op.drop_column("sessions", "parent")
