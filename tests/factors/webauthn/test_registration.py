"""Registering a key: the whole of the standard's section 7.1, each refusal with its reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from fido2 import cbor

from gate.factors import FactorReason, Rejected
from gate.factors.webauthn import (
    Algorithm,
    Key,
    Purpose,
    Registered,
    UserVerification,
    action_binding,
    register,
)
from tests.support.ceremonies import (
    ALICE,
    NOW,
    ORIGIN,
    RP_ID,
    authenticator,
    creation,
    registering,
    signing_in,
    stepping_up,
)
from tests.support.software_authenticator import AAGUID, Bends, cose_key

Judged = Registered | Rejected


def answered(
    bends: Bends | None = None, made: dict[str, Any] | None = None, **asked: Any
) -> Judged:
    """Ask, answer with some bends, and judge."""
    ceremony = registering(**asked)
    text = authenticator(**made or {}).create(creation(ceremony), **bends or {})
    return register(ceremony, text, now=NOW)


def rejected(reason: FactorReason) -> Rejected:
    return Rejected(reason=reason)


def test_a_key_is_registered_with_all_that_is_known_of_it() -> None:
    key = authenticator()
    registered = register(registering(), key.create(creation(registering())), now=NOW)
    (credential,) = key.credentials
    assert registered == Registered(
        key=Key(
            credential_id=credential.id,
            user_handle=ALICE,
            public_key=cbor.encode(cose_key(credential.private_key)),
            sign_count=0,
            transports=("usb",),
            aaguid=AAGUID,
            backup_eligible=False,
            backed_up=False,
            user_verified=True,
            discoverable=True,
            rp_id=RP_ID,
            origins=(ORIGIN,),
        )
    )


def test_a_synced_passkey_is_told_from_a_key_without_pin() -> None:
    passkey = answered(made={"synced": True, "transports": ("internal", "hybrid")})
    plain = answered({"sign_count": 7}, made={"verifies": False, "discoverable": False})
    assert isinstance(passkey, Registered)
    assert isinstance(plain, Registered)
    told = [
        (key.backup_eligible, key.backed_up, key.user_verified, key.discoverable, key.sign_count)
        for key in (passkey.key, plain.key)
    ]
    assert told == [(True, True, True, True, 0), (False, False, False, False, 7)]
    assert passkey.key.transports == ("hybrid", "internal")


def test_a_passkey_may_be_eligible_and_not_yet_backed_up() -> None:
    registered = answered({"set_flags": 0x08})
    assert isinstance(registered, Registered)
    assert (registered.key.backup_eligible, registered.key.backed_up) == (True, False)


@pytest.mark.parametrize("algorithm", Algorithm)
def test_w20_an_algorithm_counts_when_it_was_offered(algorithm: Algorithm) -> None:
    registered = answered(made={"algorithms": (algorithm,)}, algorithms=(algorithm,))
    assert isinstance(registered, Registered)
    assert registered.key.algorithm is algorithm


@pytest.mark.parametrize("algorithm", [Algorithm.ES384, Algorithm.ES512, Algorithm.ED448])
def test_w20_a_key_of_an_algorithm_that_was_not_offered_is_refused(algorithm: Algorithm) -> None:
    assert answered({"algorithm": algorithm}) == rejected(FactorReason.ALGORITHM_NOT_OFFERED)


def test_w20_what_is_offered_is_the_ceremonys_own() -> None:
    judged = answered({"algorithm": -7}, algorithms=(Algorithm.ES384,))
    assert judged == rejected(FactorReason.ALGORITHM_NOT_OFFERED)


@pytest.mark.parametrize(
    ("purpose", "reason"),
    [
        pytest.param(stepping_up(), FactorReason.WRONG_PURPOSE, id="step-up"),
        pytest.param(signing_in(), FactorReason.WRONG_PURPOSE, id="sign-in"),
        pytest.param(
            stepping_up(purpose=Purpose.ACTION, action=action_binding("x", {})),
            FactorReason.WRONG_PURPOSE,
            id="action",
        ),
    ],
)
def test_w14_no_other_ceremony_registers_a_key(purpose: Any, reason: FactorReason) -> None:
    asked = registering(challenge=purpose.challenge)
    text = authenticator().create(creation(asked))
    assert isinstance(register(asked, text, now=NOW), Registered)
    assert register(purpose, text, now=NOW) == rejected(reason)


def test_w13_an_expired_ceremony_registers_no_key() -> None:
    assert answered(expires=NOW) == rejected(FactorReason.CEREMONY_EXPIRED)


def changed(change: Callable[[dict[str, Any]], Any]) -> Bends:
    """Bend the whole answer."""

    def bend(answer: dict[str, Any]) -> None:
        change(answer)

    return {"answer": bend}


def put_in_map(name: str, value: object) -> Callable[[bytes], bytes]:
    """Change a member of the attestation object."""

    def bend(raw: bytes) -> bytes:
        members: Any = cbor.decode(raw)
        return cbor.encode({**members, name: value})

    return bend


TABLE: list[Any] = [
    pytest.param(
        {"origin": f"https://evil.{RP_ID}"}, FactorReason.WRONG_ORIGIN, id="w01 subdomain"
    ),
    pytest.param({"origin": f"{ORIGIN}:9999"}, FactorReason.WRONG_ORIGIN, id="w02 port"),
    pytest.param({"origin": f"http://{RP_ID}"}, FactorReason.WRONG_ORIGIN, id="w03 http"),
    pytest.param(
        {"origin": f"https://evil{RP_ID}"}, FactorReason.WRONG_ORIGIN, id="w04 suffix host"
    ),
    pytest.param({"cross_origin": True}, FactorReason.CROSS_ORIGIN, id="w05 crossOrigin"),
    pytest.param(
        {"cross_origin": True, "top_origin": "https://evil.example"},
        FactorReason.TOP_ORIGIN,
        id="w07 topOrigin",
    ),
    pytest.param(
        {"cross_origin": "no"}, FactorReason.MALFORMED_CLIENT_DATA, id="crossOrigin a text"
    ),
    pytest.param(
        {"type": "webauthn.get"}, FactorReason.WRONG_TYPE, id="w08 type of the other ceremony"
    ),
    pytest.param({"challenge": bytes(32)}, FactorReason.WRONG_CHALLENGE, id="w09 other challenge"),
    pytest.param({"rp_id": "example.com"}, FactorReason.WRONG_RP_ID, id="w15 other RP ID"),
    pytest.param({"clear_flags": 0x01}, FactorReason.USER_NOT_PRESENT, id="w16 nobody present"),
    pytest.param(
        {"set_flags": 0x10}, FactorReason.BACKED_UP_BUT_NOT_ELIGIBLE, id="w18 BS without BE"
    ),
    pytest.param(
        {"credential_id": bytes(1024)},
        FactorReason.CREDENTIAL_ID_TOO_LONG,
        id="w21 1,024 bytes of id",
    ),
    pytest.param(
        changed(lambda answer: answer.update(id="b25l")),
        FactorReason.ID_MISMATCH,
        id="w23 id not rawId",
    ),
    pytest.param(
        changed(lambda answer: answer.update(id="b25l", rawId="b25l")),
        FactorReason.ID_MISMATCH,
        id="w23 rawId not the attested one",
    ),
    pytest.param(
        {"clear_flags": 0x40},
        FactorReason.MALFORMED_AUTHENTICATOR_DATA,
        id="w32 data without AT flag",
    ),
    pytest.param(
        {"authenticator_data_bytes": lambda raw: raw[:37]},
        FactorReason.MALFORMED_AUTHENTICATOR_DATA,
        id="w32 AT flag without data",
    ),
    pytest.param(
        {"authenticator_data_bytes": lambda raw: raw[:32] + b"\x05" + raw[33:37]},
        FactorReason.MALFORMED_AUTHENTICATOR_DATA,
        id="w32 neither flag nor data",
    ),
    pytest.param(
        {"set_flags": 0x80},
        FactorReason.MALFORMED_AUTHENTICATOR_DATA,
        id="w33 ED flag without data",
    ),
    pytest.param(
        {"authenticator_data_bytes": lambda raw: raw + b"\x00"},
        FactorReason.MALFORMED_AUTHENTICATOR_DATA,
        id="w34 a byte behind authenticator data",
    ),
    pytest.param(
        {"attestation_bytes": lambda raw: raw + b"\x00"},
        FactorReason.MALFORMED_ATTESTATION,
        id="w34 a byte behind the attestation object",
    ),
    pytest.param(
        {"attestation_bytes": lambda raw: raw[:-1]},
        FactorReason.MALFORMED_ATTESTATION,
        id="w35 cut short",
    ),
    pytest.param(
        {"attestation_bytes": lambda raw: raw + bytes(1_000_000)},
        FactorReason.RESPONSE_TOO_LARGE,
        id="w36 1 MB",
    ),
    pytest.param(
        {"attestation_bytes": lambda _: b"\x81" * 10_000},
        FactorReason.MALFORMED_ATTESTATION,
        id="w37 nested CBOR",
    ),
    pytest.param(
        {"attestation_bytes": put_in_map("fmt", 5)},
        FactorReason.MALFORMED_ATTESTATION,
        id="fmt a number",
    ),
    pytest.param(
        {"client_data_bytes": lambda raw: raw[:-1] + b',"type":"webauthn.create"}'},
        FactorReason.MALFORMED_CLIENT_DATA,
        id="w38 duplicate name",
    ),
    pytest.param({"public_key": {}}, FactorReason.ALGORITHM_NOT_OFFERED, id="an empty key"),
    pytest.param(
        {"public_key": {1: 2, 3: -7, -1: 1, -2: bytes(32), -3: bytes(32)}},
        FactorReason.MALFORMED_PUBLIC_KEY,
        id="a point off its curve",
    ),
    pytest.param(
        {"format": "odd"}, FactorReason.UNKNOWN_ATTESTATION_FORMAT, id="an unknown format"
    ),
    pytest.param(
        {"statement": {"sig": b""}}, FactorReason.INVALID_ATTESTATION, id="none that says something"
    ),
    pytest.param(
        {"format": "packed", "statement": {"alg": -7, "sig": b"x"}},
        FactorReason.INVALID_ATTESTATION,
        id="w26 a self-signed statement with a wrong signature",
    ),
]


@pytest.mark.parametrize(("bends", "reason"), TABLE)
def test_one_bent_part_is_refused_with_its_reason(bends: Bends, reason: FactorReason) -> None:
    assert answered(bends) == rejected(reason)


def test_w17_a_key_without_pin_is_refused_where_one_is_required() -> None:
    asked = registering(user_verification=UserVerification.REQUIRED)
    text = authenticator().create(creation(asked), clear_flags=0x04)
    assert register(asked, text, now=NOW) == rejected(FactorReason.USER_NOT_VERIFIED)


def test_t69_a_script_that_asks_the_browser_for_less_changes_nothing() -> None:
    asked = registering(user_verification=UserVerification.REQUIRED)
    options = json.loads(json.dumps(creation(asked)))
    options["authenticatorSelection"]["userVerification"] = "discouraged"
    text = authenticator(verifies=False).create(options)
    assert register(asked, text, now=NOW) == rejected(FactorReason.USER_NOT_VERIFIED)


def test_w21_an_id_may_have_1023_bytes() -> None:
    registered = answered({"credential_id": bytes(1023)})
    assert isinstance(registered, Registered)
    assert registered.key.credential_id == bytes(1023)


def test_w22_a_key_that_the_account_has_is_not_added_again() -> None:
    bends: Bends = {"credential_id": b"known"}
    asked = registering(credentials=(b"known",))
    text = authenticator().create(creation(registering()), **bends)
    assert register(asked, text, now=NOW) == rejected(FactorReason.ALREADY_REGISTERED)


def test_w28_a_key_is_added_to_the_account_of_the_ceremony() -> None:
    options = json.loads(json.dumps(creation(registering())))
    options["user"]["id"] = "bWFsbG9yeQ"
    registered = register(registering(), authenticator().create(options), now=NOW)
    assert isinstance(registered, Registered)
    assert registered.key.user_handle == ALICE


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_key_that_signs_its_own_attestation_is_registered(algorithm: Algorithm) -> None:
    made = {"algorithms": (algorithm,), "self_attests": True}
    assert isinstance(answered(made=made, algorithms=(algorithm,)), Registered)


def test_a_statement_over_other_client_data_is_refused() -> None:
    ceremony = registering()
    made = authenticator(self_attests=True)
    stale = json.loads(made.create(creation(registering(challenge=bytes(32)))))
    fresh = json.loads(made.create(creation(ceremony)))
    fresh["response"]["attestationObject"] = stale["response"]["attestationObject"]
    fresh |= {"id": stale["id"], "rawId": stale["rawId"]}
    assert register(ceremony, json.dumps(fresh), now=NOW) == rejected(
        FactorReason.INVALID_ATTESTATION
    )


@pytest.mark.parametrize(
    "bends",
    [
        pytest.param({"client_data_bytes": lambda raw: b"\xef\xbb\xbf" + raw}, id="w39 BOM"),
        pytest.param(
            {"client_members": {"tokenBinding": {"status": "supported"}}}, id="w40 binding"
        ),
        pytest.param({"client_members": {"new": [1, {"a": None}]}}, id="w40 unknown members"),
        pytest.param({"extensions": {"credProtect": 2, "hmac-secret": True}}, id="extensions"),
        pytest.param({"set_flags": 0x22}, id="reserved flags"),
    ],
)
def test_what_later_browsers_and_keys_may_add_is_accepted(bends: Bends) -> None:
    assert isinstance(answered(bends), Registered)
