"""One database: its connections, reads, and writes as transactions.

A thread borrows a connection for one read or one transaction; idle ones wait on a stack. SQLite's
driver is in autocommit, so each read sees the newest state and a write begins with BEGIN
IMMEDIATE: what it reads can't change before it commits. A connection under which something failed
is closed. A file that was moved away is an error, and one put back is opened anew (F6).
"""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from gate.core.errors import StoreUnavailable
from gate.store.sql.address import FileIdentity, Place, Server, SqliteFile
from gate.store.sql.failures import store_error

BUSY_SECONDS: Final = 2.0  # how long a write waits for another process (F5)
PRAGMAS: Final = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA synchronous = FULL",  # what was acknowledged is on the disk, power cuts included
    "PRAGMA trusted_schema = OFF",
)
SERVER_OPTIONS: Final = "-c lock_timeout=2000 -c statement_timeout=10000"  # milliseconds

type Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A query compiled once; the hot path skips what SQLAlchemy does for each execution."""

    sql: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lease:
    """A connection, the driver's own below it, and the file that it opened."""

    connection: sa.Connection
    driver: Any
    identity: FileIdentity | None


class Database:
    """One SQLite file or one PostgreSQL database."""

    def __init__(self, place: Place) -> None:
        self.place: Final = place
        self.is_sqlite: Final = isinstance(place, SqliteFile)
        self._engine: Final = _engine(place)
        self._idle: Final[deque[_Lease]] = deque()
        self._closed = False
        self._joined: Final = threading.local()
        driver: Any = self._engine.dialect.loaded_dbapi
        self._failures: Final = (SQLAlchemyError, OSError, driver.Error)

    def prepare(self, query: sa.Select[Any]) -> Prepared:
        """Compile a query all of whose values are named parameters."""
        return Prepared(sql=str(query.compile(dialect=self._engine.dialect)))

    def row(self, query: Prepared, values: Mapping[str, object]) -> Row | None:
        """Give the first row of a prepared query."""
        lease = self._borrow()
        done = False
        try:
            row: Row | None = lease.driver.execute(query.sql, values).fetchone()
            if not self.is_sqlite:
                lease.driver.rollback()
            done = True
        except self._failures as error:
            raise store_error(error) from error
        finally:
            self._give_back(lease, usable=done)
        return row

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Lend a connection for queries."""
        joined: sa.Connection | None = getattr(self._joined, "connection", None)
        if joined is not None:
            yield joined
            return
        with self._lease() as lease:
            yield lease.connection

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make the reads and writes of this thread inside one transaction, which may not nest."""
        with self.write() as connection:
            self._joined.connection = connection
            try:
                yield
            finally:
                del self._joined.connection

    @contextmanager
    def write(self, *, alone: str = "") -> Iterator[sa.Connection]:
        """Lend a connection in a transaction, which is committed at the end or leaves nothing.

        Transactions with the same `alone` follow each other; in SQLite all of them do.
        """
        joined: sa.Connection | None = getattr(self._joined, "connection", None)
        if joined is not None:
            yield joined
            return
        with self._lease() as lease:
            connection = lease.connection
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            elif alone:
                connection.execute(
                    sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(alone)))
                )
            yield connection
            connection.commit()

    def upsert(self, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
        """Give an insert that knows ON CONFLICT, which both databases write alike."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    def close(self) -> None:
        """Close every connection; what is borrowed closes when it comes back."""
        self._closed = True
        while self._idle:
            _close(self._idle.pop())

    @contextmanager
    def _lease(self) -> Iterator[_Lease]:
        lease = self._borrow()
        done = False
        try:
            yield lease
            lease.connection.rollback()
            done = True
        except self._failures as error:
            raise store_error(error) from error
        finally:
            self._give_back(lease, usable=done)

    def _borrow(self) -> _Lease:
        if self._closed:
            raise StoreUnavailable("the store was closed")
        identity = self.place.identity() if isinstance(self.place, SqliteFile) else None
        while (lease := self._idle_one()) is not None:
            if lease.identity == identity:
                return lease
            _close(lease)
        try:
            connection = self._engine.connect()
        except self._failures as error:
            raise store_error(error) from error
        driver = connection.connection.dbapi_connection
        return _Lease(connection=connection, driver=driver, identity=identity)

    def _idle_one(self) -> _Lease | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def _give_back(self, lease: _Lease, *, usable: bool) -> None:
        if usable and not self._closed:
            self._idle.append(lease)
        else:
            _close(lease)


@contextmanager
def opened(place: Place) -> Iterator[Database]:
    """Lend a database for a while."""
    database = Database(place)
    try:
        yield database
    finally:
        database.close()


def connect_sqlite(file: SqliteFile) -> sqlite3.Connection:
    """Open a database file in autocommit; the caller hands it from thread to thread."""
    connection = sqlite3.connect(
        file.uri(),
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        for pragma in PRAGMAS:
            connection.execute(pragma)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _engine(place: Place) -> sa.Engine:
    if isinstance(place, Server):
        return _server_engine(place)
    return sa.create_engine(
        "sqlite://",
        creator=lambda: connect_sqlite(place),
        poolclass=sa.NullPool,
        paramstyle="named",
        hide_parameters=True,
    )


def _server_engine(server: Server) -> sa.Engine:
    try:
        return sa.create_engine(
            server.url,
            poolclass=sa.NullPool,
            hide_parameters=True,
            connect_args={"connect_timeout": 2, "options": SERVER_OPTIONS},
        )
    except (ImportError, ArgumentError):
        raise StoreUnavailable("PostgreSQL needs its driver; install psycopg") from None


def _close(lease: _Lease) -> None:
    with suppress(SQLAlchemyError):
        lease.connection.close()
