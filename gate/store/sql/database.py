"""One database: its connections, reads, and writes as transactions.

A thread borrows a connection for one read or one transaction; idle ones wait on a stack. SQLite's
driver is in autocommit, so each read sees the newest state and a write begins with BEGIN
IMMEDIATE: what it reads can't change before it commits. A connection under which something failed
is closed. A file that was moved away is an error, and one put back is opened anew (F6).
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from gate.core.errors import StoreUnavailable
from gate.store.sql.address import FileIdentity, Place, SqliteFile
from gate.store.sql.connections import engine
from gate.store.sql.failures import store_error

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
        self._engine: Final = engine(place)
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
        joined = self._joined_connection()
        if joined is not None:
            found = joined.exec_driver_sql(query.sql, dict(values)).first()
            return None if found is None else tuple(found)
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
        joined = self._joined_connection()
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
        joined = self._joined_connection()
        if joined is not None:
            # A savepoint: a write that fails leaves those before it whole.
            with self._translated(), joined.begin_nested():
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
            with self._translated():
                yield lease
                lease.connection.rollback()
            done = True
        finally:
            self._give_back(lease, usable=done)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except self._failures as error:
            raise store_error(error) from error

    def _joined_connection(self) -> sa.Connection | None:
        """Give the connection of this thread's `together`."""
        connection: sa.Connection | None = getattr(self._joined, "connection", None)
        return connection

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


def _close(lease: _Lease) -> None:
    with suppress(SQLAlchemyError):
        lease.connection.close()
