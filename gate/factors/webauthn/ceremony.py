"""Ceremonies: what was asked of a browser, and what its answer must fit.

A ceremony is kept on this side alone, in the store of one-time values, and is taken out before
the answer is looked at, so that a challenge counts once. It names its purpose, the account (by
user handle) unless the key is to tell it, the keys that may answer, and, for a sensitive change,
a hash of the action with its parameters: an answer to one change is none to another (G3).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from gate.factors.webauthn.base64url import from_base64url, to_base64url
from gate.factors.webauthn.cose_key import OFFERED, Algorithm
from gate.factors.webauthn.strict_json import object_of

MIN_CHALLENGE: Final = 32  # bytes; WebAuthn L3 section 13.4.3 asks for 16
MAX_USER_HANDLE: Final = 64  # bytes, section 5.4.3
ACTION_BINDING: Final = 32  # bytes, SHA-256


class Purpose(StrEnum):
    """What an answer is for."""

    REGISTER = "register"
    SIGN_IN = "sign_in"  # by a key alone, which also tells the account
    STEP_UP = "step_up"
    ACTION = "action"  # proof for one sensitive change, in the same request


class UserVerification(StrEnum):
    """Whether the key must verify the person, by PIN or body (section 5.8.6)."""

    REQUIRED = "required"
    PREFERRED = "preferred"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceremony:
    """One question to a browser; ValueError for one that could prove too much.

    `credentials` are the account's keys: excluded when one is added, the only ones that may answer
    otherwise. Where the key tells the account, `user_handle` is empty, and no credentials mean any.
    """

    purpose: Purpose
    challenge: bytes
    rp_id: str
    origins: tuple[str, ...]
    expires: datetime
    user_handle: bytes = b""
    credentials: tuple[bytes, ...] = ()
    user_verification: UserVerification = UserVerification.PREFERRED
    algorithms: tuple[Algorithm, ...] = OFFERED
    action: bytes = b""

    def __post_init__(self) -> None:
        if len(self.challenge) < MIN_CHALLENGE:
            raise ValueError(f"a challenge has at least {MIN_CHALLENGE} bytes")
        if self.expires.tzinfo is None:
            raise ValueError("a time needs its zone")
        if not self.rp_id or not self.origins or not self.algorithms:
            raise ValueError("a ceremony names its RP ID, its origins and its algorithms")
        if len(self.action) != (ACTION_BINDING if self.purpose is Purpose.ACTION else 0):
            raise ValueError("an action is bound for its purpose, and for no other")
        self._check_person()

    def _check_person(self) -> None:
        if self.purpose is Purpose.SIGN_IN:
            if self.user_verification is not UserVerification.REQUIRED:
                raise ValueError("a key that stands alone verifies the person")
        elif not self.user_handle:
            raise ValueError("only signing in leaves the account to the key")
        if len(self.user_handle) > MAX_USER_HANDLE:
            raise ValueError(f"a user handle has at most {MAX_USER_HANDLE} bytes")

    def to_text(self) -> str:
        """Give the text under which the ceremony is kept; it holds no secret of its own."""
        return json.dumps(asdict(self), default=_plain)


def _plain(value: bytes | datetime) -> str:
    """Give what JSON has no kind for as text."""
    return to_base64url(value) if isinstance(value, bytes) else value.astimezone(UTC).isoformat()


def ceremony_from(text: str) -> Ceremony | None:
    """Give the ceremony of a kept text; None, which denies, when it is not one."""
    try:
        return _read(object_of(text) or {})
    except (KeyError, TypeError, ValueError):
        return None


def _read(named: Mapping[str, object]) -> Ceremony:
    return Ceremony(
        purpose=Purpose(str(named["purpose"])),
        challenge=_bytes(named["challenge"]),
        rp_id=str(named["rp_id"]),
        origins=tuple(str(origin) for origin in _list(named["origins"])),
        expires=datetime.fromisoformat(str(named["expires"])),
        user_handle=_bytes(named["user_handle"]),
        credentials=tuple(_bytes(credential) for credential in _list(named["credentials"])),
        user_verification=UserVerification(str(named["user_verification"])),
        algorithms=tuple(_algorithm(number) for number in _list(named["algorithms"])),
        action=_bytes(named["action"]),
    )


def _bytes(text: object) -> bytes:
    value = from_base64url(text)
    if value is None:
        raise ValueError("not base64url")
    return value


def _algorithm(number: object) -> Algorithm:
    if not isinstance(number, int):
        raise TypeError("not a number")
    return Algorithm(number)


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError("not a list")
    return value


def action_binding(action: str, parameters: Mapping[str, str]) -> bytes:
    """Give the hash that binds a ceremony to one change: its name and all that it would write."""
    written = json.dumps([action, sorted(parameters.items())], separators=(",", ":"))
    return hashlib.sha256(written.encode("ascii")).digest()
