"""Which schema a store has, and whether this program may use it.

Both databases of a store carry the same revision. Nothing here migrates or imports Alembic, which
takes half a second that no worker of a plane should spend.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from gate.core.errors import SchemaTooNew, SchemaTooOld
from gate.store import migrations
from gate.store.sql.database import Database

REVISIONS: Final = Path(migrations.__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The revisions of one of the two databases, and the table that says which one it has."""

    name: str
    version_table: str
    scripts: Path = REVISIONS

    @property
    def folder(self) -> Path:
        """Give the folder of the revisions, files named `NUMBER_WORD.py`."""
        return self.scripts / self.name

    def revisions(self) -> tuple[str, ...]:
        """Give all revisions, oldest first."""
        return tuple(sorted(path.name.split("_")[0] for path in self.folder.glob("[0-9]*.py")))


MAIN_CHAIN: Final = Chain(name="main", version_table="schema_version")
LIVE_CHAIN: Final = Chain(name="live", version_table="live_schema_version")


def revision(database: Database, chain: Chain) -> str | None:
    """Give the revision of one database; None while it is empty."""
    table = sa.table(chain.version_table, sa.column("version_num", sa.Text))
    with database.read() as connection:
        if not sa.inspect(connection).has_table(chain.version_table):
            return None
        return connection.execute(sa.select(table.c.version_num)).scalar()


def refuse_newer(database: Database, chain: Chain) -> None:
    """Refuse a database that a newer program has migrated."""
    found = revision(database, chain)
    if found is not None and found not in chain.revisions():
        raise SchemaTooNew(
            f"the store has schema {found}, this program knows {chain.revisions()[-1]}; "
            "run the newer version of the gate, or go back with it first"
        )


def check(database: Database, chain: Chain) -> None:
    """Refuse a database that has another revision than this program needs."""
    refuse_newer(database, chain)
    found, needed = revision(database, chain), chain.revisions()[-1]
    if found != needed:
        raise SchemaTooOld(
            f"the store has schema {found or 'none'}, this program needs {needed}; "
            "run: gate migrate"
        )
