"""The epoch as another process sees it (G2)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from gate.core.errors import StoreCorrupt, StoreError, StoreUnavailable
from gate.core.subject import AccountState
from gate.store.sql import SqlStore, open_store
from gate.store.sql.address import SqliteFile
from gate.store.sql.connections import connect_sqlite
from gate.store.sql.database import Database
from gate.store.sql.epoch import ServerEpoch, SqliteEpoch
from tests.support.sql_stores import SEALER, new_sqlite_store, sqlite_url
from tests.support.store_values import NOON, hash_of, minutes, some_account, some_session
from tests.support.store_workers import end_a_session, together

ALICE = some_account("alice")


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[SqlStore]:
    opened = new_sqlite_store(tmp_path)
    opened.accounts.add(ALICE)
    opened.sessions.begin(some_session(ALICE))
    yield opened
    opened.close()


@pytest.fixture
def reader(writer: SqlStore, tmp_path: Path) -> Iterator[SqlStore]:
    assert writer.sessions.all()
    opened = open_store(sqlite_url(tmp_path), SEALER)
    yield opened
    opened.close()


def test_g2_t43_a_revocation_shows_in_the_next_call_elsewhere(
    writer: SqlStore, reader: SqlStore
) -> None:
    before = reader.epoch()
    assert reader.sessions.find(hash_of("token")) is not None
    writer.accounts.set_state(ALICE.id, AccountState.DISABLED)
    assert reader.epoch() > before
    assert reader.sessions.find(hash_of("token")) is None


def test_g2_t43_a_revocation_by_another_process_shows_in_the_next_call(
    reader: SqlStore, tmp_path: Path
) -> None:
    before = reader.epoch()
    together(end_a_session, sqlite_url(tmp_path))
    assert reader.epoch() > before
    assert reader.sessions.find(hash_of("token")) is None


def test_g2_the_own_writes_show_too(writer: SqlStore) -> None:
    seen = [writer.epoch()]
    for index in range(20):
        writer.sessions.begin(some_session(ALICE, f"token {index}"))
        seen.append(writer.epoch())
    assert seen == sorted(set(seen))


def test_g2_activity_elsewhere_raises_no_epoch(writer: SqlStore, reader: SqlStore) -> None:
    before = reader.epoch()
    writer.sessions.touch({hash_of("token"): NOON + minutes(1)})
    writer.accounts.remember_admin_existed()
    assert reader.epoch() == before
    assert reader.sessions.seen(hash_of("token")) == NOON + minutes(1)


def test_g2_every_thread_sees_what_was_committed_before_it_asked(
    writer: SqlStore, reader: SqlStore
) -> None:
    late: list[tuple[int, int]] = []
    written = 0
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            least = written
            seen = reader.epoch()
            if seen < least:
                late.append((seen, least))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for index in range(50):
        writer.sessions.begin(some_session(ALICE, f"token {index}"))
        written = writer.epoch()
    done.set()
    for thread in threads:
        thread.join()
    assert late == []


def test_f6_a_file_that_is_gone_is_an_error_until_it_is_back(
    reader: SqlStore, tmp_path: Path
) -> None:
    before = reader.epoch()
    (tmp_path / "gate.db").rename(tmp_path / "away.db")
    with pytest.raises(StoreUnavailable):
        reader.epoch()
    assert not (tmp_path / "gate.db").exists()
    (tmp_path / "away.db").rename(tmp_path / "gate.db")
    assert reader.epoch() == before


def test_a_closed_store_has_no_epoch(reader: SqlStore) -> None:
    reader.close()
    with pytest.raises(StoreUnavailable):
        reader.epoch()


def test_an_epoch_that_is_missing_is_corrupt(reader: SqlStore, tmp_path: Path) -> None:
    reader.epoch()
    connection = connect_sqlite(SqliteFile(name=str(tmp_path / "gate.db")))
    connection.execute("DELETE FROM epoch")
    connection.close()
    with pytest.raises(StoreCorrupt):
        reader.epoch()


def test_f6_a_file_that_is_no_database_is_corrupt(tmp_path: Path) -> None:
    (tmp_path / "gate.db").write_bytes(b"no database at all" * 1000)
    epoch = SqliteEpoch(SqliteFile(name=str(tmp_path / "gate.db")))
    for _ in range(2):
        with pytest.raises(StoreError):
            epoch.current()
    epoch.close()


def test_the_epoch_of_a_server_is_its_row(writer: SqlStore, tmp_path: Path) -> None:
    database = Database(SqliteFile(name=str(tmp_path / "gate.db")))
    epoch = ServerEpoch(database)
    assert epoch.current() == writer.epoch()
    with database.write() as connection:
        connection.exec_driver_sql("DELETE FROM epoch")
    with pytest.raises(StoreCorrupt):
        epoch.current()
    epoch.close()
    database.close()
