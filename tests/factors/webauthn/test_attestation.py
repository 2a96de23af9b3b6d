"""Attestation objects and their statements: none is asked for, and what comes anyway is judged."""

from __future__ import annotations

from typing import Any

import pytest
from fido2 import cbor

from gate.factors import FactorReason
from gate.factors.webauthn.attestation import (
    AttestationObject,
    parse_attestation_object,
    refusal_of_statement,
)
from tests.support.software_authenticator import Credential, cose_key, new_private_key

SIGNED = b"authenticator data"
HASH = bytes(32)
PRIVATE = new_private_key(-7)
PUBLIC = cbor.encode(cose_key(PRIVATE))
SIGNATURE = Credential(id=b"", rp_id="", user_handle=b"", private_key=PRIVATE).sign(SIGNED + HASH)
MEMBERS: dict[str, Any] = {"fmt": "none", "attStmt": {}, "authData": SIGNED}


def refusal(format_: str, statement: Any) -> FactorReason | None:
    attestation = AttestationObject(format=format_, authenticator_data=SIGNED, statement=statement)
    return refusal_of_statement(attestation, PUBLIC, HASH)


def test_the_object_is_read_and_unknown_members_are_ignored() -> None:
    expected = AttestationObject(format="none", authenticator_data=SIGNED, statement={})
    assert parse_attestation_object(cbor.encode(MEMBERS)) == expected
    assert parse_attestation_object(cbor.encode(MEMBERS | {"epAtt": True})) == expected


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x01", id="a number"),
        pytest.param(cbor.encode(MEMBERS)[:-1], id="w35 cut short"),
        pytest.param(cbor.encode(MEMBERS) + b"\x00", id="w34 a byte behind"),
        pytest.param(cbor.encode({"fmt": "none", "attStmt": {}}), id="no authenticator data"),
        pytest.param(cbor.encode(MEMBERS | {"fmt": 1}), id="a format that is a number"),
        pytest.param(cbor.encode(MEMBERS | {"authData": "x"}), id="authenticator data as a text"),
        pytest.param(cbor.encode(MEMBERS | {"attStmt": []}), id="a statement that is a list"),
        pytest.param(b"\x81" * 10_000, id="w37 nested"),
    ],
)
def test_anything_else_is_none(raw: bytes) -> None:
    assert parse_attestation_object(raw) is None


def test_no_attestation_says_nothing() -> None:
    assert refusal("none", {}) is None
    assert refusal("none", {"sig": b""}) is FactorReason.INVALID_ATTESTATION


def test_a_statement_that_the_key_signed_itself_must_verify() -> None:
    assert refusal("packed", {"alg": -7, "sig": SIGNATURE}) is None


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"alg": -7}, id="no signature"),
        pytest.param({"sig": SIGNATURE}, id="no algorithm"),
        pytest.param({"alg": -8, "sig": SIGNATURE}, id="another algorithm"),
        pytest.param({"alg": -7, "sig": SIGNATURE[:-1]}, id="w26 a wrong signature"),
        pytest.param({"alg": -7, "sig": "text"}, id="a signature as a text"),
    ],
)
def test_a_self_signed_statement_of_another_kind_is_invalid(statement: dict[str, Any]) -> None:
    assert refusal("packed", statement) is FactorReason.INVALID_ATTESTATION


@pytest.mark.parametrize(
    "named",
    ["android-key", "android-safetynet", "apple", "compound", "fido-u2f", "packed", "tpm"],
)
def test_a_certificate_is_not_looked_at_for_want_of_trust_anchors(named: str) -> None:
    assert refusal(named, {"x5c": [b"no certificate"]}) is None


@pytest.mark.parametrize("named", ["", "None", "NONE", "packed ", "attestation"])
def test_an_unknown_format_is_refused(named: str) -> None:
    assert refusal(named, {}) is FactorReason.UNKNOWN_ATTESTATION_FORMAT
