"""What counts once counts once over all processes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gate.core.ports import Full, Limit
from gate.store.sql import SqlStore, open_store
from tests.support.sql_stores import new_sqlite_store, sqlite_url
from tests.support.store_values import NOON, minutes, some_account, some_session, some_totp
from tests.support.store_workers import accept_a_step, end_a_session, reserve, together


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = new_sqlite_store(tmp_path)
    alice = some_account("alice")
    opened.accounts.add(alice)
    opened.accounts.add_totp(some_totp(alice))
    opened.sessions.begin(some_session(alice))
    yield opened
    opened.close()


@pytest.mark.usefixtures("store")
def test_t60_f18_of_200_posts_of_a_code_to_two_processes_one_counts(tmp_path: Path) -> None:
    assert sum(together(accept_a_step, sqlite_url(tmp_path))) == 1


@pytest.mark.usefixtures("store")
def test_t62_of_200_guesses_to_two_processes_five_are_counted_in(tmp_path: Path) -> None:
    assert sum(together(reserve, sqlite_url(tmp_path))) == 5


def test_f18_a_session_ends_once_over_two_processes(store: SqlStore, tmp_path: Path) -> None:
    before = store.epoch()
    assert sum(together(end_a_session, sqlite_url(tmp_path))) == 1
    assert store.epoch() == before + 1


def test_t62_attempts_are_kept_over_a_restart(store: SqlStore, tmp_path: Path) -> None:
    limits = [Limit(attempts=1, per=minutes(5))]
    store.attempts.reserve("code:alice", limits, NOON)
    store.close()
    again = open_store(sqlite_url(tmp_path), None)
    try:
        assert again.attempts.reserve("code:alice", limits, NOON) == Full(wait=minutes(5))
    finally:
        again.close()
