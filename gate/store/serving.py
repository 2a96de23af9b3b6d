"""Whether a gate serves from a store: a lock on a file beside it, which a process takes with it.

Every `gate serve` shares the lock for as long as it runs, however it ends. What must not happen
under a gate that serves takes it alone. A PostgreSQL store has no such file: there nobody can tell.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from gate.core.errors import StoreUnavailable
from gate.store.sql.address import SqliteFile, parse_address

LOCK_FILE: Final = "serving.lock"
PRIVATE_FOLDER: Final = 0o700
PRIVATE_FILE: Final = 0o600


@contextmanager
def serving(url: str) -> Iterator[None]:
    """Say for a while that a gate serves; raises when something has the store for itself."""
    with _locked(url, fcntl.LOCK_SH) as locked:
        if locked is False:
            raise StoreUnavailable("the store is being restored; start again when that is done")
        yield


@contextmanager
def alone(url: str) -> Iterator[bool | None]:
    """Have the store for oneself for a while: false when a gate serves, None when nobody knows."""
    with _locked(url, fcntl.LOCK_EX) as locked:
        yield locked


@contextmanager
def _locked(url: str, mode: int) -> Iterator[bool | None]:
    place = parse_address(url).main
    if not isinstance(place, SqliteFile):
        yield None
        return
    descriptor = _opened(place.path.with_name(LOCK_FILE))
    try:
        yield _lock(descriptor, mode)
    finally:
        os.close(descriptor)


def _opened(path: Path) -> int:
    try:
        path.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, PRIVATE_FILE)
    except OSError as error:
        raise StoreUnavailable(f"`{path}` can't be made: {error.strerror}") from None


def _lock(descriptor: int, mode: int) -> bool:
    try:
        fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
