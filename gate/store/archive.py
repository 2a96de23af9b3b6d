"""The file of a backup: a tar archive with a signed list of what is in it.

`manifest.json` comes first: when, under which master key, and the SHA-256 of every other file, all
of it under a code of a derived key. So a changed backup shows as soon as the master key is there.
An archive that exists is never overwritten.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Final

from gate.config.key_file import sync_folder
from gate.core.errors import StoreCorrupt, StoreUnavailable

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
PRIVATE_FILE: Final = 0o600
MOST_MANIFEST: Final = 65_536  # bytes
CHUNK: Final = 1024 * 1024  # bytes that are copied at once
NO_MANIFEST: Final = (
    *(ValueError, TypeError, KeyError, AttributeError),
    *(OverflowError, RecursionError),  # a year before the first, lists in lists without end
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup says of itself; `code` is over all the rest."""

    made_at: datetime
    key_id: str
    files: Mapping[str, str]  # SHA-256 by name
    code: str = ""

    def signed(self, key: bytes) -> Manifest:
        """Give the manifest with its code."""
        return replace(self, code=self._code(key))

    def is_signed(self, key: bytes) -> bool:
        """Say whether the code is right."""
        return hmac.compare_digest(self.code.encode(), self._code(key).encode())

    def _code(self, key: bytes) -> str:
        return hmac.new(key, self.to_bytes(with_code=False), hashlib.sha256).hexdigest()

    def to_bytes(self, *, with_code: bool = True) -> bytes:
        """Give the manifest as it is written."""
        values = {
            "format": FORMAT,
            "made_at": self.made_at.astimezone(UTC).isoformat(),
            "key_id": self.key_id,
            "files": dict(self.files),
        }
        return json.dumps({**values, "code": self.code} if with_code else values).encode()


def parse_manifest(content: bytes) -> Manifest:
    """Read a manifest; one of `NO_MANIFEST` when it is none."""
    said = json.loads(content)
    if said["format"] != FORMAT:
        raise ValueError("another format")
    return Manifest(
        made_at=datetime.fromisoformat(said["made_at"]).astimezone(UTC),
        key_id=str(said["key_id"]),
        files={str(name): str(digest) for name, digest in said["files"].items()},
        code=bytes.fromhex(said["code"]).hex(),
    )


# --- writing -------------------------------------------------------------------------------


def write_archive(path: Path, manifest: Manifest, folder: Path) -> int:
    """Write the files of a folder that a manifest names; give the size of the archive.

    The folder lies on the same disk and takes the draft, so that a killed one leaves it there.
    """
    draft = folder / f".{secrets.token_hex(8)}"
    try:
        with _private(draft) as file:
            _fill(file, manifest, folder)
        os.link(draft, path)  # the whole archive appears at once, or the one that is there stays
        sync_folder(path.parent)
        return path.stat().st_size
    except FileExistsError:
        raise StoreUnavailable(f"`{path}` is there already; choose another name") from None
    except OSError as error:
        raise StoreUnavailable(f"`{path}` can't be written: {error.strerror}") from None
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def _private(path: Path) -> Iterator[IO[bytes]]:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags, PRIVATE_FILE), "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _fill(file: IO[bytes], manifest: Manifest, folder: Path) -> None:
    with tarfile.open(fileobj=file, mode="w") as archive:
        content = manifest.to_bytes()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size, entry.mode = len(content), PRIVATE_FILE
        archive.addfile(entry, BytesIO(content))
        for name in manifest.files:
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = (folder / name).stat().st_size, PRIVATE_FILE
            with (folder / name).open("rb") as source:
                archive.addfile(entry, source)


def digest_of(path: Path) -> str:
    """Give the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- reading -------------------------------------------------------------------------------


def unpack(path: Path, folder: Path, known: Sequence[str]) -> Manifest:
    """Put what an archive holds into a folder, if it holds known files and each is as listed."""
    try:
        with tarfile.open(path, mode="r:") as archive:
            return _unpacked(archive, folder, known)
    except OSError as error:
        raise StoreUnavailable(f"`{path}` can't be read: {error.strerror or error}") from None
    except (tarfile.TarError, EOFError, *NO_MANIFEST):
        raise StoreCorrupt(f"`{path}` is no backup of the gate, or was changed") from None


def _unpacked(archive: tarfile.TarFile, folder: Path, known: Sequence[str]) -> Manifest:
    manifest = parse_manifest(_content(archive, archive.next()))
    if not set(manifest.files) <= set(known):
        raise ValueError("a file that no backup holds")
    for name in manifest.files:
        entry = archive.next()
        if entry is None or entry.name != name or not entry.isreg():
            raise ValueError("another file than the listed one")
        source = archive.extractfile(entry)
        if source is None:
            raise ValueError("a file without content")
        with _private(folder / name) as target:
            while chunk := source.read(CHUNK):
                target.write(chunk)
        if digest_of(folder / name) != manifest.files[name]:
            raise ValueError("a file was changed")
    return manifest


def _content(archive: tarfile.TarFile, entry: tarfile.TarInfo | None) -> bytes:
    if entry is None or entry.name != MANIFEST or entry.size > MOST_MANIFEST:
        raise ValueError("no manifest")
    source = archive.extractfile(entry)
    return b"" if source is None else source.read()
