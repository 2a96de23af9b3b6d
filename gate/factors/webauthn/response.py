"""The browser's answer as `toJSON()` gives it (WebAuthn L3 sections 5.1.2 and 5.1.3).

Unknown members are ignored, and so are the ones that repeat what the signed parts say. Sizes are
bounded before anything is decoded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gate.factors import FactorReason, Rejected
from gate.factors.webauthn.base64url import from_base64url
from gate.factors.webauthn.strict_json import object_of

MAX_RESPONSE: Final = 64 * 1024  # characters or bytes; a TPM's attestation takes some 8,000
TRANSPORTS: Final = ("usb", "nfc", "ble", "smart-card", "hybrid", "internal")  # section 5.8.4


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationResponse:
    """The answer to `create()`."""

    credential_id: bytes
    client_data: bytes
    attestation_object: bytes
    transports: tuple[str, ...]
    discoverable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthenticationResponse:
    """The answer to `get()`; `user_handle` is empty when the key told none."""

    credential_id: bytes
    client_data: bytes
    authenticator_data: bytes
    signature: bytes
    user_handle: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Credential:
    """What both answers have: the id, the response proper and the results of extensions."""

    id: bytes
    response: Mapping[str, object]
    extensions: Mapping[str, object]


def parse_registration_response(text: str | bytes) -> RegistrationResponse | Rejected:
    """Give the answer to `create()` that a text holds."""
    credential = _credential(text)
    if isinstance(credential, Rejected):
        return credential
    client_data = from_base64url(credential.response.get("clientDataJSON"))
    attestation = from_base64url(credential.response.get("attestationObject"))
    if client_data is None or attestation is None:
        return Rejected(reason=FactorReason.MALFORMED_RESPONSE)
    return RegistrationResponse(
        credential_id=credential.id,
        client_data=client_data,
        attestation_object=attestation,
        transports=_transports(credential.response.get("transports")),
        discoverable=_is_discoverable(credential.extensions.get("credProps")),
    )


def parse_authentication_response(text: str | bytes) -> AuthenticationResponse | Rejected:
    """Give the answer to `get()` that a text holds."""
    credential = _credential(text)
    if isinstance(credential, Rejected):
        return credential
    client_data = from_base64url(credential.response.get("clientDataJSON"))
    signed = from_base64url(credential.response.get("authenticatorData"))
    signature = from_base64url(credential.response.get("signature"))
    user_handle = from_base64url(_or_empty(credential.response.get("userHandle")))
    if client_data is None or signed is None or signature is None or user_handle is None:
        return Rejected(reason=FactorReason.MALFORMED_RESPONSE)
    return AuthenticationResponse(
        credential_id=credential.id,
        client_data=client_data,
        authenticator_data=signed,
        signature=signature,
        user_handle=user_handle,
    )


def _credential(text: str | bytes) -> _Credential | Rejected:
    """Give the members of both answers (steps 3 and 4)."""
    if len(text) > MAX_RESPONSE:
        return Rejected(reason=FactorReason.RESPONSE_TOO_LARGE)
    match object_of(text):
        case {
            "type": "public-key",
            "id": told,
            "rawId": raw,
            "response": dict(response),
            "clientExtensionResults": dict(extensions),
        }:
            credential_id = from_base64url(raw)
        case _:
            return Rejected(reason=FactorReason.MALFORMED_RESPONSE)
    if not credential_id:
        return Rejected(reason=FactorReason.MALFORMED_RESPONSE)
    if told != raw:
        return Rejected(reason=FactorReason.ID_MISMATCH)
    return _Credential(id=credential_id, response=response, extensions=extensions)


def _or_empty(told: object) -> object:
    return "" if told is None else told


def _transports(told: object) -> tuple[str, ...]:
    """Give the known ways to reach the key; they are hints, so that nothing is refused."""
    return tuple(way for way in TRANSPORTS if isinstance(told, list) and way in told)


def _is_discoverable(properties: object) -> bool:
    """Say whether the browser tells of a discoverable credential (`credProps`, section 10.1.3)."""
    return isinstance(properties, dict) and properties.get("rk") is True
