"""Making an empty store, and opening one that is there."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from gate.core.errors import StoreCorrupt, StoreUnavailable
from gate.core.ports import AuditRecord, Store
from gate.store.sql import initialise, open_store, store_exists
from tests.support.sql_stores import FILES, SEALER, new_sqlite_store, sqlite_url
from tests.support.store_values import NOON, some_account


def test_a_store_is_made_in_a_folder_of_its_owner(tmp_path: Path) -> None:
    folder = tmp_path / "gate-state"
    assert not store_exists(sqlite_url(folder))
    initialise(sqlite_url(folder))
    assert store_exists(sqlite_url(folder))
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.name for path in folder.iterdir()} == set(FILES)
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_a_store_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    initialise(sqlite_url(tmp_path))
    store: Store = open_store(sqlite_url(tmp_path), SEALER)
    store.accounts.add(some_account("alice"))
    initialise(sqlite_url(tmp_path))
    assert store.accounts.all() == (some_account("alice"),)
    store.close()


def test_a_start_that_was_cut_short_is_finished(tmp_path: Path) -> None:
    (tmp_path / "gate-live.db").touch()
    initialise(sqlite_url(tmp_path))
    open_store(sqlite_url(tmp_path), SEALER).close()


def test_f1_a_start_that_was_cut_short_before_the_schema_is_finished(tmp_path: Path) -> None:
    for name in FILES:
        (tmp_path / name).touch()
    initialise(sqlite_url(tmp_path))
    open_store(sqlite_url(tmp_path), SEALER).close()


def test_f6_a_store_without_its_live_file_is_not_completed(tmp_path: Path) -> None:
    new_sqlite_store(tmp_path).close()
    (tmp_path / "gate-live.db").unlink()
    for use in (initialise, lambda url: open_store(url, SEALER)):
        with pytest.raises(StoreUnavailable, match=r"gate-live\.db"):
            use(sqlite_url(tmp_path))
    assert not (tmp_path / "gate-live.db").exists()


def test_t103_a_store_whose_main_file_is_lost_does_not_begin_anew(tmp_path: Path) -> None:
    store = new_sqlite_store(tmp_path)
    store.audit.append([AuditRecord(at=NOON, kind="signed_in")])
    store.close()
    (tmp_path / "gate.db").unlink()
    with pytest.raises(StoreUnavailable, match="begin anew"):
        initialise(sqlite_url(tmp_path))
    assert not (tmp_path / "gate.db").exists()


def test_a_live_file_that_was_never_used_may_be_kept(tmp_path: Path) -> None:
    new_sqlite_store(tmp_path).close()
    (tmp_path / "gate.db").unlink()
    initialise(sqlite_url(tmp_path))
    open_store(sqlite_url(tmp_path), SEALER).close()


def test_f18_two_starts_at_once_make_one_store(tmp_path: Path) -> None:
    failed: list[BaseException] = []

    def start() -> None:
        try:
            initialise(sqlite_url(tmp_path))
        except StoreUnavailable as error:
            failed.append(error)

    threads = [threading.Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    open_store(sqlite_url(tmp_path), SEALER).close()


def test_f6_a_file_that_is_no_database_is_not_opened(tmp_path: Path) -> None:
    for name in FILES:
        (tmp_path / name).write_bytes(b"no database at all" * 1000)
    with pytest.raises(StoreCorrupt):
        open_store(sqlite_url(tmp_path), SEALER)


def test_a_folder_that_can_not_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable, match="can't be made"):
        initialise(sqlite_url(tmp_path / "file"))
    (tmp_path / "gate-live.db").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreUnavailable):
        initialise(sqlite_url(tmp_path))
