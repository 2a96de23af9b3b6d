"""The demo's private temporary folder, and those of demos that were killed.

A demo holds a lock in its folder for as long as it lives. A folder whose lock nobody holds was left
behind and goes when the next demo starts; one without a lock is somebody else's.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from stat import S_ISDIR
from tempfile import TemporaryDirectory, gettempdir
from typing import Final

PREFIX: Final = "gate-demo-"
LOCK: Final = "demo.pid"
UNLOCKED: Final = "demo.pid.new"


@contextmanager
def demo_folder() -> Iterator[Path]:
    """Give a private folder that goes away in the end; what killed demos left goes first."""
    for left in sorted(Path(gettempdir()).glob(f"{PREFIX}*")):
        if _is_own(left) and _was_left(left):
            shutil.rmtree(left, ignore_errors=True)
    with TemporaryDirectory(prefix=PREFIX) as name, _held(Path(name)):
        yield Path(name)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; it has its name only once it is held."""
    with (folder / UNLOCKED).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        (folder / UNLOCKED).rename(folder / LOCK)
        yield


def _is_own(folder: Path) -> bool:
    """Say whether it is a folder of this user; in a shared place anybody may plant a name."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return S_ISDIR(found.st_mode) and found.st_uid == os.getuid()


def _was_left(folder: Path) -> bool:
    """Say whether its demo is dead: the lock is there, and nobody holds it."""
    try:
        with (folder / LOCK).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
