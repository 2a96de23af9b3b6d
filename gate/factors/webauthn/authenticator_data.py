"""What the authenticator signs: authenticator data (WebAuthn L3 section 6.1), to the last byte."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag
from typing import Final

from gate.factors.webauthn.cbor import decode

RP_ID_HASH: Final = 32  # bytes, SHA-256
FIXED: Final = RP_ID_HASH + 1 + 4  # bytes of hash, flags and count
AAGUID: Final = 16  # bytes
ID_LENGTH: Final = 2  # bytes


class Flag(IntFlag):
    """The flags that have a meaning; reserved ones are ignored."""

    USER_PRESENT = 0x01
    USER_VERIFIED = 0x04
    BACKUP_ELIGIBLE = 0x08
    BACKED_UP = 0x10
    ATTESTED = 0x40
    EXTENSIONS = 0x80


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestedCredential:
    """A new credential: which make of authenticator, its id, and its COSE key as received."""

    aaguid: bytes
    id: bytes
    public_key: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthenticatorData:
    """The signed statement of an authenticator; extensions are read over and ignored."""

    rp_id_hash: bytes
    flags: Flag
    sign_count: int
    credential: AttestedCredential | None


def parse_authenticator_data(raw: bytes) -> AuthenticatorData | None:
    """Give what the bytes say; None when one is missing, left over or wrong."""
    if len(raw) < FIXED:
        return None
    flags, rest = Flag(raw[RP_ID_HASH]), raw[FIXED:]
    credential = None
    if Flag.ATTESTED in flags:
        attested = _attested(rest)
        if attested is None:
            return None
        credential, rest = attested
    if not _is_whole(rest, has_extensions=Flag.EXTENSIONS in flags):
        return None
    return AuthenticatorData(
        rp_id_hash=raw[:RP_ID_HASH],
        flags=flags,
        sign_count=int.from_bytes(raw[RP_ID_HASH + 1 : FIXED]),
        credential=credential,
    )


def _attested(raw: bytes) -> tuple[AttestedCredential, bytes] | None:
    """Cut the attested credential data off (section 6.5.1)."""
    start = AAGUID + ID_LENGTH
    end = start + int.from_bytes(raw[AAGUID:start])
    if len(raw) < end or end == start:
        return None
    key = decode(raw[end:])
    if key is None or not isinstance(key.value, dict):
        return None
    encoded = raw[end : len(raw) - len(key.rest)]
    credential = AttestedCredential(aaguid=raw[:AAGUID], id=raw[start:end], public_key=encoded)
    return credential, key.rest


def _is_whole(rest: bytes, *, has_extensions: bool) -> bool:
    """Say whether the bytes are the extensions and nothing else, or nothing."""
    if not has_extensions:
        return not rest
    extensions = decode(rest)
    return extensions is not None and isinstance(extensions.value, dict) and not extensions.rest
