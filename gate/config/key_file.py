"""Putting another key file in the place of the one that is there."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from gate.config.secret import Keyring, write_private
from gate.core.errors import SecretError


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
