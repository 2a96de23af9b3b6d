"""Verifying an assertion (WebAuthn L3 section 7.2).

Left to the caller: that the account may be used at all, and to store the new sign count, the
backup state and whether the person was verified, once everything else holds too (step 24).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from gate.factors import FactorReason, Rejected, Verified
from gate.factors.webauthn.authenticator_data import (
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
from gate.factors.webauthn.client_data import GET, ClientData, parse_client_data
from gate.factors.webauthn.cose_key import verifies
from gate.factors.webauthn.key import Key
from gate.factors.webauthn.response import AuthenticationResponse, parse_authentication_response


@dataclass(frozen=True, slots=True, kw_only=True)
class Asserted(Verified):
    """The key, as it was known, answered for its account.

    `sign_count` is the key's own number, not necessarily higher than before. `clone_warning` says
    that it did not rise, as if there were two keys of one secret: a risk, not a refusal (step 22).
    """

    key: Key
    sign_count: int
    clone_warning: bool
    user_verified: bool
    backed_up: bool

    @property
    def backup_changed(self) -> bool:
        """Say whether the credential began or ceased to be backed up."""
        return self.backed_up is not self.key.backed_up


def authenticate(
    ceremony: Ceremony,
    keys: Iterable[Key],
    response: str | bytes,
    *,
    now: datetime,
    action: bytes = b"",
) -> Asserted | Rejected:
    """Verify the browser's answer to `get()`; total for every text.

    `keys` are those that might have answered. `action` is the binding of the change that is asked
    for now; an answer given for another change, or for none, does not count.
    """
    refusal = first_refusal(
        [(ceremony.purpose is not Purpose.REGISTER, FactorReason.WRONG_PURPOSE)]
    )
    refusal = refusal or refusal_of_ceremony(ceremony, now=now, action=action)
    if refusal:
        return Rejected(reason=refusal)
    answer = parse_authentication_response(response)
    if isinstance(answer, Rejected):
        return answer
    key = _answering(ceremony, keys, answer)
    if isinstance(key, Rejected):
        return key
    client = parse_client_data(answer.client_data)
    if client is None:
        return Rejected(reason=FactorReason.MALFORMED_CLIENT_DATA)
    refusal = refusal_of_client_data(ceremony, client, GET)
    if refusal:
        return Rejected(reason=refusal)
    return _asserted(ceremony, key, answer, client)


def _answering(
    ceremony: Ceremony, keys: Iterable[Key], answer: AuthenticationResponse
) -> Key | Rejected:
    """Give the key that claims to answer (steps 5 and 6)."""
    is_open = not ceremony.user_handle and not ceremony.credentials
    if not is_open and answer.credential_id not in ceremony.credentials:
        return Rejected(reason=FactorReason.KEY_NOT_ALLOWED)
    key = next((key for key in keys if key.credential_id == answer.credential_id), None)
    if key is None:
        return Rejected(reason=FactorReason.UNKNOWN_KEY)
    owner = ceremony.user_handle or answer.user_handle
    if not owner:
        return Rejected(reason=FactorReason.NO_USER_HANDLE)
    if key.user_handle != owner or answer.user_handle not in (b"", owner):
        return Rejected(reason=FactorReason.OTHER_ACCOUNT)
    return key


def _asserted(
    ceremony: Ceremony, key: Key, answer: AuthenticationResponse, client: ClientData
) -> Asserted | Rejected:
    """Go on from step 15."""
    authenticator = parse_authenticator_data(answer.authenticator_data)
    if authenticator is None or authenticator.credential is not None:
        return Rejected(reason=FactorReason.MALFORMED_AUTHENTICATOR_DATA)
    signed = answer.authenticator_data + client.hash
    refusal = (
        refusal_of_authenticator_data(ceremony, authenticator)
        or _refusal_of_key(ceremony, key, authenticator)
        or first_refusal(
            [
                (verifies(key.public_key, signed, answer.signature), FactorReason.WRONG_SIGNATURE)
            ]  # 21
        )
        or refusal_of_frames(client)
    )
    if refusal:
        return Rejected(reason=refusal)
    return Asserted(
        key=key,
        sign_count=authenticator.sign_count,
        clone_warning=_is_cloned(key.sign_count, authenticator.sign_count),
        user_verified=Flag.USER_VERIFIED in authenticator.flags,
        backed_up=Flag.BACKED_UP in authenticator.flags,
    )


def _refusal_of_key(
    ceremony: Ceremony, key: Key, authenticator: AuthenticatorData
) -> FactorReason | None:
    eligible = Flag.BACKUP_ELIGIBLE in authenticator.flags
    return first_refusal(
        (
            (
                key.rp_id == ceremony.rp_id,
                FactorReason.WRONG_RP_ID,
            ),  # it was added for that one (G5)
            (eligible is key.backup_eligible, FactorReason.BACKUP_ELIGIBILITY_CHANGED),  # 19
        )
    )


def _is_cloned(stored: int, given: int) -> bool:
    """Say whether a count that is kept at all did not rise (step 22)."""
    return given <= stored and (stored, given) != (0, 0)
