"""Migrations: forward in one transaction a database, and one step back.

A store of a newer program is refused, one of an older program has to be migrated first; nothing
migrates by itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config

from gate.core.errors import SchemaTooOld, StoreUnavailable
from gate.store.sql.address import parse_address
from gate.store.sql.database import Database, opened
from gate.store.sql.revisions import LIVE_CHAIN, MAIN_CHAIN, Chain, refuse_newer, revision

_ALEMBIC: Final = threading.Lock()  # it keeps what it runs in module globals


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """Which revisions a store has (None: none yet) and which one this program needs."""

    main: str | None
    live: str | None
    head: str


def head() -> str:
    """Give the revision that this program needs."""
    return MAIN_CHAIN.revisions()[-1]


def current(url: str) -> Schema:
    """Give the revisions of a store."""
    address = parse_address(url)
    with opened(address.main) as main, opened(address.live) as live:
        return Schema(main=revision(main, MAIN_CHAIN), live=revision(live, LIVE_CHAIN), head=head())


def upgrade(url: str) -> None:
    """Bring both databases of a store to this program's revision."""
    with opened_both(url) as databases:
        for database, chain in databases:
            upgrade_database(database, chain)


def downgrade(url: str) -> None:
    """Take a store one revision back; one that was cut short between its databases is ended."""
    with opened_both(url) as databases:
        newest = max(revision(database, chain) or "" for database, chain in databases)
        for database, chain in reversed(databases):
            if revision(database, chain) in {newest, None}:
                downgrade_database(database, chain)


@contextmanager
def opened_both(url: str) -> Iterator[list[tuple[Database, Chain]]]:
    """Lend the databases of a store, neither of which a newer program has migrated."""
    address = parse_address(url)
    with opened(address.live) as live, opened(address.main) as main:
        refuse_newer(live, LIVE_CHAIN)
        refuse_newer(main, MAIN_CHAIN)
        yield [(live, LIVE_CHAIN), (main, MAIN_CHAIN)]


def upgrade_database(database: Database, chain: Chain) -> None:
    """Bring one database to its newest revision, in one transaction."""
    refuse_newer(database, chain)
    if database.is_sqlite:
        _write_ahead(database)
    _run(database, chain, command.upgrade, "head")


def downgrade_database(database: Database, chain: Chain) -> None:
    """Take one database one revision back; the first one is the end."""
    refuse_newer(database, chain)
    if revision(database, chain) in {None, chain.revisions()[0]}:
        raise SchemaTooOld("the store has its first schema; there is no step back from it")
    _run(database, chain, command.downgrade, "-1")


def _write_ahead(database: Database) -> None:
    """Switch the file to the write-ahead log for good: readers and a writer don't wait."""
    with database.read() as connection:
        mode = connection.exec_driver_sql("PRAGMA journal_mode = WAL").scalar()
    if mode != "wal":
        raise StoreUnavailable("the disk can't hold a write-ahead log; choose a local one")


def _run(
    database: Database, chain: Chain, step: Callable[[Config, str], object], target: str
) -> None:
    config = _config(chain)
    with _ALEMBIC, database.write(alone=f"migrate {chain.name}") as connection:
        config.attributes["connection"] = connection
        step(config, target)


def _config(chain: Chain) -> Config:
    """Give Alembic's settings, as a file would hold them."""
    config = Config()
    config.set_main_option("script_location", _escaped(chain.scripts))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", _escaped(chain.folder))
    config.attributes["version_table"] = chain.version_table
    return config


def _escaped(path: Path) -> str:
    """Give a path as Alembic's settings take it: a percent sign stands doubled."""
    return str(path).replace("%", "%%")
