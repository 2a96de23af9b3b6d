"""Housekeeping in both files."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from gate.core.ports import FamiliarPlace, Limit
from tests.support.sql_stores import new_sqlite_store
from tests.support.store_values import NOON, hash_of, minutes, some_account, some_session

LIVE_TABLES = ("seen", "attempts", "one_time", "familiar_devices", "familiar_ranges")


def counts(folder: Path) -> dict[str, int]:
    with closing(sqlite3.connect(folder / "gate-live.db")) as connection:
        return {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in LIVE_TABLES
        }


def test_nothing_is_left_of_what_time_has_ended(tmp_path: Path) -> None:
    store = new_sqlite_store(tmp_path)
    alice = some_account("alice")
    store.accounts.add(alice)
    store.sessions.begin(some_session(alice))
    store.sessions.touch({hash_of("token"): NOON, hash_of("ended long ago"): NOON})
    store.attempts.reserve("lane", [Limit(attempts=5, per=minutes(5))], NOON)
    store.one_time.put("link", "key", "payload", NOON + minutes(5))
    store.sessions.remember_place(
        FamiliarPlace(account=alice.id, device="d", address_range="192.0.2.0/24", at=NOON)
    )
    assert counts(tmp_path) == dict.fromkeys(LIVE_TABLES, 1) | {"seen": 2}
    assert store.sessions.sweep(NOON + minutes(1)) == 0
    assert counts(tmp_path) == dict.fromkeys(LIVE_TABLES, 1)
    assert store.sessions.sweep(NOON + timedelta(days=500)) == 1
    assert store.sessions.sweep(NOON + timedelta(days=500)) == 0
    assert counts(tmp_path) == dict.fromkeys(LIVE_TABLES, 0)
    store.close()
