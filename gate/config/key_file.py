"""The key file while it changes: one at a time, each time whole."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gate.config.secret import Keyring, write_private
from gate.core.errors import MasterKeyMissing, SecretError


@contextmanager
def master_key_held(path: Path, *, shared: bool = False) -> Iterator[None]:
    """Let nobody else change the key file; with `shared`, others may rely on it at the same time.

    The lock lies on the folder and ends with the process.
    """
    try:
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise MasterKeyMissing(f"there is no master key `{path}`: {error.strerror}") from None
    try:
        _lock(folder, path, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _lock(folder: int, path: Path, mode: int) -> None:
    try:
        fcntl.flock(folder, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        raise SecretError(
            f"another command works with the master key `{path}`; wait until it has ended"
        ) from None


def replace_master_key(path: Path, keyring: Keyring) -> None:
    """Put a keyring in the place of the one that is there, whole or not at all."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        write_private(draft, keyring.to_text())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise SecretError(f"the master key `{path}` can't be written: {error.strerror}") from None
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Put the folder's entries on the disk, so that a power cut takes no name back."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
