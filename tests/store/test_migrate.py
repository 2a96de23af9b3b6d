"""Migrations: whole or not at all, and never a schema that this program does not know (F21)."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command

from gate.core.errors import SchemaTooNew, SchemaTooOld, StoreError, StoreUnavailable
from gate.core.subject import AccountState
from gate.store.sql import initialise, migrate, open_store
from gate.store.sql.address import SqliteFile
from gate.store.sql.connections import connect_sqlite
from gate.store.sql.database import Database, opened
from gate.store.sql.migrate import (
    Schema,
    current,
    downgrade,
    downgrade_database,
    head,
    upgrade,
    upgrade_database,
)
from gate.store.sql.revisions import LIVE_CHAIN, MAIN_CHAIN, REVISIONS, Chain, revision
from tests.support.sql_stores import SEALER, new_sqlite_store, sqlite_url
from tests.support.store_values import some_account, some_child, some_key, some_session, some_totp

NEXT = '''"""A later schema."""
from alembic import op
revision = "9999"
down_revision = "{head}"
def upgrade():
    op.execute("ALTER TABLE accounts ADD COLUMN nickname TEXT")
    op.execute("CREATE TABLE later (id TEXT)"){failure}
def downgrade():
    op.execute("DROP TABLE later")
    op.execute("ALTER TABLE accounts DROP COLUMN nickname")
'''


def longer_chain(folder: Path, failure: str = "") -> Chain:
    """Give the main chain with one revision more, in a folder with odd characters."""
    scripts = folder / "100% of %(the) migrations"
    shutil.copytree(REVISIONS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    text = NEXT.format(failure=failure, head=head())
    (scripts / "main" / "9999_later.py").write_text(text)
    return Chain(name="main", version_table=MAIN_CHAIN.version_table, scripts=scripts)


def columns(folder: Path) -> set[str]:
    connection = connect_sqlite(SqliteFile(name=str(folder / "gate.db")))
    found = {row[1] for row in connection.execute("PRAGMA table_info(accounts)")}
    connection.close()
    return found


def set_revision(folder: Path, name: str, chain: Chain, found: str) -> None:
    connection = connect_sqlite(SqliteFile(name=str(folder / name)))
    connection.execute(f"UPDATE {chain.version_table} SET version_num = ?", [found])
    connection.close()


def test_a_new_store_has_the_newest_schema(tmp_path: Path) -> None:
    initialise(sqlite_url(tmp_path))
    assert current(sqlite_url(tmp_path)) == Schema(main=head(), live=head(), head=head())


def test_f21_a_release_has_one_number_in_both_databases() -> None:
    assert MAIN_CHAIN.revisions() == LIVE_CHAIN.revisions()


def test_f21_forward_and_one_step_back_keep_what_is_stored(tmp_path: Path) -> None:
    store = new_sqlite_store(tmp_path)
    store.accounts.add(some_account("alice"))
    store.close()
    chain = longer_chain(tmp_path)
    before = columns(tmp_path)
    database = Database(SqliteFile(name=str(tmp_path / "gate.db")))
    upgrade_database(database, chain)
    assert revision(database, chain) == "9999"
    assert columns(tmp_path) == before | {"nickname"}
    downgrade_database(database, chain)
    database.close()
    assert columns(tmp_path) == before
    store = open_store(sqlite_url(tmp_path), SEALER)
    assert store.accounts.all() == (some_account("alice"),)
    store.close()


def test_f21_a_migration_that_fails_leaves_nothing(tmp_path: Path) -> None:
    new_sqlite_store(tmp_path).close()
    chain = longer_chain(tmp_path, failure='\n    op.execute("NO SQL AT ALL")')
    database = Database(SqliteFile(name=str(tmp_path / "gate.db")))
    with pytest.raises(StoreError):
        upgrade_database(database, chain)
    assert revision(database, chain) == head()
    database.close()
    assert "nickname" not in columns(tmp_path)
    open_store(sqlite_url(tmp_path), SEALER).close()


@pytest.mark.parametrize(("name", "chain"), [("gate.db", MAIN_CHAIN), ("gate-live.db", LIVE_CHAIN)])
def test_f21_a_newer_schema_is_refused(tmp_path: Path, name: str, chain: Chain) -> None:
    new_sqlite_store(tmp_path).close()
    set_revision(tmp_path, name, chain, "9999")
    for use in (lambda url: open_store(url, SEALER), upgrade, downgrade):
        with pytest.raises(SchemaTooNew, match="9999"):
            use(sqlite_url(tmp_path))


def test_an_older_schema_has_to_be_migrated(tmp_path: Path) -> None:
    for name in ("gate.db", "gate-live.db"):
        (tmp_path / name).touch(mode=0o600)
    with pytest.raises(SchemaTooOld, match="run: gate migrate"):
        open_store(sqlite_url(tmp_path), SEALER)
    assert current(sqlite_url(tmp_path)) == Schema(main=None, live=None, head=head())
    upgrade(sqlite_url(tmp_path))
    upgrade(sqlite_url(tmp_path))
    open_store(sqlite_url(tmp_path), SEALER).close()


def test_there_is_no_step_back_from_the_first_schema(tmp_path: Path) -> None:
    new_sqlite_store(tmp_path).close()
    for _ in MAIN_CHAIN.revisions()[1:]:
        downgrade(sqlite_url(tmp_path))
    with pytest.raises(SchemaTooOld, match="no step back"):
        downgrade(sqlite_url(tmp_path))
    upgrade(sqlite_url(tmp_path))
    open_store(sqlite_url(tmp_path), SEALER).close()


def test_f21_a_release_goes_back_and_forward_with_what_both_know(tmp_path: Path) -> None:
    store = new_sqlite_store(tmp_path)
    store.accounts.add(some_account("alice"))
    store.accounts.add_totp(some_totp(some_account("alice")))
    store.close()
    downgrade(sqlite_url(tmp_path))
    assert current(sqlite_url(tmp_path)).main == MAIN_CHAIN.revisions()[-2]
    upgrade(sqlite_url(tmp_path))
    store = open_store(sqlite_url(tmp_path), SEALER)
    assert store.accounts.all() == (replace(some_account("alice"), has_totp=True),)
    store.close()


def test_f21_who_proves_by_key_alone_is_locked_where_keys_are_not_known(tmp_path: Path) -> None:
    store = new_sqlite_store(tmp_path)
    for name in ("alice", "bob", "carol"):
        store.accounts.add(some_account(name))
    store.keys.add(some_key(some_account("alice"), "alone"))
    store.keys.add(some_key(some_account("bob"), "beside a code app"))
    store.accounts.add_totp(some_totp(some_account("bob")))
    store.close()
    while current(sqlite_url(tmp_path)).main != "0001":
        downgrade(sqlite_url(tmp_path))
    upgrade(sqlite_url(tmp_path))
    store = open_store(sqlite_url(tmp_path), SEALER)
    assert {account.name: account.state for account in store.accounts.all()} == {
        "alice": AccountState.LOCKED,
        "bob": AccountState.ENABLED,
        "carol": AccountState.ENABLED,
    }
    store.close()


def test_f21_g5_a_child_does_not_live_on_where_nobody_knows_its_parent(tmp_path: Path) -> None:
    store = new_sqlite_store(tmp_path)
    store.accounts.add(some_account("alice"))
    parent = some_session(some_account("alice"))
    store.sessions.begin(parent)
    store.sessions.begin(some_child(parent, "child"))
    epoch = store.epoch()
    store.close()
    while current(sqlite_url(tmp_path)).main != "0002":
        downgrade(sqlite_url(tmp_path))
    upgrade(sqlite_url(tmp_path))
    store = open_store(sqlite_url(tmp_path), SEALER)
    assert store.sessions.all() == (parent,)
    assert store.epoch() > epoch
    store.close()


def test_what_is_not_there_is_not_migrated(tmp_path: Path) -> None:
    for use in (upgrade, downgrade, current):
        with pytest.raises(StoreUnavailable):
            use(sqlite_url(tmp_path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("name", "chain"), [("gate.db", MAIN_CHAIN), ("gate-live.db", LIVE_CHAIN)])
def test_the_first_schema_can_be_taken_away_whole(tmp_path: Path, name: str, chain: Chain) -> None:
    new_sqlite_store(tmp_path).close()
    with opened(SqliteFile(name=str(tmp_path / name))) as database:
        migrate._run(database, chain, command.downgrade, "base")
        with database.read() as connection:
            left = sa.inspect(connection).get_table_names()
    assert left == [chain.version_table]


def test_f21_a_step_back_that_was_killed_between_the_databases_is_ended(tmp_path: Path) -> None:
    new_sqlite_store(tmp_path).close()
    with opened(SqliteFile(name=str(tmp_path / "gate.db"))) as main:
        downgrade_database(main, MAIN_CHAIN)
    downgrade(sqlite_url(tmp_path))
    found = current(sqlite_url(tmp_path))
    assert found.main == found.live == MAIN_CHAIN.revisions()[-2]
    upgrade(sqlite_url(tmp_path))
    open_store(sqlite_url(tmp_path), SEALER).close()
