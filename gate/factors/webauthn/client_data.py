"""What the browser says of a ceremony: CollectedClientData (WebAuthn L3 section 5.8.1).

Unknown members are ignored, and so is `tokenBinding`, which the standard gave up: later browsers
may add to the object. What it names must be of the right kind.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from gate.factors.webauthn.strict_json import object_of

CREATE: Final = "webauthn.create"
GET: Final = "webauthn.get"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientData:
    """The members that a relying party looks at, and the hash over the bytes as received."""

    type: str
    challenge: str
    origin: str
    cross_origin: bool
    top_origin: str | None
    hash: bytes


def parse_client_data(raw: bytes) -> ClientData | None:
    """Give the client data of `clientDataJSON`, or None."""
    named = object_of(raw)
    if named is None:
        return None
    match {"crossOrigin": False, "topOrigin": None, **named}:
        case {
            "type": str(kind),
            "challenge": str(challenge),
            "origin": str(origin),
            "crossOrigin": bool(cross_origin),
            "topOrigin": str() | None as top_origin,
        }:
            return ClientData(
                type=kind,
                challenge=challenge,
                origin=origin,
                cross_origin=cross_origin,
                top_origin=top_origin,
                hash=hashlib.sha256(raw).digest(),
            )
        case _:
            return None
