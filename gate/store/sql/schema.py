"""The tables, as queries name them; `gate.store.migrations` makes them.

Times are whole microseconds since 1970, durations whole microseconds, flags 0 or 1, so that both
databases hold and compare them alike.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, Table, Text

MAIN: Final = sa.MetaData()  # what decisions depend on
LIVE: Final = sa.MetaData()  # what they don't

NUMBER: Final = BigInteger().with_variant(Integer(), "sqlite")  # so that SQLite counts it up


def _account() -> Column[str]:
    return Column(
        "account", Text, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True
    )


epoch = Table(
    "epoch",
    MAIN,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("value", BigInteger, nullable=False),
)
facts = Table("facts", MAIN, Column("name", Text, primary_key=True))
accounts = Table(
    "accounts",
    MAIN,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("display_name", Text, nullable=False),
    Column("email", Text),
    Column("email_key", Text, unique=True),  # folded, so that one address has one owner
    Column("state", Text, nullable=False),
    Column("networks", Text),
    Column("always_second_factor", Integer, nullable=False),
    Column("factor_version", Integer, nullable=False, server_default="0"),
    Column("trial", Text),  # names the list that is tried; None: none is, and the rest is None too
    Column("trial_networks", Text),
    Column("trial_until", BigInteger),
    Column("trial_session", Text),
)
deleted_names = Table("deleted_names", MAIN, Column("name", Text, primary_key=True))
passwords = Table(
    "passwords",
    MAIN,
    Column("account", Text, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
)
totps = Table(
    "totps",
    MAIN,
    Column("id", Text, primary_key=True),
    _account(),
    Column("name", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("last_step", BigInteger, nullable=False),
    Column("added_at", BigInteger, nullable=False),
    Column("added_with", Text, nullable=False),
    Column("last_used", BigInteger),
)
security_keys = Table(
    "security_keys",
    MAIN,
    Column("id", Text, primary_key=True),
    _account(),
    Column("name", Text, nullable=False),
    Column("credential_id", LargeBinary, nullable=False, unique=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("algorithm", Integer, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("rp_id", Text, nullable=False),
    Column("origins", Text, nullable=False),
    Column("added_at", BigInteger, nullable=False),
    Column("added_with", Text, nullable=False),
    Column("transports", Text, nullable=False),
    Column("aaguid", LargeBinary, nullable=False),
    Column("backup_eligible", Integer, nullable=False),
    Column("backed_up", Integer, nullable=False),
    Column("discoverable", Integer, nullable=False),
    Column("user_verified", Integer, nullable=False),
    Column("counts_from", BigInteger),
    Column("approved", Integer, nullable=False),
    Column("last_used", BigInteger),
    Column("clone_warned_at", BigInteger),
)
recovery_codes = Table(
    "recovery_codes",
    MAIN,
    Column("account", Text, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("hash", Text, primary_key=True),
    Column("made_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
)
links = Table(
    "links",
    MAIN,
    Column("hash", Text, primary_key=True),
    _account(),
    Column("purpose", Text, nullable=False),
    Column("factor_version", Integer, nullable=False),
    Column("expires", BigInteger, nullable=False),
    Column("issuer", Text, nullable=False),
)
sessions = Table(
    "sessions",
    MAIN,
    Column("hash", Text, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    _account(),
    Column("host", Text, nullable=False),
    Column("proofs", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("last_seen", BigInteger, nullable=False),  # when it began; later ones are in `seen`
    Column("idle", BigInteger, nullable=False),
    Column("absolute", BigInteger, nullable=False),
    Column("address", Text, nullable=False),
    Column("browser", Text, nullable=False),
    Column("swept", Integer, nullable=False, server_default="0"),  # a swept one raises no epoch
    # ON DELETE CASCADE, which is not read back from a column that was added to a table of SQLite
    Column("parent", Text, ForeignKey("sessions.id"), index=True),
)
policy_versions = Table(
    "policy_versions",
    MAIN,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("files", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)
policy_in_force = Table(
    "policy_in_force",
    MAIN,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, ForeignKey("policy_versions.number"), nullable=False),
    Column("pinned", Integer, nullable=False),
)
held_policy = Table(
    "held_policy",
    MAIN,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("files", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)
audit_heads = Table(
    "audit_heads",
    MAIN,
    Column("chain", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("code", Text, nullable=False),
)
master_keys = Table(
    "master_keys",
    MAIN,
    Column("key_id", Text, primary_key=True),
    Column("kept", LargeBinary),  # of a retired one: the derived keys that are still needed, sealed
)
key_handovers = Table(
    "key_handovers",
    MAIN,
    Column("key_id", Text, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),  # under the key before it, during a rotation
)

seen = Table(
    "seen",
    LIVE,
    Column("session", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
)
familiar_devices = Table(
    "familiar_devices",
    LIVE,
    Column("account", Text, primary_key=True),
    Column("device", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
)
familiar_ranges = Table(
    "familiar_ranges",
    LIVE,
    Column("account", Text, primary_key=True),
    Column("address_range", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
)
attempts = Table(
    "attempts",
    LIVE,
    Column("ticket", Text, primary_key=True),
    Column("lane", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    sa.Index("ix_attempts_lane_at", "lane", "at"),
)
one_time = Table(
    "one_time",
    LIVE,
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("expires", BigInteger, nullable=False),
)
audit = Table(
    "audit",
    LIVE,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("request", Text, nullable=False, index=True),
    Column("site", Text, nullable=False),
    Column("account", Text, nullable=False, index=True),
    Column("client", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("version", Integer),
    Column("repeats", Integer, nullable=False),
    Column("details", Text, nullable=False),
    Column("chain", Text, index=True),
    Column("number", BigInteger),
    Column("code", Text),
    sqlite_autoincrement=True,
)
audit_chains = Table(
    "audit_chains",
    LIVE,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False, unique=True),
    Column("process", Text, nullable=False),
    Column("key_id", Text, nullable=False),
    Column("began_at", BigInteger, nullable=False),
    Column("code", Text, nullable=False),
)
