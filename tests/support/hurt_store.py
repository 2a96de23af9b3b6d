"""Ways to take a running gate's SQLite store away from it, each until the end of a `with`.

All of them hold for every user, root included: no right is taken, the files themselves or the
processes' limits are changed.
"""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

WRITE_VERSION: Final = 18  # offset in the file, sqlite.org/fileformat2.html section 1.3.4
TRIES: Final = 20  # of five seconds each
NEWER: Final = 3  # SQLite reads a file of a write version that it does not know, and no more


@contextmanager
def moved_away(file: Path) -> Iterator[Path]:
    """Take a database file away; give where it is."""
    _checkpoint(file)
    away = file.with_name(f"away-{file.name}")
    file.rename(away)
    try:
        yield away
    finally:
        away.replace(file)


@contextmanager
def damaged(file: Path) -> Iterator[None]:
    """Put something that is no database in its place."""
    with moved_away(file):
        file.write_bytes(os.urandom(8192))
        yield


@contextmanager
def read_only(file: Path) -> Iterator[None]:
    """Put a copy in its place that SQLite reads and refuses to write, SQLITE_READONLY."""
    with moved_away(file) as away:
        copy = file.with_name(f"copy-{file.name}")
        shutil.copy2(away, copy)
        with copy.open("r+b") as opened:
            opened.seek(WRITE_VERSION)
            opened.write(bytes([NEWER]))
        copy.rename(file)
        yield


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold it as another process does that writes for long, SQLITE_BUSY."""
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        holder.rollback()
        holder.close()


@contextmanager
def no_room(processes: Iterable[int]) -> Iterator[None]:
    """Let no file of the processes grow or be written, as on a full disk; logs included."""
    before = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in processes}
    for pid, (_, hard) in before.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        for pid, limits in before.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


def _checkpoint(file: Path) -> None:
    """Bring all that was committed into the file itself; others may be at it for a while."""
    with closing(sqlite3.connect(file)) as connection:
        for _ in range(TRIES):
            busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if not busy:
                return
    raise TimeoutError(f"{file} is always in use")
