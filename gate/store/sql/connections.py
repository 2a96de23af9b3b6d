"""How a connection is opened, and what it promises from then on."""

from __future__ import annotations

import sqlite3
from typing import Final

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError

from gate.core.errors import StoreUnavailable
from gate.store.sql.address import Place, Server, SqliteFile

BUSY_SECONDS: Final = 2.0  # how long a write waits for another process (F5)
PRAGMAS: Final = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA synchronous = FULL",  # what was acknowledged is on the disk, power cuts included
    "PRAGMA trusted_schema = OFF",
)
SERVER_OPTIONS: Final = "-c lock_timeout=2000 -c statement_timeout=10000"  # milliseconds


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


def engine(place: Place) -> sa.Engine:
    """Give SQLAlchemy's engine for a place; it pools nothing."""
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
