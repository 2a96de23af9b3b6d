"""Making a restored store safe, and putting it in its place."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from gate.core.errors import StoreUnavailable
from gate.core.subject import SessionId, Trial
from gate.store.backup import copy_databases, sqlite_files
from gate.store.restoring import make_safe, put_in_place
from gate.store.sql import open_store
from tests.support.sql_stores import FILES, SEALER, new_sqlite_store, sqlite_url
from tests.support.store_values import (
    NOON,
    allowlist,
    minutes,
    some_account,
    some_session,
    some_totp,
)

ALICE = some_account("alice")
BOB = some_account("bob")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """The folder of a store in which alice is signed in."""
    folder = tmp_path / "store"
    folder.mkdir()
    with closing(new_sqlite_store(folder)) as opened:
        opened.accounts.add(ALICE)
        opened.accounts.add_totp(some_totp(ALICE))
        opened.sessions.begin(some_session(ALICE))
    return folder


@pytest.fixture
def copy(store: Path, tmp_path: Path) -> Path:
    """The folder of a copy of that store."""
    folder = tmp_path / "copy"
    folder.mkdir()
    copy_databases(sqlite_url(store), folder)
    return folder


def names(folder: Path) -> list[str]:
    with closing(open_store(sqlite_url(folder), SEALER)) as opened:
        return [account.name for account in opened.accounts.all()]


def test_f22_a_copy_is_whole_while_the_store_is_written(store: Path, tmp_path: Path) -> None:
    with closing(open_store(sqlite_url(store), SEALER)) as opened:
        opened.accounts.add(BOB)  # still in the write-ahead log
        folder = tmp_path / "copy"
        folder.mkdir()
        copy_databases(sqlite_url(store), folder)
        opened.accounts.delete(BOB.id)
    assert names(folder) == ["alice", "bob"]
    assert {path.stat().st_mode & 0o777 for path in folder.glob("*.db")} == {0o600}


def test_f22_a_minimum_step_only_rises(copy: Path) -> None:
    url = sqlite_url(copy)
    for least in (7, 5):
        make_safe(url, least_step=least)
        with closing(open_store(url, SEALER)) as opened:
            assert [totp.last_step for totp in opened.accounts.totps(ALICE.id)] == [7]


def test_g26_a_safe_store_has_no_session_and_keeps_wrong_guesses(store: Path) -> None:
    with closing(open_store(sqlite_url(store), SEALER)) as opened:
        opened.attempts.reserve("lane", (), NOON + minutes(1))
        make_safe(sqlite_url(store), least_step=1)
        assert opened.sessions.all() == ()
        assert opened.attempts.clear("lane") == 1


def test_g26_a_trial_ends_with_a_restore_and_the_kept_list_counts(store: Path) -> None:
    tried = Trial(
        id="t", networks=allowlist("192.0.2.0/24"), until=NOON, session=SessionId("session")
    )
    with closing(open_store(sqlite_url(store), SEALER)) as opened:
        opened.accounts.try_networks(ALICE.id, tried)
        make_safe(sqlite_url(store), least_step=1)
        assert [(each.networks, each.trial) for each in opened.accounts.all()] == [(None, None)]


def test_f22_a_store_is_replaced_and_put_aside(store: Path, copy: Path, tmp_path: Path) -> None:
    with closing(open_store(sqlite_url(store), SEALER)) as opened:
        opened.accounts.add(BOB)
    put_in_place(sqlite_url(store), copy, tmp_path / "aside")
    assert names(store) == ["alice"]
    assert names(tmp_path / "aside") == ["alice", "bob"]
    assert (tmp_path / "aside").stat().st_mode & 0o777 == 0o700


def test_f22_what_is_not_there_needs_not_be_put_aside(copy: Path, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    put_in_place(sqlite_url(tmp_path / "new"), copy, tmp_path / "aside")
    assert names(tmp_path / "new") == ["alice"]
    assert not (tmp_path / "aside").exists()


def test_f3_a_store_that_can_not_be_put_aside_stays(
    store: Path, copy: Path, tmp_path: Path
) -> None:
    (tmp_path / "aside").mkdir()
    with pytest.raises(StoreUnavailable, match="can't be replaced"):
        put_in_place(sqlite_url(store), copy, tmp_path / "aside")
    assert names(store) == ["alice"]
    assert {path.name for path in copy.glob("*.db")} == set(FILES)


def test_a_server_has_tools_of_its_own() -> None:
    with pytest.raises(StoreUnavailable, match="pg_dump"):
        sqlite_files("postgresql://gate@127.0.0.1/gate")
