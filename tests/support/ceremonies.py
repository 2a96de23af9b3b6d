"""WebAuthn ceremonies as services would make them: one site, one person, one moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from gate.factors.webauthn import (
    Ceremony,
    Key,
    Naming,
    Purpose,
    Registered,
    UserVerification,
    authentication_options,
    register,
    registration_options,
)
from tests.support.software_authenticator import Authenticator

RP_ID: Final = "gate.example.com"
ORIGIN: Final = "https://gate.example.com"
NOW: Final = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ALICE: Final = b"handle of alice"
MALLORY: Final = b"handle of mallory"
NAMES: Final = Naming(site="Example", account="alice", display_name="Alice A.")

REGISTERING: Final = Ceremony(
    purpose=Purpose.REGISTER,
    challenge=b"challenge of a registration ....",
    rp_id=RP_ID,
    origins=(ORIGIN,),
    expires=NOW + timedelta(minutes=5),
    user_handle=ALICE,
)


def authenticator(**made: Any) -> Authenticator:
    """Give a key in a browser that stands on the site."""
    return Authenticator(RP_ID, ORIGIN, **made)


def registering(**changed: Any) -> Ceremony:
    """Give a ceremony that adds a key to alice's account."""
    return replace(REGISTERING, **changed)


def stepping_up(*keys: Key, **changed: Any) -> Ceremony:
    """Give a ceremony that asks for one of alice's keys."""
    asked = replace(
        REGISTERING,
        purpose=Purpose.STEP_UP,
        challenge=b"challenge of a step-up .........",
        credentials=tuple(key.credential_id for key in keys),
    )
    return replace(asked, **changed)


def signing_in(**changed: Any) -> Ceremony:
    """Give a ceremony that any key may answer, and which tells the account."""
    asked = replace(
        REGISTERING,
        purpose=Purpose.SIGN_IN,
        challenge=b"challenge of a sign-in .........",
        user_handle=b"",
        user_verification=UserVerification.REQUIRED,
    )
    return replace(asked, **changed)


def creation(ceremony: Ceremony, keys: Sequence[Key] = ()) -> Any:
    """Give the options for `create()`."""
    return registration_options(ceremony, keys, NAMES)


def request(ceremony: Ceremony, keys: Sequence[Key] = ()) -> Any:
    """Give the options for `get()`."""
    return authentication_options(ceremony, keys)


def enrolled(key: Authenticator, **changed: Any) -> Key:
    """Register a key and give its record; `changed` are fields of the ceremony."""
    ceremony = registering(**changed)
    registered = register(ceremony, key.create(creation(ceremony)), now=NOW)
    if not isinstance(registered, Registered):
        raise TypeError(f"the key was not registered: {registered}")
    return registered.key
