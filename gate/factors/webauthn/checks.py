"""The steps that both ceremonies share, flat and in the standard's order (WebAuthn L3 section 7).

Step numbers stand as registration / authentication.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime

from gate.factors import FactorReason
from gate.factors.webauthn.authenticator_data import AuthenticatorData, Flag
from gate.factors.webauthn.base64url import to_base64url
from gate.factors.webauthn.ceremony import Ceremony, UserVerification
from gate.factors.webauthn.client_data import ClientData


def first_refusal(checks: Iterable[tuple[bool, FactorReason]]) -> FactorReason | None:
    """Give the reason of the first check that does not hold."""
    return next((reason for holds, reason in checks if not holds), None)


def refusal_of_ceremony(ceremony: Ceremony, *, now: datetime, action: bytes) -> FactorReason | None:
    """Give why a ceremony no longer counts, or not for this."""
    return first_refusal(
        (
            (now < ceremony.expires, FactorReason.CEREMONY_EXPIRED),
            (hmac.compare_digest(ceremony.action, action), FactorReason.OTHER_ACTION),
        )
    )


def refusal_of_client_data(
    ceremony: Ceremony, client: ClientData, kind: str
) -> FactorReason | None:
    """Give why client data don't answer the ceremony."""
    return first_refusal(
        (
            (client.type == kind, FactorReason.WRONG_TYPE),  # 7 / 10
            (_is_challenge(ceremony, client), FactorReason.WRONG_CHALLENGE),  # 8 / 11
            (client.origin in ceremony.origins, FactorReason.WRONG_ORIGIN),  # 9 / 12
        )
    )


def refusal_of_authenticator_data(
    ceremony: Ceremony, authenticator: AuthenticatorData
) -> FactorReason | None:
    """Give why the authenticator's flags don't do."""
    flags = authenticator.flags
    verified = Flag.USER_VERIFIED in flags
    is_for_us = hmac.compare_digest(authenticator.rp_id_hash, _rp_id_hash(ceremony))
    return first_refusal(
        (
            (is_for_us, FactorReason.WRONG_RP_ID),  # 14 / 15
            (Flag.USER_PRESENT in flags, FactorReason.USER_NOT_PRESENT),  # 15 / 16
            (
                verified or ceremony.user_verification is not UserVerification.REQUIRED,
                FactorReason.USER_NOT_VERIFIED,  # 16 / 17
            ),
            (
                Flag.BACKUP_ELIGIBLE in flags or Flag.BACKED_UP not in flags,
                FactorReason.BACKED_UP_BUT_NOT_ELIGIBLE,  # 17 / 18
            ),
        )
    )


def refusal_of_frames(client: ClientData) -> FactorReason | None:
    """Give why an answer from within a frame is refused, however good (10 and 11 / 13 and 14).

    No page of the gate may be framed, so an honest browser never reports one.
    """
    return first_refusal(
        (
            (client.top_origin is None, FactorReason.TOP_ORIGIN),
            (not client.cross_origin, FactorReason.CROSS_ORIGIN),
        )
    )


def _is_challenge(ceremony: Ceremony, client: ClientData) -> bool:
    asked = to_base64url(ceremony.challenge)
    return hmac.compare_digest(client.challenge.encode("utf-8", "surrogatepass"), asked.encode())


def _rp_id_hash(ceremony: Ceremony) -> bytes:
    return hashlib.sha256(ceremony.rp_id.encode("utf-8")).digest()
