"""The tables of the queries and those that the migrations make are the same."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from gate.store.sql.address import SqliteFile
from gate.store.sql.database import opened
from gate.store.sql.revisions import LIVE_CHAIN, MAIN_CHAIN, Chain
from gate.store.sql.schema import LIVE, MAIN
from tests.support.sql_stores import new_sqlite_store


@pytest.mark.parametrize(
    ("name", "chain", "tables"),
    [("gate.db", MAIN_CHAIN, MAIN), ("gate-live.db", LIVE_CHAIN, LIVE)],
)
def test_migrations_make_the_tables_of_the_queries(
    tmp_path: Path, name: str, chain: Chain, tables: sa.MetaData
) -> None:
    new_sqlite_store(tmp_path).close()
    with opened(SqliteFile(name=str(tmp_path / name))) as database, database.read() as connection:
        opts = {"version_table": chain.version_table, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, tables) == []


def test_the_two_databases_share_no_table_so_that_one_server_holds_both() -> None:
    assert not MAIN.tables.keys() & LIVE.tables.keys()
    assert MAIN_CHAIN.version_table != LIVE_CHAIN.version_table
