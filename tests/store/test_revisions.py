"""Which schema a store has."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from gate.core.errors import SchemaTooOld
from gate.store.sql.address import SqliteFile
from gate.store.sql.connections import connect_sqlite
from gate.store.sql.database import opened
from gate.store.sql.revisions import LIVE_CHAIN, MAIN_CHAIN, Chain, check, revision
from tests.support.sql_stores import new_sqlite_store


@pytest.mark.parametrize("chain", [MAIN_CHAIN, LIVE_CHAIN], ids=["main", "live"])
def test_the_files_are_named_as_the_revisions_that_they_hold(chain: Chain) -> None:
    config = Config()
    config.set_main_option("script_location", str(chain.scripts))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", str(chain.folder))
    scripts = ScriptDirectory.from_config(config).walk_revisions()
    assert tuple(script.revision for script in scripts)[::-1] == chain.revisions()


def test_an_empty_database_has_no_revision(tmp_path: Path) -> None:
    (tmp_path / "gate.db").touch()
    with opened(SqliteFile(name=str(tmp_path / "gate.db"))) as database:
        assert revision(database, MAIN_CHAIN) is None
        with pytest.raises(SchemaTooOld, match="schema none"):
            check(database, MAIN_CHAIN)


def test_a_database_whose_revision_was_lost_is_not_used(tmp_path: Path) -> None:
    new_sqlite_store(tmp_path).close()
    file = SqliteFile(name=str(tmp_path / "gate.db"))
    connection = connect_sqlite(file)
    connection.execute("DELETE FROM schema_version")
    connection.close()
    with opened(file) as database, pytest.raises(SchemaTooOld):
        check(database, MAIN_CHAIN)


def test_opening_a_store_does_not_load_alembic() -> None:
    code = "import sys, gate.store.sql; sys.exit('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
