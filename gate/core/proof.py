"""Proofs: by which method somebody proved who they are, and when; their worth is of `levels`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


class Method(StrEnum):
    """The proof words."""

    PASSWORD = "password"
    TOTP = "totp"
    SECURITY_KEY = "security_key"
    PASSKEY = "passkey"
    RECOVERY_CODE = "recovery_code"


SECOND_METHODS: Final = frozenset(
    {Method.TOTP, Method.SECURITY_KEY, Method.PASSKEY, Method.RECOVERY_CODE}
)
KEY_METHODS: Final = frozenset({Method.SECURITY_KEY, Method.PASSKEY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One thing proved: by which method, when, and whether the key verified the person.

    `counts_as_key` is false for a key that was added by a weaker proof and still waits (G6).
    """

    method: Method
    at: datetime
    user_verified: bool = False
    counts_as_key: bool = True
