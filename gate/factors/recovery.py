"""Recovery codes: ten of them, 80 random bits each, kept as keyed hashes alone (G21).

A code is 16 characters of Crockford's base 32, shown in groups of four. What people type is
folded first: case, blanks and dashes go, `O` is a zero, `I` and `L` are ones. The hash is keyed,
so that a stolen table alone says nothing; 80 bits can't be searched, hence no slow hash. A code
counts once: the caller consumes `code_hash` in one statement.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase
from typing import Final

from gate.core.secret_text import Secret
from gate.factors import FactorReason, Rejected, Verified

CODES: Final = 10  # in a set
CODE_BYTES: Final = (
    10  # 80 bits; NIST SP 800-63B-4 section 3.1.2.2 asks for 64 where hashes are fast
)
SET_BYTES: Final = CODES * CODE_BYTES  # of randomness for a new set
LENGTH: Final = 16  # characters of five bits
GROUP: Final = 4  # characters
MAX_TYPED: Final = 64  # characters of a response that are looked at
MIN_KEY: Final = 32  # bytes

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: without I, L, O and U
DASHES: Final = "-\u2010\u2011\u2012\u2013\u2014\u2212"  # as word processors put them
BLANKS: Final = " \t\r\n\u00a0"

_CODE: Final = re.compile(rf"[{ALPHABET}]{{{LENGTH}}}", re.ASCII)
_FOLDING: Final = (
    str.maketrans(ascii_lowercase, ascii_uppercase, DASHES + BLANKS),
    str.maketrans("OIL", "011"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryVerified(Verified):
    """One of the codes was given; `code_hash` is the one to consume."""

    code_hash: str


def new_codes(randomness: bytes) -> tuple[Secret, ...]:
    """Give a set of codes as they are shown; ValueError unless it is given `SET_BYTES` bytes."""
    if len(randomness) != SET_BYTES:
        raise ValueError(f"a set of codes takes {SET_BYTES} random bytes")
    starts = range(0, SET_BYTES, CODE_BYTES)
    return tuple(_shown(randomness[start : start + CODE_BYTES]) for start in starts)


def parse_code(typed: str) -> Secret | Rejected:
    """Give the canonical form of a code: 16 characters without groups."""
    canonical = _canonical(typed)
    return Rejected(reason=FactorReason.MALFORMED) if canonical is None else Secret(canonical)


def hash_code(code: Secret, *, key: bytes) -> str:
    """Give what is stored of a code, in hex; ValueError for a short key or for no code."""
    if len(key) < MIN_KEY:
        raise ValueError(f"a key has at least {MIN_KEY} bytes")
    canonical = _canonical(code.reveal())
    if canonical is None:
        raise ValueError("not a recovery code")
    return hmac.new(key, canonical.encode("ascii"), hashlib.sha256).hexdigest()


def verify(typed: str, hashes: Iterable[str], *, key: bytes) -> RecoveryVerified | Rejected:
    """Verify a code against the account's hashes, all of which are compared."""
    code = parse_code(typed)
    if isinstance(code, Rejected):
        return code
    given = hash_code(code, key=key)
    fitting = [kept for kept in hashes if hmac.compare_digest(kept.encode(), given.encode())]
    if not fitting:
        return Rejected(reason=FactorReason.WRONG_CODE)
    return RecoveryVerified(code_hash=given)


def _canonical(typed: str) -> str | None:
    if len(typed) > MAX_TYPED:
        return None
    folded = typed
    for table in _FOLDING:
        folded = folded.translate(table)
    return folded if _CODE.fullmatch(folded) else None


def _shown(randomness: bytes) -> Secret:
    """Give ten bytes as four groups of four characters."""
    bits = int.from_bytes(randomness)
    digits = [ALPHABET[bits >> 5 * place & 31] for place in reversed(range(LENGTH))]
    starts = range(0, LENGTH, GROUP)
    return Secret("-".join("".join(digits[start : start + GROUP]) for start in starts))
