"""Registering a new credential (WebAuthn L3 section 7.1).

Left to the caller: that no other account has the credential id (step 26), which only the store's
one statement can say, and to whom the key is added (step 29), which is whose ceremony it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gate.factors import FactorReason, Rejected
from gate.factors.webauthn.attestation import (
    parse_attestation_object,
    refusal_of_statement,
)
from gate.factors.webauthn.authenticator_data import (
    AttestedCredential,
    AuthenticatorData,
    Flag,
    parse_authenticator_data,
)
from gate.factors.webauthn.ceremony import Ceremony, Purpose
from gate.factors.webauthn.checks import (
    first_refusal,
    refusal_of_authenticator_data,
    refusal_of_ceremony,
    refusal_of_client_data,
    refusal_of_frames,
)
from gate.factors.webauthn.client_data import CREATE, ClientData, parse_client_data
from gate.factors.webauthn.cose_key import algorithm_of, is_well_formed
from gate.factors.webauthn.key import Key
from gate.factors.webauthn.response import RegistrationResponse, parse_registration_response

MAX_CREDENTIAL_ID: Final = 1023  # bytes, section 7.1 step 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A new key may be stored for the account of the ceremony."""

    key: Key


def register(ceremony: Ceremony, response: str | bytes, *, now: datetime) -> Registered | Rejected:
    """Verify the browser's answer to `create()`; total for every text."""
    refusal = first_refusal([(ceremony.purpose is Purpose.REGISTER, FactorReason.WRONG_PURPOSE)])
    refusal = refusal or refusal_of_ceremony(ceremony, now=now, action=b"")
    if refusal:
        return Rejected(reason=refusal)
    answer = parse_registration_response(response)
    if isinstance(answer, Rejected):
        return answer
    client = parse_client_data(answer.client_data)
    if client is None:
        return Rejected(reason=FactorReason.MALFORMED_CLIENT_DATA)
    refusal = refusal_of_client_data(ceremony, client, CREATE)
    if refusal:
        return Rejected(reason=refusal)
    return _attested(ceremony, answer, client)


def _attested(
    ceremony: Ceremony, answer: RegistrationResponse, client: ClientData
) -> Registered | Rejected:
    """Go on from step 13."""
    attestation = parse_attestation_object(answer.attestation_object)
    if attestation is None:
        return Rejected(reason=FactorReason.MALFORMED_ATTESTATION)
    authenticator = parse_authenticator_data(attestation.authenticator_data)
    if authenticator is None or authenticator.credential is None:
        return Rejected(reason=FactorReason.MALFORMED_AUTHENTICATOR_DATA)
    public_key = authenticator.credential.public_key
    refusal = (
        refusal_of_authenticator_data(ceremony, authenticator)
        or _refusal_of_public_key(ceremony, public_key)
        or refusal_of_statement(attestation, public_key, client.hash)
        or _refusal_of_id(ceremony, authenticator.credential.id, answer)
        or refusal_of_frames(client)
    )
    if refusal:
        return Rejected(reason=refusal)
    return Registered(key=_key(ceremony, answer, authenticator, authenticator.credential))


def _refusal_of_public_key(ceremony: Ceremony, public_key: bytes) -> FactorReason | None:
    return first_refusal(
        (
            (
                algorithm_of(public_key) in ceremony.algorithms,
                FactorReason.ALGORITHM_NOT_OFFERED,
            ),  # 20
            (is_well_formed(public_key), FactorReason.MALFORMED_PUBLIC_KEY),
        )
    )


def _refusal_of_id(
    ceremony: Ceremony, credential_id: bytes, answer: RegistrationResponse
) -> FactorReason | None:
    return first_refusal(
        (
            (credential_id == answer.credential_id, FactorReason.ID_MISMATCH),
            (len(credential_id) <= MAX_CREDENTIAL_ID, FactorReason.CREDENTIAL_ID_TOO_LONG),  # 25
            (credential_id not in ceremony.credentials, FactorReason.ALREADY_REGISTERED),  # 26
        )
    )


def _key(
    ceremony: Ceremony,
    answer: RegistrationResponse,
    authenticator: AuthenticatorData,
    credential: AttestedCredential,
) -> Key:
    """Give the credential record (step 27)."""
    return Key(
        credential_id=credential.id,
        user_handle=ceremony.user_handle,
        public_key=credential.public_key,
        sign_count=authenticator.sign_count,
        transports=answer.transports,
        aaguid=credential.aaguid,
        backup_eligible=Flag.BACKUP_ELIGIBLE in authenticator.flags,
        backed_up=Flag.BACKED_UP in authenticator.flags,
        user_verified=Flag.USER_VERIFIED in authenticator.flags,
        discoverable=answer.discoverable,
        rp_id=ceremony.rp_id,
        origins=ceremony.origins,
    )
