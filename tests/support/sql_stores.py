"""SQLite stores in a test's own folder, and PostgreSQL where a server was named.

`GATE_TEST_POSTGRESQL` names a database that may be emptied, such as `postgresql://gate@127.0.0.1/t`.
"""

from __future__ import annotations

import os
import tempfile
from functools import cache
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from gate.config.secret import Purpose, Sealer, new_keyring
from gate.store.sql import SqlStore, initialise, open_store

SEALER: Final = Sealer(keys=new_keyring().derive(Purpose.SEALING))
POSTGRESQL: Final = os.environ.get("GATE_TEST_POSTGRESQL", "")
FILES: Final = ("gate.db", "gate-live.db")


def sqlite_url(folder: Path) -> str:
    """Give the address of the store of a folder."""
    return f"sqlite:///{folder / 'gate.db'}"


def new_sqlite_store(folder: Path, *, sealer: Sealer | None = SEALER) -> SqlStore:
    """Give an empty store in a folder; its files are copies, which is quicker than migrating."""
    for name, content in _empty_files().items():
        path = folder / name
        path.touch(mode=0o600)
        path.write_bytes(content)
    return open_store(sqlite_url(folder), sealer)


def new_server_store(url: str, *, sealer: Sealer | None = SEALER) -> SqlStore:
    """Give an empty store in a database, whatever was in it."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    initialise(url)
    return open_store(url, sealer)


@cache
def _empty_files() -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        initialise(sqlite_url(Path(folder)))
        return {name: (Path(folder) / name).read_bytes() for name in FILES}
