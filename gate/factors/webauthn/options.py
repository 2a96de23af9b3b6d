"""What the browser is asked, as `parseCreationOptionsFromJSON` and its sister read it.

WebAuthn L3 sections 5.4 and 5.5, with bytes as base64url.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from gate.factors.webauthn.base64url import to_base64url
from gate.factors.webauthn.ceremony import Ceremony
from gate.factors.webauthn.key import Key

TIMEOUT: Final = timedelta(minutes=5)  # WebAuthn L3 section 15.1 advises 5 to 10 minutes
_PUBLIC_KEY: Final = "public-key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """The names that the browser and the key show: the site's, and the person's two."""

    site: str
    account: str
    display_name: str


def registration_options(
    ceremony: Ceremony, keys: Sequence[Key], naming: Naming
) -> Mapping[str, object]:
    """Give the options for `create()`; `keys` tell how the excluded ones can be reached."""
    return {
        "rp": {"id": ceremony.rp_id, "name": naming.site},
        "user": {
            "id": to_base64url(ceremony.user_handle),
            "name": naming.account,
            "displayName": naming.display_name or naming.account,
        },
        "challenge": to_base64url(ceremony.challenge),
        "pubKeyCredParams": [
            {"type": _PUBLIC_KEY, "alg": algorithm.value} for algorithm in ceremony.algorithms
        ],
        "timeout": _milliseconds(TIMEOUT),
        "excludeCredentials": _descriptors(ceremony, keys),
        "authenticatorSelection": {
            "residentKey": "preferred",
            "requireResidentKey": False,
            "userVerification": ceremony.user_verification.value,
        },
        "attestation": "none",
        "extensions": {"credProps": True},
    }


def authentication_options(ceremony: Ceremony, keys: Sequence[Key] = ()) -> Mapping[str, object]:
    """Give the options for `get()`; `keys` tell how the allowed ones can be reached."""
    return {
        "challenge": to_base64url(ceremony.challenge),
        "timeout": _milliseconds(TIMEOUT),
        "rpId": ceremony.rp_id,
        "allowCredentials": _descriptors(ceremony, keys),
        "userVerification": ceremony.user_verification.value,
    }


def _descriptors(ceremony: Ceremony, keys: Sequence[Key]) -> list[dict[str, object]]:
    """Give the ceremony's credentials in its order, each with the known ways to reach it."""
    transports = {key.credential_id: list(key.transports) for key in keys}
    return [
        {
            "type": _PUBLIC_KEY,
            "id": to_base64url(credential),
            "transports": transports.get(credential, []),
        }
        for credential in ceremony.credentials
    ]


def _milliseconds(time: timedelta) -> int:
    return time // timedelta(milliseconds=1)
