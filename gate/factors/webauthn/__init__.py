"""Security keys and passkeys: the relying party's steps of WebAuthn Level 3, section 7.

`Ceremony` is a question with its challenge; `registration_options` and `authentication_options`
put it to the browser; `register` and `authenticate` verify the answer, flat, in the standard's
order, and give a `Rejected(reason)` for each step. No store, no clock: the caller keeps the
ceremony, takes it out before it verifies (a challenge counts once, whatever comes back), and
stores what the answer says of the key. python-fido2 verifies the signatures; the parsing around
them is strict and bounded, and no text makes it raise.
"""

from __future__ import annotations

from gate.factors.webauthn.authentication import Asserted, authenticate
from gate.factors.webauthn.ceremony import (
    Ceremony,
    Purpose,
    UserVerification,
    action_binding,
    ceremony_from,
)
from gate.factors.webauthn.claims import challenge_of, credential_id_of
from gate.factors.webauthn.cose_key import OFFERED, Algorithm
from gate.factors.webauthn.key import Key, key_of, user_handle_of
from gate.factors.webauthn.options import (
    TIMEOUT,
    Naming,
    authentication_options,
    registration_options,
)
from gate.factors.webauthn.registration import Registered, register

__all__ = [
    "OFFERED",
    "TIMEOUT",
    "Algorithm",
    "Asserted",
    "Ceremony",
    "Key",
    "Naming",
    "Purpose",
    "Registered",
    "UserVerification",
    "action_binding",
    "authenticate",
    "authentication_options",
    "ceremony_from",
    "challenge_of",
    "credential_id_of",
    "key_of",
    "register",
    "registration_options",
    "user_handle_of",
]
