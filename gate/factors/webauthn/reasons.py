"""Why an answer was not accepted: one word a check, for the audit and not for the page."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """The check that failed; the order is that of the standard's steps."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """The response proves nothing; `reason` says why."""

    reason: Reason
