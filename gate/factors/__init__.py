"""Factors: given a secret, a response and the time, say what was proved.

A factor is a pure function. It has no store, no clock and no counter: the caller brings what is
stored, records what was used (`TotpVerified.step`) and counts attempts. Each answers with
`Verified` or `Rejected(reason)`; an expected no is never an exception, and the page says less
than the reason does.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from gate.core.subject import Method


class FactorReason(StrEnum):
    """Why a factor was not accepted; for the audit, not for the page."""

    WRONG_PASSWORD = "wrong_password"
    WRONG_CODE = "wrong_code"
    TOTP_REPLAYED = "totp_replayed"
    CLOCK_OFF = "clock_off"
    MALFORMED = "malformed"
    UNUSABLE_SECRET = "unusable_secret"

    # A key's answer: one word a check, in the standard's order (WebAuthn L3 section 7).
    WRONG_PURPOSE = "wrong_purpose"
    CEREMONY_EXPIRED = "ceremony_expired"
    OTHER_ACTION = "other_action"
    RESPONSE_TOO_LARGE = "response_too_large"
    MALFORMED_RESPONSE = "malformed_response"
    ID_MISMATCH = "id_mismatch"
    KEY_NOT_ALLOWED = "key_not_allowed"
    UNKNOWN_KEY = "unknown_key"
    NO_USER_HANDLE = "no_user_handle"
    OTHER_ACCOUNT = "other_account"
    MALFORMED_CLIENT_DATA = "malformed_client_data"
    WRONG_TYPE = "wrong_type"
    WRONG_CHALLENGE = "wrong_challenge"
    WRONG_ORIGIN = "wrong_origin"
    MALFORMED_ATTESTATION = "malformed_attestation"
    MALFORMED_AUTHENTICATOR_DATA = "malformed_authenticator_data"
    WRONG_RP_ID = "wrong_rp_id"
    USER_NOT_PRESENT = "user_not_present"
    USER_NOT_VERIFIED = "user_not_verified"
    BACKED_UP_BUT_NOT_ELIGIBLE = "backed_up_but_not_eligible"
    BACKUP_ELIGIBILITY_CHANGED = "backup_eligibility_changed"
    ALGORITHM_NOT_OFFERED = "algorithm_not_offered"
    MALFORMED_PUBLIC_KEY = "malformed_public_key"
    UNKNOWN_ATTESTATION_FORMAT = "unknown_attestation_format"
    INVALID_ATTESTATION = "invalid_attestation"
    CREDENTIAL_ID_TOO_LONG = "credential_id_too_long"
    ALREADY_REGISTERED = "already_registered"
    WRONG_SIGNATURE = "wrong_signature"
    CROSS_ORIGIN = "cross_origin"
    TOP_ORIGIN = "top_origin"
    COUNT_WENT_BACK = "count_went_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """The response proves the factor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """The response proves nothing; `reason` says why."""

    reason: FactorReason


FACTORS: Final = (
    Method.PASSWORD,
    Method.PASSKEY,
    Method.SECURITY_KEY,
    Method.TOTP,
    Method.RECOVERY_CODE,
)
"""The proof words of the factors that can be verified, in the order in which they are asked."""
