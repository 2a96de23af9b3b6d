"""Master keys that a store was used with (G26)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gate.config.secret import Purpose
from gate.core.errors import SealedAway, StoreCorrupt
from gate.store.sql import SqlStore, open_store
from gate.store.sql.address import SqliteFile
from gate.store.sql.connections import connect_sqlite
from tests.support.sql_stores import new_sqlite_store, sqlite_url

KEPT = {Purpose.AUDIT: bytes(range(32)), Purpose.RECOVERY: bytes(32)}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = new_sqlite_store(tmp_path)
    yield opened
    opened.close()


def test_g26_a_store_knows_the_keys_in_use(store: SqlStore) -> None:
    assert store.master_keys.needed() == frozenset()
    for key_id in ("first", "second", "first"):
        store.master_keys.note(key_id)
    assert store.master_keys.needed() == {"first", "second"}
    assert store.master_keys.kept() == {}


def test_f23_a_retired_key_is_needed_no_more_and_leaves_what_was_derived(store: SqlStore) -> None:
    store.master_keys.note("first")
    store.master_keys.retire("first", KEPT)
    store.master_keys.retire("never noted", KEPT)
    assert store.master_keys.needed() == frozenset()
    assert store.master_keys.kept() == {"first": KEPT, "never noted": KEPT}
    store.master_keys.note("first")
    assert store.master_keys.needed() == frozenset()


def test_t71_g26_what_is_kept_is_sealed_to_its_key(store: SqlStore, tmp_path: Path) -> None:
    store.master_keys.retire("first", KEPT)
    store.master_keys.note("second")
    for file in tmp_path.glob("gate.db*"):
        assert KEPT[Purpose.AUDIT].hex().encode() not in file.read_bytes()
    plane = open_store(sqlite_url(tmp_path), None)
    with pytest.raises(SealedAway):
        plane.master_keys.kept()
    plane.close()
    connection = connect_sqlite(SqliteFile(name=str(tmp_path / "gate.db")))
    connection.execute("UPDATE master_keys SET key_id = 'other' WHERE key_id = 'first'")
    connection.close()
    with pytest.raises(StoreCorrupt):
        store.master_keys.kept()
