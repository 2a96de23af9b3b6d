"""Chains of audit records in files."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gate.core.errors import StoreCorrupt
from gate.store.sql import SqlStore
from gate.store.sql.address import SqliteFile
from gate.store.sql.connections import connect_sqlite
from tests.support.sql_stores import new_sqlite_store
from tests.support.store_values import some_chain


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = new_sqlite_store(tmp_path)
    yield opened
    opened.close()


def test_g27_f18_chains_that_begin_at_once_get_numbers_of_their_own(store: SqlStore) -> None:
    def begin(chain: str) -> None:
        store.audit.begin_chain(lambda number: some_chain(number, chain))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(begin, map(str, range(20))))
    assert [chain.number for chain in store.audit.chains()] == list(range(1, 21))


def test_a_chain_begins_once(store: SqlStore) -> None:
    store.audit.begin_chain(some_chain)
    with pytest.raises(StoreCorrupt):
        store.audit.begin_chain(some_chain)
    assert store.audit.chains() == (some_chain(1),)


def test_a_row_that_holds_no_chain_is_not_read(store: SqlStore, tmp_path: Path) -> None:
    store.audit.begin_chain(some_chain)
    connection = connect_sqlite(SqliteFile(name=str(tmp_path / "gate-live.db")))
    connection.execute("UPDATE audit_chains SET began_at = 'noon'")
    connection.close()
    with pytest.raises(StoreCorrupt):
        store.audit.chains()
