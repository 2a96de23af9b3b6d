"""Attestation objects (WebAuthn L3 section 6.5.4), and what their statements are worth here.

The gate asks for no attestation. `none` must say nothing; a statement that the new key signed
itself is complete in itself and must verify; one under a maker's certificate is worth nothing
without trust anchors, of which there are none here, and is not looked at. Unknown formats are
refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gate.factors import FactorReason
from gate.factors.webauthn.cbor import CborKey, CborValue, decode
from gate.factors.webauthn.cose_key import algorithm_of, verifies

CERTIFIED: Final = frozenset(  # section 8, and the registry of RFC 8809
    {"android-key", "android-safetynet", "apple", "compound", "fido-u2f", "tpm"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestationObject:
    """Authenticator data, and a statement about the authenticator in one of some formats."""

    format: str
    authenticator_data: bytes
    statement: Mapping[CborKey, CborValue]


def parse_attestation_object(raw: bytes) -> AttestationObject | None:
    """Give the object of some bytes; None when it is malformed or something stands behind it."""
    decoded = decode(raw)
    if decoded is None or decoded.rest:
        return None
    match decoded.value:
        case {"fmt": str(named), "authData": bytes(signed), "attStmt": dict(statement)}:
            return AttestationObject(format=named, authenticator_data=signed, statement=statement)
        case _:
            return None


def refusal_of_statement(
    attestation: AttestationObject, public_key: bytes, client_data_hash: bytes
) -> FactorReason | None:
    """Give why a statement is not accepted (section 7.1 steps 21 and 22), or None."""
    statement = attestation.statement
    match attestation.format:
        case "none":
            return FactorReason.INVALID_ATTESTATION if statement else None
        case "packed" if "x5c" not in statement:
            signed = attestation.authenticator_data + client_data_hash
            return (
                None if _is_own(statement, public_key, signed) else FactorReason.INVALID_ATTESTATION
            )
        case "packed":
            return None
        case named if named in CERTIFIED:
            return None
        case _:
            return FactorReason.UNKNOWN_ATTESTATION_FORMAT


def _is_own(statement: Mapping[CborKey, CborValue], public_key: bytes, signed: bytes) -> bool:
    """Say whether the key itself signed, by its own algorithm (section 8.2.1, no `x5c`)."""
    signature = statement.get("sig")
    if not isinstance(signature, bytes) or statement.get("alg") != algorithm_of(public_key):
        return False
    return verifies(public_key, signed, signature)
