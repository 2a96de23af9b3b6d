"""Copies of a SQLite store while it is in use: each as it was at one moment (F22).

The file of the accounts comes first. The other one is then as old or younger, so that no audit
record is missing which the first one has noted.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from gate.core.errors import StoreCorrupt, StoreUnavailable
from gate.store.sql.address import SqliteFile, parse_address
from gate.store.sql.connections import connect_sqlite
from gate.store.sql.failures import store_error

MAIN: Final = "gate.db"
LIVE: Final = "gate-live.db"
DATABASES: Final = (MAIN, LIVE)
PRIVATE_FILE: Final = 0o600


def sqlite_files(url: str) -> tuple[SqliteFile, SqliteFile]:
    """Give the files of a SQLite store; another store has tools of its own."""
    address = parse_address(url)
    if isinstance(address.main, SqliteFile) and isinstance(address.live, SqliteFile):
        return address.main, address.live
    raise StoreUnavailable("the store is on a server; use pg_dump and pg_restore")


def copy_databases(url: str, folder: Path) -> None:
    """Copy both files of a store into a folder, under the names of a backup."""
    for file, name in zip(sqlite_files(url), DATABASES, strict=True):
        try:
            _copy(file, folder / name)
        except sqlite3.Error as error:
            raise store_error(error) from error


def _copy(file: SqliteFile, target: Path) -> None:
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, PRIVATE_FILE))
    with closing(connect_sqlite(file)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
        if copy.execute("PRAGMA quick_check").fetchall() != [("ok",)]:
            raise StoreCorrupt(f"the database `{file.name}` is damaged; restore a backup")
        copy.execute("PRAGMA journal_mode = DELETE")  # all of it in one file
