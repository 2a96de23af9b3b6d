"""The browser's answers: what is read of them, and what is none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gate.factors import FactorReason, Rejected
from gate.factors.webauthn.response import (
    MAX_RESPONSE,
    AuthenticationResponse,
    RegistrationResponse,
    parse_authentication_response,
    parse_registration_response,
)

MALFORMED = Rejected(reason=FactorReason.MALFORMED_RESPONSE)
CREATED: dict[str, Any] = {
    "id": "b25l",
    "rawId": "b25l",
    "type": "public-key",
    "response": {"clientDataJSON": "Y2xpZW50", "attestationObject": "YXR0"},
    "clientExtensionResults": {},
}
GOT: dict[str, Any] = CREATED | {
    "response": {"clientDataJSON": "Y2xpZW50", "authenticatorData": "YXV0aA", "signature": "c2ln"}
}
BOTH = pytest.mark.parametrize(
    ("parse", "good"),
    [
        pytest.param(parse_registration_response, CREATED, id="registration"),
        pytest.param(parse_authentication_response, GOT, id="authentication"),
    ],
)
EITHER = pytest.mark.parametrize(
    "parse", [parse_registration_response, parse_authentication_response]
)


def with_response(answer: dict[str, Any], **changed: Any) -> str:
    return json.dumps(answer | {"response": answer["response"] | changed})


def test_a_registration_is_read() -> None:
    assert parse_registration_response(json.dumps(CREATED)) == RegistrationResponse(
        credential_id=b"one",
        client_data=b"client",
        attestation_object=b"att",
        transports=(),
        discoverable=False,
    )


def test_an_authentication_is_read() -> None:
    text = with_response(GOT, userHandle="YWxpY2U")
    assert parse_authentication_response(text) == AuthenticationResponse(
        credential_id=b"one",
        client_data=b"client",
        authenticator_data=b"auth",
        signature=b"sig",
        user_handle=b"alice",
    )


@pytest.mark.parametrize("told", [{}, {"userHandle": None}, {"userHandle": ""}])
def test_a_key_need_not_tell_the_account(told: dict[str, Any]) -> None:
    parsed = parse_authentication_response(with_response(GOT, **told))
    assert isinstance(parsed, AuthenticationResponse)
    assert parsed.user_handle == b""


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param(["internal", "usb", "usb"], ("usb", "internal"), id="known ones"),
        pytest.param(["pigeon", 5, None, ["usb"]], (), id="unknown ones"),
        pytest.param(
            ["usb", "nfc", "ble", "smart-card", "hybrid", "internal"],
            ("usb", "nfc", "ble", "smart-card", "hybrid", "internal"),
            id="all",
        ),
        pytest.param("usb", (), id="a text"),
        pytest.param({"usb": 1}, (), id="an object"),
        pytest.param(None, (), id="nothing"),
    ],
)
def test_transports_are_hints(told: object, expected: tuple[str, ...]) -> None:
    parsed = parse_registration_response(with_response(CREATED, transports=told))
    assert isinstance(parsed, RegistrationResponse)
    assert parsed.transports == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"credProps": {"rk": True}}, True),
        ({"credProps": {"rk": False}}, False),
        ({"credProps": {"rk": 1}}, False),
        ({"credProps": {}}, False),
        ({"credProps": True}, False),
        ({"other": {"rk": True}}, False),
    ],
)
def test_a_key_is_discoverable_when_the_browser_says_so(
    told: dict[str, Any], *, expected: bool
) -> None:
    parsed = parse_registration_response(json.dumps(CREATED | {"clientExtensionResults": told}))
    assert isinstance(parsed, RegistrationResponse)
    assert parsed.discoverable is expected


@BOTH
def test_w40_unknown_members_are_ignored(parse: Any, good: dict[str, Any]) -> None:
    more = {"authenticatorAttachment": "odd", "more": [1], "clientExtensionResults": {"x": 1}}
    text = json.dumps(good | more | {"response": good["response"] | {"publicKey": 5}})
    assert parse(text) == parse(json.dumps(good))
    assert not isinstance(parse(text), Rejected)


@BOTH
def test_w23_the_two_ids_are_one(parse: Any, good: dict[str, Any]) -> None:
    assert parse(json.dumps(good | {"id": "dHdv"})) == Rejected(reason=FactorReason.ID_MISMATCH)
    assert parse(json.dumps(good | {"id": None})) == Rejected(reason=FactorReason.ID_MISMATCH)


@BOTH
@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"type": "password"}, id="another type"),
        pytest.param({"type": None}, id="no type"),
        pytest.param({"rawId": "b25"}, id="an id that is not canonical"),
        pytest.param({"rawId": "", "id": ""}, id="an empty id"),
        pytest.param({"rawId": 5, "id": 5}, id="an id that is a number"),
        pytest.param({"response": None}, id="no response"),
        pytest.param({"response": {}}, id="an empty response"),
        pytest.param({"response": []}, id="a response that is a list"),
        pytest.param({"clientExtensionResults": None}, id="no extension results"),
        pytest.param({"clientExtensionResults": []}, id="extension results that are a list"),
    ],
)
def test_an_answer_of_another_shape_is_none(
    parse: Any, good: dict[str, Any], changed: dict[str, Any]
) -> None:
    assert parse(json.dumps(good | changed)) == MALFORMED


@BOTH
def test_each_part_must_be_there_and_be_base64url(parse: Any, good: dict[str, Any]) -> None:
    for name in good["response"]:
        for value in (None, 5, "a", "YQ=="):
            assert parse(with_response(good, **{name: value})) == MALFORMED


@pytest.mark.parametrize("told", [5, "a", "YQ==", []])
def test_a_user_handle_of_another_kind_is_refused(told: object) -> None:
    assert parse_authentication_response(with_response(GOT, userHandle=told)) == MALFORMED


@EITHER
@pytest.mark.parametrize("text", ["", "[]", "null", "{", '"text"', b"\xff", b'{"id": 1, "id": 1}'])
def test_what_is_no_object_is_none(parse: Any, text: str | bytes) -> None:
    assert parse(text) == MALFORMED


@BOTH
def test_w36_an_answer_is_bounded(parse: Any, good: dict[str, Any]) -> None:
    too_large = Rejected(reason=FactorReason.RESPONSE_TOO_LARGE)
    text = json.dumps(good)
    whole = text + " " * (MAX_RESPONSE - len(text))
    assert parse(whole) == parse(text)
    assert parse(whole + " ") == too_large
    assert parse(whole.encode() + b" ") == too_large
    assert parse(b"A" * 1_000_000) == too_large
    assert MAX_RESPONSE == 65_536


@EITHER
def test_w37_an_answer_is_not_followed_down(parse: Any) -> None:
    nested = '{"a":' * 10_000 + "1" + "}" * 10_000
    assert parse('{"more":' + "[" * 10_000 + "]" * 10_000 + "}") == MALFORMED
    assert parse(nested) in (MALFORMED, Rejected(reason=FactorReason.RESPONSE_TOO_LARGE))
