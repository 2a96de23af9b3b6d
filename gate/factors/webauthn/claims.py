"""What an answer claims, to look up what was asked; nothing is proved by any of it."""

from __future__ import annotations

from gate.factors import Rejected
from gate.factors.webauthn.base64url import from_base64url
from gate.factors.webauthn.client_data import parse_client_data
from gate.factors.webauthn.response import (
    parse_authentication_response,
    parse_registration_response,
)


def credential_id_of(response: str | bytes) -> bytes | None:
    """Give the id that an answer to `get()` claims, to look its key up."""
    answer = parse_authentication_response(response)
    return None if isinstance(answer, Rejected) else answer.credential_id


def challenge_of(response: str | bytes, *, registration: bool = False) -> bytes | None:
    """Give the challenge that an answer claims to be for, to take its ceremony out."""
    parse = parse_registration_response if registration else parse_authentication_response
    answer = parse(response)
    client = None if isinstance(answer, Rejected) else parse_client_data(answer.client_data)
    return None if client is None else from_base64url(client.challenge)
