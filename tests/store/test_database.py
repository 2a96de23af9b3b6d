"""Connections, transactions and what happens when a file can't be used."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from gate.core.errors import StoreCorrupt, StoreError, StoreUnavailable
from gate.store.sql import SqlStore
from gate.store.sql.address import SqliteFile
from gate.store.sql.connections import connect_sqlite
from gate.store.sql.database import Database
from gate.store.sql.schema import facts
from tests.support.sql_stores import new_sqlite_store
from tests.support.store_values import NOON, hash_of, minutes, some_account, some_session

ALICE = some_account("alice")
SESSION = some_session(ALICE)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = new_sqlite_store(tmp_path)
    opened.accounts.add(ALICE)
    opened.sessions.begin(SESSION)
    yield opened
    opened.close()


@pytest.fixture
def database(store: SqlStore, tmp_path: Path) -> Iterator[Database]:
    assert store.sessions.find(SESSION.hash) == SESSION
    opened = Database(SqliteFile(name=str(tmp_path / "gate.db")))
    yield opened
    opened.close()


def facts_of(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.execute(sa.select(facts.c.name)).scalars())


def test_f3_a_write_that_fails_leaves_nothing(database: Database) -> None:
    def write_and_fail() -> None:
        with database.write() as connection:
            connection.execute(sa.insert(facts).values(name="half"))
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        write_and_fail()
    assert facts_of(database) == []
    with database.write() as connection:
        connection.execute(sa.insert(facts).values(name="whole"))
    assert facts_of(database) == ["whole"]


def test_f5_a_locked_database_is_read_and_not_written(store: SqlStore, tmp_path: Path) -> None:
    epoch = store.epoch()
    other = connect_sqlite(SqliteFile(name=str(tmp_path / "gate.db")))
    other.execute("BEGIN EXCLUSIVE")
    assert store.epoch() == epoch
    assert store.sessions.find(SESSION.hash) == SESSION
    with pytest.raises(StoreUnavailable, match="another process holds it"):
        store.sessions.end(SESSION.hash)
    other.execute("ROLLBACK")
    other.close()
    assert store.sessions.end(SESSION.hash)


def test_f4_a_full_disk_is_read_and_not_written(database: Database) -> None:
    with database.read() as connection:  # the next borrower gets this connection again
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    many = [{"name": f"{index}" * 1000} for index in range(1000)]
    with pytest.raises(StoreUnavailable, match="make room"), database.write() as connection:
        connection.execute(sa.insert(facts), many)
    assert facts_of(database) == []


@pytest.mark.parametrize("name", ["gate.db", "gate-live.db"])
def test_f6_a_file_that_is_gone_finds_no_session_and_is_not_made_anew(
    store: SqlStore, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).rename(tmp_path / "away.db")
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match=name):
            store.sessions.find(SESSION.hash)
    assert not (tmp_path / name).exists()
    (tmp_path / "away.db").rename(tmp_path / name)
    assert store.sessions.find(SESSION.hash) == SESSION


def test_f6_a_file_put_in_the_place_of_another_is_opened_anew(
    store: SqlStore, tmp_path: Path
) -> None:
    (tmp_path / "backup").mkdir()
    backup = new_sqlite_store(tmp_path / "backup")
    backup.close()
    for path in tmp_path.glob("gate.db-*"):
        path.unlink()
    (tmp_path / "backup" / "gate.db").replace(tmp_path / "gate.db")
    assert store.sessions.find(SESSION.hash) is None
    assert store.accounts.all() == ()
    assert store.epoch() == 1


def test_f6_a_damaged_file_gives_an_error_and_no_answer(store: SqlStore, tmp_path: Path) -> None:
    store.close()
    with (tmp_path / "gate.db").open("r+b") as file:
        file.write(b"\xff" * 4096)
    database = Database(SqliteFile(name=str(tmp_path / "gate.db")))
    with pytest.raises(StoreCorrupt, match="restore a backup"):
        facts_of(database)
    with pytest.raises(StoreError), database.write():
        pass
    database.close()


def test_f6_a_file_that_can_only_be_read_is_not_written(database: Database) -> None:
    with database.read() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
    with pytest.raises(StoreUnavailable, match="write to the file"), database.write() as connection:
        connection.execute(sa.insert(facts).values(name="x"))


def test_f3_a_prepared_query_that_fails_is_an_error_of_the_store(database: Database) -> None:
    query = database.prepare(sa.select(facts.c.name))
    with database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE facts RENAME TO gone")
    with pytest.raises(StoreUnavailable):
        database.row(query, {})


def test_a_closed_store_answers_nothing(store: SqlStore) -> None:
    calls: list[Callable[[], object]] = [
        lambda: store.sessions.find(SESSION.hash),
        store.accounts.all,
        store.policies.active_number,
        lambda: store.sessions.end(SESSION.hash),
    ]
    store.close()
    store.close()
    for call in calls:
        with pytest.raises(StoreUnavailable, match="closed"):
            call()


def test_what_is_borrowed_while_the_store_closes_is_closed_afterwards(database: Database) -> None:
    with database.read() as connection:
        database.close()
        assert connection.execute(sa.select(facts)).all() == []
    assert connection.closed


def test_threads_share_a_store(store: SqlStore) -> None:
    found: list[object] = []

    def look() -> None:
        for index in range(20):
            store.sessions.touch({SESSION.hash: NOON + minutes(index)})
            session = store.sessions.find(SESSION.hash)
            found.append(None if session is None else session.id)

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [SESSION.id] * 160
    assert store.sessions.seen(SESSION.hash) == NOON + minutes(19)
    assert store.sessions.find(hash_of("another")) is None
