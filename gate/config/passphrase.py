"""A text locked under a passphrase: scrypt (RFC 7914) and AES-256-GCM.

    locked text = version (1) | cost (1) | salt (16) | nonce (12) | ciphertext and tag (16)

The cost is the binary logarithm of scrypt's N; memory is 1 KiB times N. Of a text from elsewhere a
higher cost than `MOST_COST` is refused, or it could take all memory.
"""

from __future__ import annotations

import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from gate.core.errors import BrokenSeal
from gate.core.secret_text import Secret

VERSION: Final = b"\x01"
COST: Final = 17  # 128 MiB, OWASP Password Storage Cheat Sheet
MOST_COST: Final = 20
BLOCK: Final = 8  # scrypt's r
PARALLEL: Final = 1  # scrypt's p
SALT_BYTES: Final = 16
NONCE_BYTES: Final = 12
KEY_BYTES: Final = 32
TAG_BYTES: Final = 16
HEAD_BYTES: Final = 2 + SALT_BYTES
SHORTEST: Final = 12  # characters of a passphrase; NIST SP 800-63B-4 wants 15 where it stands alone


def is_long_enough(passphrase: Secret) -> bool:
    """Say whether a passphrase may lock anything."""
    return len(passphrase.reveal()) >= SHORTEST


def lock(text: Secret, passphrase: Secret, *, cost: int = COST) -> bytes:
    """Give a text locked under a passphrase."""
    head = VERSION + bytes([cost]) + secrets.token_bytes(SALT_BYTES)
    nonce = secrets.token_bytes(NONCE_BYTES)
    key = _key(passphrase, head)
    return head + nonce + AESGCM(key).encrypt(nonce, text.reveal().encode(), head)


def unlock(locked: bytes, passphrase: Secret) -> Secret:
    """Give the text back; BrokenSeal for another passphrase, or when anything was changed."""
    head, rest = locked[:HEAD_BYTES], locked[HEAD_BYTES:]
    known = head[:1] == VERSION and len(rest) >= NONCE_BYTES + TAG_BYTES
    if not known or not 1 <= head[1] <= MOST_COST:
        raise BrokenSeal("this is nothing that a passphrase locks")
    nonce, encrypted = rest[:NONCE_BYTES], rest[NONCE_BYTES:]
    try:
        return Secret(AESGCM(_key(passphrase, head)).decrypt(nonce, encrypted, head).decode())
    except InvalidTag:
        raise BrokenSeal("the passphrase is another one, or the file was changed") from None


def _key(passphrase: Secret, head: bytes) -> bytes:
    derive = Scrypt(salt=head[2:], length=KEY_BYTES, n=2 ** head[1], r=BLOCK, p=PARALLEL)
    return derive.derive(passphrase.reveal().encode("utf-8", "surrogatepass"))
