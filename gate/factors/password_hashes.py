"""The forms of stored password hashes that can be verified, and their limits.

New hashes are Argon2id. The others come from an import and are replaced at the next sign-in:
Argon2 of any kind, bcrypt (`$2a$ $2b$ $2y$`), and what else htpasswd writes, `$apr1$` and `{SHA}`.
Plain text and DES crypt are not accepted. Cost parameters are bounded, so that an imported hash
can't make a sign-in eat the machine.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import batched
from typing import Final

import argon2
import bcrypt

MAX_ARGON2_MEMORY: Final = 256 * 1024  # KiB; ours is 19 MiB, RFC 9106's second choice is 64 MiB
MAX_ARGON2_PASSES: Final = 16
MAX_ARGON2_LANES: Final = 16
MAX_BCRYPT_COST: Final = 14  # about a second on one core
BCRYPT_LIMIT: Final = 72  # bytes; bcrypt reads no further, and stops at NUL
APR1_ROUNDS: Final = 1000  # fixed by the format

_ARGON2: Final = re.compile(
    r"\$argon2(?:id|i|d)\$(?:v=(?:16|19)\$)?m=(?P<memory>[0-9]{1,7}),t=(?P<passes>[0-9]{1,3})"
    r",p=(?P<lanes>[0-9]{1,3})\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{16,86}",
    re.ASCII,
)
_BCRYPT: Final = re.compile(r"\$2[aby]\$(?P<cost>[0-9]{2})\$[./A-Za-z0-9]{53}", re.ASCII)
_APR1: Final = re.compile(r"\$apr1\$(?P<salt>[./A-Za-z0-9]{1,8})\$[./A-Za-z0-9]{22}", re.ASCII)
_SHA: Final = re.compile(r"\{SHA\}[A-Za-z0-9+/]{27}=", re.ASCII)

_CRYPT_DIGITS: Final = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_APR1_ORDER: Final = (0, 6, 12, 1, 7, 13, 2, 8, 14, 3, 9, 15, 4, 10, 5)  # last: byte 11 alone


@dataclass(frozen=True, slots=True, kw_only=True)
class HashForm:
    """One form: which texts it covers, and whether a password fits such a text."""

    name: str
    covers: Callable[[str], bool]
    fits: Callable[[str, bytes], bool]
    is_cheap: bool


def form_of(stored: str) -> HashForm | None:
    """Give the form of a stored hash, or nothing when it is damaged, unknown or too dear."""
    return next((form for form in HASH_FORMS if form.covers(stored)), None)


def _covers_argon2(stored: str) -> bool:
    found = _ARGON2.fullmatch(stored)
    return (
        found is not None
        and int(found["memory"]) <= MAX_ARGON2_MEMORY
        and int(found["passes"]) <= MAX_ARGON2_PASSES
        and int(found["lanes"]) <= MAX_ARGON2_LANES
    )


def _covers_bcrypt(stored: str) -> bool:
    found = _BCRYPT.fullmatch(stored)
    return found is not None and int(found["cost"]) <= MAX_BCRYPT_COST


def _covers_apr1(stored: str) -> bool:
    return _APR1.fullmatch(stored) is not None


def _covers_sha(stored: str) -> bool:
    return _SHA.fullmatch(stored) is not None


def _fits_argon2(stored: str, password: bytes) -> bool:
    try:
        return argon2.PasswordHasher().verify(stored, password)
    except (argon2.exceptions.Argon2Error, ValueError):
        return False


def _fits_bcrypt(stored: str, password: bytes) -> bool:
    """Refuse what bcrypt would cut off: a longer password or one with NUL never fits."""
    if len(password) > BCRYPT_LIMIT or b"\0" in password:
        return False
    try:
        return bcrypt.checkpw(password, stored.encode("ascii"))
    except ValueError:
        return False


def _fits_apr1(stored: str, password: bytes) -> bool:
    salt = stored.split("$")[2]
    return hmac.compare_digest(apr1(password, salt), stored)


def _fits_sha(stored: str, password: bytes) -> bool:
    digest = hashlib.sha1(password, usedforsecurity=False).digest()
    return hmac.compare_digest("{SHA}" + base64.b64encode(digest).decode("ascii"), stored)


def apr1(password: bytes, salt: str) -> str:
    """Give Apache's variant of MD5 crypt, as apr_md5.c computes it."""
    salted = salt.encode("ascii")
    inner = _md5(password + salted + password)
    start = password + b"$apr1$" + salted + _stretched(inner, len(password))
    digest = _md5(start + _length_bits(password))
    for turn in range(APR1_ROUNDS):
        digest = _md5(_apr1_turn(turn, digest, password, salted))
    return f"$apr1${salt}${_apr1_text(digest)}"


def _stretched(block: bytes, length: int) -> bytes:
    return (block * (length // len(block) + 1))[:length]


def _length_bits(password: bytes) -> bytes:
    """Give a NUL for each set bit of the length, and the first byte for each clear one."""
    length = len(password)
    return b"".join(
        b"\0" if length >> bit & 1 else password[:1] for bit in range(length.bit_length())
    )


def _apr1_turn(turn: int, digest: bytes, password: bytes, salt: bytes) -> bytes:
    odd = bool(turn & 1)
    return (
        (password if odd else digest)
        + (salt if turn % 3 else b"")
        + (password if turn % 7 else b"")
        + (digest if odd else password)
    )


def _apr1_text(digest: bytes) -> str:
    ordered = bytes(digest[at] for at in _APR1_ORDER)
    text = "".join(
        _crypt_base64(int.from_bytes(bytes(three), "big"), 4) for three in batched(ordered, 3)
    )
    return text + _crypt_base64(digest[11], 2)


def _crypt_base64(number: int, length: int) -> str:
    """Write a number in crypt's base 64, least significant digit first."""
    return "".join(_CRYPT_DIGITS[number >> 6 * at & 63] for at in range(length))


def _md5(block: bytes) -> bytes:
    return hashlib.md5(block, usedforsecurity=False).digest()


HASH_FORMS: Final = (
    HashForm(name="argon2", covers=_covers_argon2, fits=_fits_argon2, is_cheap=False),
    HashForm(name="bcrypt", covers=_covers_bcrypt, fits=_fits_bcrypt, is_cheap=False),
    HashForm(name="apr1", covers=_covers_apr1, fits=_fits_apr1, is_cheap=True),
    HashForm(name="sha1", covers=_covers_sha, fits=_fits_sha, is_cheap=True),
)
