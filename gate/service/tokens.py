"""Tokens: what a cookie holds, and the hash that the store keeps instead (R13)."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Final

from gate.core.secret_text import Secret
from gate.core.subject import Session, SessionHash, SessionId

TOKEN_BYTES: Final = 32  # 256 bits from the system's generator, SECURITY R13
ID_BYTES: Final = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedSession:
    """A session and its token, which exists here and in the browser's cookie only."""

    token: Secret
    session: Session


def new_token() -> Secret:
    """Give a fresh token."""
    return Secret(secrets.token_urlsafe(TOKEN_BYTES))


def new_id() -> str:
    """Give a fresh name for something that people and programs may see."""
    return secrets.token_urlsafe(ID_BYTES)


def new_session_id() -> SessionId:
    """Give a fresh name for a session."""
    return SessionId(new_id())


def token_hash(token: Secret) -> SessionHash:
    """Give the SHA-256 of a token in hex; a token has full entropy, so it needs no salt."""
    return SessionHash(hashlib.sha256(token.reveal().encode()).hexdigest())
