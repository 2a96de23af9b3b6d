"""Security keys in people's hands: registered through the use cases, as the pages would do it."""

from __future__ import annotations

from typing import Any, Final

from gate.core.ports import SecurityKey
from gate.core.secret_text import Secret
from gate.core.subject import Account, Method
from gate.factors.webauthn import Registered
from gate.service.new_keys import Addition, NewKeys
from tests.support.software_authenticator import Authenticator

RP_ID: Final = "wiki.example.com"
ORIGIN: Final = "https://wiki.example.com"
SOMEWHERE: Final = Secret("what a registration is bound to")


def new_key(**made: Any) -> Authenticator:
    """Give a key in a browser that stands on the pages' origin."""
    return Authenticator(RP_ID, ORIGIN, **made)


def enrol(
    new_keys: NewKeys, account: Account, key: Authenticator, *, vouched: bool = True
) -> SecurityKey:
    """Register a key for an account."""
    answer = key.create(new_keys.begin(SOMEWHERE, account))
    registered = new_keys.verify(SOMEWHERE, answer)
    assert isinstance(registered, Registered), registered
    addition = Addition(name="Office", proved=(Method.PASSWORD,), vouched=vouched)
    kept = new_keys.keep(account, registered, addition)
    assert isinstance(kept, SecurityKey), kept
    return kept
