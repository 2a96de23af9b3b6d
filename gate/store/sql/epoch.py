"""The epoch, cheap enough to be asked on every request (G2).

SQLite: `PRAGMA data_version` moves when another connection commits, and only on a connection that
writes nothing and holds no read transaction. So one is kept for that, and the epoch is read only
when the version moved. PostgreSQL: the row is read each time.
"""

from __future__ import annotations

import sqlite3
import threading
from typing import Final, Protocol

import sqlalchemy as sa

from gate.core.errors import StoreCorrupt, StoreUnavailable
from gate.store.sql import schema
from gate.store.sql.address import FileIdentity, SqliteFile
from gate.store.sql.connections import connect_sqlite
from gate.store.sql.database import Database
from gate.store.sql.failures import store_error


class Epoch(Protocol):
    """Knows the epoch."""

    def current(self) -> int:
        """Give the epoch."""

    def close(self) -> None:
        """Let go of the connection."""


class SqliteEpoch:
    """The epoch of a file, for the threads of one process."""

    def __init__(self, file: SqliteFile) -> None:
        self._file: Final = file
        self._lock: Final = threading.Lock()
        self._identity: FileIdentity | None = None
        self._connection: sqlite3.Connection | None = None
        self._version: object = None
        self._epoch = 0
        self._closed = False

    def current(self) -> int:
        """Give the epoch; about three microseconds and a look at the file while nothing moved."""
        with self._lock:
            try:
                return self._read(self._same_connection())
            except sqlite3.Error as error:
                self._drop()
                raise store_error(error) from error

    def close(self) -> None:
        """Let go of the connection."""
        with self._lock:
            self._closed = True
            self._drop()

    def _same_connection(self) -> sqlite3.Connection:
        """Give the kept connection, or a new one when another file stands in the place."""
        if self._closed:
            raise StoreUnavailable("the store was closed")
        identity = self._file.identity()
        if self._connection is None or identity != self._identity:
            self._drop()
            self._connection = connect_sqlite(self._file)
            self._connection.execute("PRAGMA query_only = ON")
            self._identity = identity
        return self._connection

    def _read(self, connection: sqlite3.Connection) -> int:
        """Read the version first: a commit in between is then seen by the next call."""
        version = connection.execute("PRAGMA data_version").fetchone()
        if version != self._version:
            rows = connection.execute("SELECT value FROM epoch").fetchall()
            if len(rows) != 1:
                raise StoreCorrupt("the epoch is missing; restore a backup")
            self._epoch = rows[0][0]
            self._version = version
        return self._epoch

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = self._version = None


class ServerEpoch:
    """The epoch of a PostgreSQL database."""

    def __init__(self, database: Database) -> None:
        self._database: Final = database
        self._query: Final = database.prepare(sa.select(schema.epoch.c.value))

    def current(self) -> int:
        """Give the epoch."""
        row = self._database.row(self._query, {})
        if row is None:
            raise StoreCorrupt("the epoch is missing; restore a backup")
        return int(row[0])

    def close(self) -> None:
        """Hold nothing of its own."""
