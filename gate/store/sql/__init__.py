"""A store in SQLite or PostgreSQL, through SQLAlchemy Core with one text for both.

`initialise` makes an empty store, `open_store` opens one that is there; neither migrates. Planes
open it without a sealer and can't read a secret with it.
"""

from __future__ import annotations

from gate.store.sql.migrate import current, downgrade, head, upgrade
from gate.store.sql.opening import SqlStore, initialise, open_store, store_exists

__all__ = [
    "SqlStore",
    "current",
    "downgrade",
    "head",
    "initialise",
    "open_store",
    "store_exists",
    "upgrade",
]
