"""What makes a restored store safe, and putting it in its place (G26, F22).

What was true at the time of the backup may be false now: a session was ended, a code was used, a
link was taken. So none of that comes back. The store that was there is put aside, not deleted.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from gate.config.key_file import sync_folder
from gate.core.errors import StoreUnavailable
from gate.store.backup import DATABASES, sqlite_files
from gate.store.sql.address import SqliteFile, parse_address
from gate.store.sql.connections import connect_sqlite
from gate.store.sql.database import Database, opened
from gate.store.sql.schema import (
    accounts,
    epoch,
    familiar_devices,
    key_handovers,
    links,
    one_time,
    recovery_codes,
    seen,
    sessions,
    totps,
)
from gate.store.sql.trials import NO_TRIAL

PRIVATE_FOLDER: Final = 0o700
BESIDE: Final = ("-wal", "-shm")  # what SQLite keeps beside a file


def make_safe(url: str, *, least_step: int) -> None:
    """End what must not come back; no code of `least_step` or before is accepted again."""
    address = parse_address(url)
    with opened(address.live) as live:
        _make_live_safe(live)
    with opened(address.main) as main:
        _make_main_safe(main, least_step)


def _make_main_safe(main: Database, least_step: int) -> None:
    used = sa.update(totps).where(totps.c.last_step < least_step).values(last_step=least_step)
    with main.write() as connection:
        for table in (sessions, links, recovery_codes, key_handovers):
            connection.execute(sa.delete(table))
        connection.execute(used)
        version = accounts.c.factor_version + 1
        connection.execute(sa.update(accounts).values(factor_version=version, **NO_TRIAL))
        connection.execute(sa.update(epoch).values(value=epoch.c.value + 1))


def _make_live_safe(live: Database) -> None:
    with live.write() as connection:
        for table in (seen, one_time, familiar_devices):
            connection.execute(sa.delete(table))


def put_in_place(url: str, folder: Path, aside: Path) -> None:
    """Put the databases of a folder in the place of a store, which goes to `aside`.

    Nobody else has the store open. Each file is replaced at once, the one of the accounts last: cut
    short in between, the store is still the old one.
    """
    pairs = list(zip(sqlite_files(url), DATABASES, strict=True))
    try:
        if any(file.exists() for file, _ in pairs):
            aside.mkdir(mode=PRIVATE_FOLDER)
        for file, name in pairs:
            _put_aside(file, aside)
            _settle(folder / name)
        for file, name in reversed(pairs):
            for suffix in BESIDE:
                Path(file.name + suffix).unlink(missing_ok=True)
            (folder / name).replace(file.path)
        sync_folder(pairs[0][0].path.parent)
    except OSError as error:
        raise StoreUnavailable(f"the store can't be replaced: {error.strerror}") from None


def _put_aside(file: SqliteFile, aside: Path) -> None:
    """Keep a database, whole if it still can be read, else with what lies beside it."""
    if not file.exists():
        return
    with suppress(sqlite3.Error), closing(connect_sqlite(file)) as old:
        old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for suffix in ("", *BESIDE):
        source = Path(file.name + suffix)
        if source.exists():
            _keep(source, aside / source.name)
    sync_folder(aside)


def _keep(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # a file system without links
        shutil.copy2(source, target)


def _settle(path: Path) -> None:
    """Have all of a database in its one file and on the disk."""
    with closing(connect_sqlite(SqliteFile(name=str(path)))) as new:
        new.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
