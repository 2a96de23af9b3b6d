"""A writer that is killed loses nothing that it was told is kept, and leaves nothing half (F1)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.sql_stores import new_sqlite_store, sqlite_url
from tests.support.store_values import hash_of, some_account
from tests.support.store_workers import kill_while_writing


@pytest.mark.parametrize("after", [1, 7, 20])
def test_f1_what_was_acknowledged_is_there_after_kill_9(tmp_path: Path, after: int) -> None:
    store = new_sqlite_store(tmp_path)
    store.accounts.add(some_account("alice"))
    kept = kill_while_writing(sqlite_url(tmp_path), after=after)
    assert len(kept) >= after
    for token in kept:
        assert store.sessions.find(hash_of(token)) is not None
        assert store.sessions.find(hash_of(f"{token}-old")) is None
    assert len(store.sessions.all()) <= len(kept) + 1
    store.close()
