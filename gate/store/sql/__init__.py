"""A store in SQLite or PostgreSQL, through SQLAlchemy Core with one text for both.

`initialise` makes an empty store, `open_store` opens one that is there; neither migrates what is
there, `gate.store.sql.migrate` does. Planes open it without a sealer and can't read a secret.
"""

from __future__ import annotations

from gate.store.sql.opening import SqlStore, initialise, open_store, store_exists

__all__ = ["SqlStore", "initialise", "open_store", "store_exists"]
