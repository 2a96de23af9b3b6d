"""The standard's own test vectors: fifteen keys, each registered and then used."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any, Final

import pytest

from gate.factors import FactorReason, Rejected
from gate.factors.webauthn import (
    Algorithm,
    Asserted,
    Ceremony,
    Key,
    Purpose,
    Registered,
    authenticate,
    register,
)
from gate.factors.webauthn.attestation import parse_attestation_object
from gate.factors.webauthn.authenticator_data import Flag, parse_authenticator_data
from gate.factors.webauthn.base64url import to_base64url
from tests.support.ceremonies import ALICE, NOW, REGISTERING
from tests.support.vectors import cases

FILE: Final = cases("webauthn_l3_test_vectors")
VECTORS: Final = {vector["id"]: vector for vector in FILE["vectors"]}
REFUSED: Final = {
    "none-es256-crossOrigin": FactorReason.CROSS_ORIGIN,
    "none-es256-topOrigin": FactorReason.TOP_ORIGIN,
}
ACCEPTED: Final = [name for name in VECTORS if name not in REFUSED]
ALGORITHMS: Final = {
    "packed-es384": Algorithm.ES384,
    "packed-es512": Algorithm.ES512,
    "packed-rs256": Algorithm.RS256,
    "packed-eddsa": Algorithm.EDDSA,
    "packed-ed448": Algorithm.ED448,
}


def field(part: dict[str, str], name: str) -> str:
    return to_base64url(bytes.fromhex(part[name]))


def ceremony(part: dict[str, str], purpose: Purpose, *credentials: bytes) -> Ceremony:
    return Ceremony(
        purpose=purpose,
        challenge=bytes.fromhex(part["challenge"]),
        rp_id=FILE["rp_id"],
        origins=(FILE["origin"],),
        expires=REGISTERING.expires,
        user_handle=ALICE,
        credentials=credentials,
        algorithms=tuple(Algorithm),
    )


def answer(vector: dict[str, Any], part: str, *names: str) -> str:
    credential = field(vector["registration"], "credential_id")
    return json.dumps(
        {
            "id": credential,
            "rawId": credential,
            "type": "public-key",
            "response": {name: field(vector[part], name) for name in names},
            "clientExtensionResults": {},
        }
    )


def registered(vector: dict[str, Any]) -> Registered | Rejected:
    asked = ceremony(vector["registration"], Purpose.REGISTER)
    text = answer(vector, "registration", "clientDataJSON", "attestationObject")
    return register(asked, text, now=NOW)


def assertion(vector: dict[str, Any]) -> str:
    return answer(vector, "authentication", "clientDataJSON", "authenticatorData", "signature")


def with_changed_signature(vector: dict[str, Any]) -> str:
    changed = json.loads(assertion(vector))
    signature = bytearray.fromhex(vector["authentication"]["signature"])
    signature[-1] ^= 1
    changed["response"]["signature"] = to_base64url(bytes(signature))
    return json.dumps(changed)


def framed_key(vector: dict[str, Any]) -> Key:
    """Give the record of a key that the gate itself would not register."""
    good = registered(VECTORS["none-es256"])
    attestation = parse_attestation_object(
        bytes.fromhex(vector["registration"]["attestationObject"])
    )
    authenticator = attestation and parse_authenticator_data(attestation.authenticator_data)
    if not isinstance(good, Registered) or not authenticator or not authenticator.credential:
        raise TypeError("the vector can't be read")
    return replace(
        good.key,
        credential_id=authenticator.credential.id,
        public_key=authenticator.credential.public_key,
        backup_eligible=Flag.BACKUP_ELIGIBLE in authenticator.flags,
    )


def test_the_vectors_are_all_there() -> None:
    assert len(ACCEPTED) == 13
    assert set(ALGORITHMS) | set(REFUSED) <= set(VECTORS)


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_vector_registers_and_then_answers(name: str) -> None:
    vector = VECTORS[name]
    added = registered(vector)
    assert isinstance(added, Registered)
    assert added.key.aaguid == bytes.fromhex(vector["registration"]["aaguid"])
    assert added.key.credential_id == bytes.fromhex(vector["registration"]["credential_id"])
    assert added.key.algorithm is ALGORITHMS.get(name, Algorithm.ES256)
    asked = ceremony(vector["authentication"], Purpose.STEP_UP, added.key.credential_id)
    answered = authenticate(asked, [added.key], assertion(vector), now=NOW)
    assert isinstance(answered, Asserted)
    assert not answered.clone_warning


@pytest.mark.parametrize(("name", "reason"), REFUSED.items(), ids=list(REFUSED))
def test_w05_w07_a_key_made_within_a_frame_is_good_and_refused(
    name: str, reason: FactorReason
) -> None:
    assert registered(VECTORS[name]) == Rejected(reason=reason)


@pytest.mark.parametrize(("name", "reason"), REFUSED.items(), ids=list(REFUSED))
def test_w06_w07_an_answer_from_within_a_frame_verifies_and_is_refused(
    name: str, reason: FactorReason
) -> None:
    vector = VECTORS[name]
    asked = ceremony(vector["authentication"], Purpose.STEP_UP, framed_key(vector).credential_id)
    good, wrong = assertion(vector), with_changed_signature(vector)
    judged = [authenticate(asked, [framed_key(vector)], text, now=NOW) for text in (good, wrong)]
    assert judged == [Rejected(reason=reason), Rejected(reason=FactorReason.WRONG_SIGNATURE)]


@pytest.mark.parametrize("name", ACCEPTED)
def test_w26_a_vector_with_one_bit_changed_does_not_answer(name: str) -> None:
    vector = VECTORS[name]
    added = registered(vector)
    assert isinstance(added, Registered)
    asked = ceremony(vector["authentication"], Purpose.STEP_UP, added.key.credential_id)
    answered = authenticate(asked, [added.key], with_changed_signature(vector), now=NOW)
    assert answered == Rejected(reason=FactorReason.WRONG_SIGNATURE)


def test_the_vectors_are_made_for_one_site() -> None:
    hashes = {vector["authentication"]["authenticatorData"][:64] for vector in FILE["vectors"]}
    assert hashes == {hashlib.sha256(FILE["rp_id"].encode()).hexdigest()}
