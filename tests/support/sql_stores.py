"""SQLite stores in a test's own folder."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import Final

from gate.config.secret import Purpose, Sealer, new_keyring
from gate.store.sql import SqlStore, initialise, open_store

SEALER: Final = Sealer(keys=new_keyring().derive(Purpose.SEALING))
FILES: Final = ("gate.db", "gate-live.db")


def sqlite_url(folder: Path) -> str:
    """Give the address of the store of a folder."""
    return f"sqlite:///{folder / 'gate.db'}"


def new_sqlite_store(folder: Path, *, sealer: Sealer | None = SEALER) -> SqlStore:
    """Give an empty store in a folder; its files are copies, which is quicker than migrating."""
    for name, content in _empty_files().items():
        path = folder / name
        path.touch(mode=0o600)
        path.write_bytes(content)
    return open_store(sqlite_url(folder), sealer)


@cache
def _empty_files() -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        initialise(sqlite_url(Path(folder)))
        return {name: (Path(folder) / name).read_bytes() for name in FILES}
