"""The master key, the keys derived from it, and sealed values.

The key file holds one key a line, `gate-key KEY_ID KEY`: the first is the current one, the others
only open what was sealed under them. A key id is computed from its key, so a damaged line shows.
Each purpose has its own derived key, and a process gets only those that it needs. A sealed value
is bound to its table, row and account: moved elsewhere, it does not open.

    sealed value = version (1) | key id (8) | nonce (12) | AES-256-GCM ciphertext and tag (16)
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gate.core.errors import BrokenSeal, MasterKeyDamaged, MasterKeyExposed, MasterKeyMissing
from gate.core.secret_text import Secret

KEY_BYTES: Final = 32  # AES-256, and the output of HKDF-SHA256
KEY_ID_BYTES: Final = 8  # tells keys apart; says nothing about a key
NONCE_BYTES: Final = 12  # AES-GCM, NIST SP 800-38D section 8.2.2: random
TAG_BYTES: Final = 16
SEAL_VERSION: Final = b"\x01"
KEY_LINE: Final = "gate-key"
MAX_FILE: Final = 16 * 1024  # bytes of a key file that are read
OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
OTHERS_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH


class Purpose(StrEnum):
    """What a derived key is for; two purposes never share a key."""

    SEALING = "sealing"
    SESSION = "session"
    CSRF = "csrf"
    ASSERTION = "assertion"
    AUDIT = "audit"
    RECOVERY = "recovery"
    HANDOFF = "handoff"
    TICKET = "ticket"
    LINK = "link"
    DEVICE = "device"
    RECORDS = "records"
    BACKUP = "backup"


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedKeys:
    """The keys of one purpose, by the id of the master key that they come from."""

    current_id: str
    by_id: Mapping[str, bytes] = field(repr=False)

    @property
    def current(self) -> bytes:
        """Give the key for new values."""
        return self.by_id[self.current_id]


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyring:
    """The master keys by id: the current one and older ones."""

    current_id: str
    by_id: Mapping[str, bytes] = field(repr=False)

    def derive(self, purpose: Purpose) -> DerivedKeys:
        """Give the keys of one purpose, each from its master key by HKDF (RFC 5869)."""
        keys = {key_id: _hkdf(key, f"gate/1/{purpose}") for key_id, key in self.by_id.items()}
        return DerivedKeys(current_id=self.current_id, by_id=MappingProxyType(keys))

    def holds(self, key_id: str) -> bool:
        """Say whether a key is here; a store that names another one was made under another key."""
        return key_id in self.by_id

    def with_new_key(self) -> Keyring:
        """Give a keyring with a new current key, which keeps the others."""
        return _keyring([secrets.token_bytes(KEY_BYTES), *self.by_id.values()])

    def without_old_keys(self) -> Keyring:
        """Give a keyring with the current key alone."""
        return _keyring([self.by_id[self.current_id]])

    def to_text(self) -> Secret:
        """Give the content of a key file, the current key first."""
        lines = [f"{KEY_LINE} {key_id} {key.hex()}\n" for key_id, key in self.by_id.items()]
        return Secret("".join(lines))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealer:
    """Seals texts for one place in the store, and opens them there only."""

    keys: DerivedKeys

    def seal(self, plaintext: Secret, *, table: str, row: str, account: str) -> bytes:
        """Give the text encrypted under the current key, bound to table, row and account."""
        header = self.prefix
        nonce = secrets.token_bytes(NONCE_BYTES)
        bound = _bound_to(header, table, row, account)
        text = plaintext.reveal().encode("utf-8")
        return header + nonce + AESGCM(self.keys.current).encrypt(nonce, text, bound)

    def unseal(self, sealed: bytes, *, table: str, row: str, account: str) -> Secret:
        """Give the text back; BrokenSeal when anything about it or its place differs."""
        header, nonce, encrypted = _parts(sealed)
        key = self.keys.by_id.get(header[len(SEAL_VERSION) :].hex())
        if key is None:
            raise BrokenSeal(f"a value in `{table}` is sealed under a key that is not there")
        bound = _bound_to(header, table, row, account)
        try:
            return Secret(AESGCM(key).decrypt(nonce, encrypted, bound).decode("utf-8"))
        except (InvalidTag, UnicodeDecodeError):
            raise BrokenSeal(f"a sealed value in `{table}` was changed or moved") from None

    @property
    def prefix(self) -> bytes:
        """Give what every value begins with that is sealed under the current key."""
        return SEAL_VERSION + bytes.fromhex(self.keys.current_id)

    def is_current(self, sealed: bytes) -> bool:
        """Say whether a value is sealed under the current key, and not under an older one."""
        return sealed.startswith(self.prefix)


def new_keyring() -> Keyring:
    """Give a keyring with one new random key."""
    return _keyring([secrets.token_bytes(KEY_BYTES)])


def open_master_key(path: Path, *, store_exists: bool) -> Keyring:
    """Load the key file, or create it when there is no store yet that could need it (G26)."""
    if path.exists():
        return load_master_key(path)
    if store_exists:
        raise MasterKeyMissing(
            f"the store exists and its master key `{path}` does not; "
            "put the key file back from your backup"
        )
    return create_master_key(path)


def create_master_key(path: Path) -> Keyring:
    """Write a new key file with mode 0600; when another process was faster, load its file."""
    keyring = new_keyring()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _refuse_shared_folder(path.parent)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    write_private(draft, keyring.to_text())
    try:
        os.link(draft, path)  # the complete file appears at once, or another one stays
    except FileExistsError:
        return load_master_key(path)
    finally:
        draft.unlink()
    return keyring


def load_master_key(path: Path) -> Keyring:
    """Read a key file; it is refused when anybody but its owner could read or replace it."""
    _refuse_shared_folder(path.parent)
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read(MAX_FILE)
    except FileNotFoundError:
        raise MasterKeyMissing(f"there is no master key `{path}`") from None
    except OSError as error:
        raise MasterKeyDamaged(f"the master key `{path}` can't be read: {error}") from None
    if mode & OTHERS:
        raise MasterKeyExposed(f"others can use the master key `{path}`; run: chmod 600 {path}")
    return parse_keyring(content, str(path))


def parse_keyring(content: bytes, name: str) -> Keyring:
    """Turn the content of a key file into a keyring; `name` is the file for messages."""
    try:
        lines = content.decode("ascii").splitlines()
        return _keyring([_key_of_line(line) for line in lines if line.strip()])
    except (ValueError, IndexError):
        raise MasterKeyDamaged(
            f"the master key `{name}` is damaged; put the key file back from your backup"
        ) from None


def _key_of_line(line: str) -> bytes:
    word, key_id, key_text = line.split()
    key = bytes.fromhex(key_text)
    if (word, key_id, len(key)) != (KEY_LINE, _key_id(key), KEY_BYTES):
        raise ValueError("the line is not a key")
    return key


def _keyring(keys: list[bytes]) -> Keyring:
    by_id = {_key_id(key): key for key in keys}
    return Keyring(current_id=_key_id(keys[0]), by_id=MappingProxyType(by_id))


def _key_id(key: bytes) -> str:
    return _hkdf(key, "gate/1/key-id")[:KEY_ID_BYTES].hex()


def _hkdf(key: bytes, purpose: str) -> bytes:
    info = purpose.encode("ascii")
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(key)


def _bound_to(header: bytes, *place: str) -> bytes:
    """Join the header and the parts of a place, each behind its length, so none can shift."""
    parts = [part.encode("utf-8") for part in place]
    return header + b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def _parts(sealed: bytes) -> tuple[bytes, bytes, bytes]:
    head = len(SEAL_VERSION) + KEY_ID_BYTES
    if not sealed.startswith(SEAL_VERSION) or len(sealed) < head + NONCE_BYTES + TAG_BYTES:
        raise BrokenSeal("this is not a sealed value")
    return sealed[:head], sealed[head : head + NONCE_BYTES], sealed[head + NONCE_BYTES :]


def _refuse_shared_folder(folder: Path) -> None:
    """Refuse a folder in which others can swap the key; a sticky one, such as /tmp, is none."""
    mode = folder.stat().st_mode if folder.exists() else 0
    if mode & OTHERS_WRITE and not mode & stat.S_ISVTX:
        raise MasterKeyExposed(f"others can write to `{folder}`; run: chmod go-w {folder}")


def write_private(path: Path, text: Secret) -> None:
    """Make a file that only its owner can read; FileExistsError when there is one."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(text.reveal().encode("ascii"))
        file.flush()
        os.fsync(file.fileno())
