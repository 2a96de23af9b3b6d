"""Security keys, recovery codes, links, the version of factors, audit heads, known master keys."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0002"
down_revision: Final = "0001"

# Event of every write that a decision depends on.
RAISING: Final = ("INSERT", "UPDATE OF counts_from", "DELETE")
TABLES: Final = (
    "key_handovers",
    "master_keys",
    "audit_heads",
    "links",
    "recovery_codes",
    "security_keys",
)
# The program before this one sees no keys; whoever has nothing else stays out.
LOCK_WHO_HAS_KEYS_ONLY: Final = """
    UPDATE accounts SET state = 'locked'
    WHERE state = 'enabled' AND id IN (SELECT account FROM security_keys)
    AND id NOT IN (SELECT account FROM totps)
"""


def upgrade() -> None:
    """Add what keys need."""
    version = sa.Column("factor_version", sa.Integer, nullable=False, server_default="0")
    op.add_column("accounts", version)
    _make_keys()
    _make_recovery_codes()
    _make_links()
    _make_what_is_not_of_accounts()
    _make_triggers()


def downgrade() -> None:
    """Take keys, recovery codes and links away; who proved by key alone is locked."""
    op.execute(LOCK_WHO_HAS_KEYS_ONLY)
    for table in TABLES:
        op.drop_table(table)
    op.drop_column("accounts", "factor_version")


def _account_column() -> sa.Column[str]:
    owner = sa.ForeignKey("accounts.id", ondelete="CASCADE")
    return sa.Column("account", sa.Text, owner, nullable=False, index=True)


def _make_keys() -> None:
    op.create_table(
        "security_keys",
        sa.Column("id", sa.Text, primary_key=True),
        _account_column(),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("credential_id", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("algorithm", sa.Integer, nullable=False),
        sa.Column("sign_count", sa.BigInteger, nullable=False),
        sa.Column("rp_id", sa.Text, nullable=False),
        sa.Column("origins", sa.Text, nullable=False),
        sa.Column("added_at", sa.BigInteger, nullable=False),
        sa.Column("added_with", sa.Text, nullable=False),
        sa.Column("transports", sa.Text, nullable=False),
        sa.Column("aaguid", sa.LargeBinary, nullable=False),
        sa.Column("backup_eligible", sa.Integer, nullable=False),
        sa.Column("backed_up", sa.Integer, nullable=False),
        sa.Column("discoverable", sa.Integer, nullable=False),
        sa.Column("user_verified", sa.Integer, nullable=False),
        sa.Column("counts_from", sa.BigInteger),
        sa.Column("approved", sa.Integer, nullable=False),
        sa.Column("last_used", sa.BigInteger),
        sa.Column("clone_warned_at", sa.BigInteger),
    )


def _make_recovery_codes() -> None:
    owner = sa.ForeignKey("accounts.id", ondelete="CASCADE")
    op.create_table(
        "recovery_codes",
        sa.Column("account", sa.Text, owner, primary_key=True),
        sa.Column("hash", sa.Text, primary_key=True),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("used_at", sa.BigInteger),
    )


def _make_links() -> None:
    op.create_table(
        "links",
        sa.Column("hash", sa.Text, primary_key=True),
        _account_column(),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("factor_version", sa.Integer, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
        sa.Column("issuer", sa.Text, nullable=False),
    )


def _make_what_is_not_of_accounts() -> None:
    op.create_table(
        "audit_heads",
        sa.Column("chain", sa.Text, primary_key=True),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
    )
    op.create_table(
        "master_keys",
        sa.Column("key_id", sa.Text, primary_key=True),
        sa.Column("kept", sa.LargeBinary),
    )
    op.create_table(
        "key_handovers",
        sa.Column("key_id", sa.Text, primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )


def _make_triggers() -> None:
    server = op.get_bind().dialect.name == "postgresql"
    body = (
        "EXECUTE FUNCTION raise_epoch()"
        if server
        else "BEGIN UPDATE epoch SET value = value + 1; END"
    )
    for event in RAISING:
        name = f"epoch_security_keys_{event.split()[0].lower()}"
        op.execute(f"CREATE TRIGGER {name} AFTER {event} ON security_keys FOR EACH ROW {body}")
