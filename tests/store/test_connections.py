"""How a connection is opened, and what it promises."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from gate.core.errors import StoreUnavailable
from gate.store.sql.address import Server, SqliteFile
from gate.store.sql.connections import connect_sqlite, engine
from tests.support.sql_stores import new_sqlite_store


def test_a_connection_keeps_the_promises_of_the_file(tmp_path: Path) -> None:
    new_sqlite_store(tmp_path).close()
    connection = connect_sqlite(SqliteFile(name=str(tmp_path / "gate.db")))
    asked = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    assert [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in asked] == [
        "wal",
        2,  # FULL
        1,
        2000,
    ]
    connection.close()


def test_a_file_is_never_made_by_opening_it(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError):
        connect_sqlite(SqliteFile(name=str(tmp_path / "none.db")))
    assert list(tmp_path.iterdir()) == []


def test_a_server_without_its_driver_is_unavailable() -> None:
    with pytest.raises(StoreUnavailable):
        engine(Server(url="postgresql+pygresql://gate@127.0.0.1:9/gate"))
