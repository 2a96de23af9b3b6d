"""The steps that both ceremonies share: each has its reason, and the first that fails is told."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from gate.factors import FactorReason
from gate.factors.webauthn.authenticator_data import AuthenticatorData, Flag
from gate.factors.webauthn.base64url import to_base64url
from gate.factors.webauthn.ceremony import Purpose, UserVerification, action_binding
from gate.factors.webauthn.checks import (
    first_refusal,
    refusal_of_authenticator_data,
    refusal_of_ceremony,
    refusal_of_client_data,
    refusal_of_frames,
)
from gate.factors.webauthn.client_data import ClientData
from tests.support.ceremonies import NOW, ORIGIN, REGISTERING, RP_ID, registering, stepping_up

BOUND = action_binding("key-removed", {"key": "7"})
ACTING = stepping_up(purpose=Purpose.ACTION, action=BOUND)
GOOD = Flag.USER_PRESENT | Flag.USER_VERIFIED


def client(**changed: Any) -> ClientData:
    members: dict[str, Any] = {
        "type": "webauthn.create",
        "challenge": to_base64url(REGISTERING.challenge),
        "origin": ORIGIN,
        "cross_origin": False,
        "top_origin": None,
        "hash": bytes(32),
    }
    return ClientData(**members | changed)


def authenticator(flags: Flag, rp_id: str = RP_ID) -> AuthenticatorData:
    return AuthenticatorData(
        rp_id_hash=hashlib.sha256(rp_id.encode()).digest(),
        flags=flags,
        sign_count=0,
        credential=None,
    )


def test_the_first_check_that_fails_is_told() -> None:
    checks = [
        (True, FactorReason.WRONG_TYPE),
        (False, FactorReason.WRONG_ORIGIN),
        (False, FactorReason.WRONG_RP_ID),
    ]
    assert first_refusal(checks) is FactorReason.WRONG_ORIGIN
    assert first_refusal(checks[:1]) is None


def test_w13_a_ceremony_ends_at_its_time() -> None:
    ceremony = registering()
    before, at = ceremony.expires - timedelta(microseconds=1), ceremony.expires
    assert refusal_of_ceremony(ceremony, now=before, action=b"") is None
    assert refusal_of_ceremony(ceremony, now=at, action=b"") is FactorReason.CEREMONY_EXPIRED


def test_g3_a_ceremony_counts_for_its_own_action_alone() -> None:
    other = action_binding("key-removed", {"key": "8"})
    assert refusal_of_ceremony(ACTING, now=NOW, action=BOUND) is None
    assert refusal_of_ceremony(ACTING, now=NOW, action=other) is FactorReason.OTHER_ACTION
    assert refusal_of_ceremony(ACTING, now=NOW, action=b"") is FactorReason.OTHER_ACTION
    assert refusal_of_ceremony(stepping_up(), now=NOW, action=BOUND) is FactorReason.OTHER_ACTION


def test_client_data_that_answer_pass() -> None:
    assert refusal_of_client_data(registering(), client(), "webauthn.create") is None


@pytest.mark.parametrize("kind", ["webauthn.get", "webauthn.Create", "", "payment.get"])
def test_w08_client_data_are_of_their_type(kind: str) -> None:
    refused = refusal_of_client_data(registering(), client(type=kind), "webauthn.create")
    assert refused is FactorReason.WRONG_TYPE


@pytest.mark.parametrize(
    "challenge",
    [
        pytest.param("", id="none"),
        pytest.param(to_base64url(bytes(32)), id="another"),
        pytest.param(to_base64url(REGISTERING.challenge) + "=", id="padded"),
        pytest.param(to_base64url(REGISTERING.challenge)[:-1], id="cut short"),
        pytest.param("\ud800", id="half a character"),
        pytest.param("é", id="beyond ASCII"),
    ],
)
def test_w09_client_data_hold_the_challenge(challenge: str) -> None:
    refused = refusal_of_client_data(registering(), client(challenge=challenge), "webauthn.create")
    assert refused is FactorReason.WRONG_CHALLENGE


ORIGINS = pytest.mark.parametrize(
    "origin",
    [
        pytest.param("https://evil.gate.example.com", id="w01 a subdomain"),
        pytest.param("https://example.com", id="w01 the domain above"),
        pytest.param("https://gate.example.com:8443", id="w02 another port"),
        pytest.param("https://gate.example.com:443", id="w02 the port spelt out"),
        pytest.param("http://gate.example.com", id="w03 http"),
        pytest.param("https://evilgate.example.com", id="w04 a suffix"),
        pytest.param("https://gate.example.com.evil.example", id="w04 a prefix"),
        pytest.param("https://gate.example.com/", id="a path"),
        pytest.param("https://GATE.example.com", id="another case"),
        pytest.param("https://gate.example.com@evil.example", id="a user name"),
        pytest.param("android:apk-key-hash:AAAA", id="an app"),
        pytest.param("null", id="null"),
        pytest.param("", id="none"),
    ],
)


@ORIGINS
def test_the_origin_is_exactly_one_of_the_ceremonys(origin: str) -> None:
    refused = refusal_of_client_data(registering(), client(origin=origin), "webauthn.create")
    assert refused is FactorReason.WRONG_ORIGIN
    both = registering(origins=(ORIGIN, origin))
    assert refusal_of_client_data(both, client(origin=origin), "webauthn.create") is None


@pytest.mark.parametrize("flags", [GOOD, Flag.USER_PRESENT, Flag.USER_PRESENT | Flag(0x22)])
def test_an_authenticator_that_saw_the_person_passes(flags: Flag) -> None:
    assert refusal_of_authenticator_data(registering(), authenticator(flags)) is None


@pytest.mark.parametrize("rp_id", ["example.com", "evil.example", "", "GATE.example.com"])
def test_w15_the_authenticator_signs_for_this_rp_id(rp_id: str) -> None:
    refused = refusal_of_authenticator_data(registering(), authenticator(GOOD, rp_id))
    assert refused is FactorReason.WRONG_RP_ID


def test_w16_the_person_is_present() -> None:
    refused = refusal_of_authenticator_data(registering(), authenticator(Flag.USER_VERIFIED))
    assert refused is FactorReason.USER_NOT_PRESENT


def test_w17_the_person_is_verified_where_that_is_required() -> None:
    required = registering(user_verification=UserVerification.REQUIRED)
    unverified = authenticator(Flag.USER_PRESENT)
    assert refusal_of_authenticator_data(required, unverified) is FactorReason.USER_NOT_VERIFIED
    assert refusal_of_authenticator_data(registering(), unverified) is None
    assert refusal_of_authenticator_data(required, authenticator(GOOD)) is None


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        pytest.param(Flag.BACKED_UP, FactorReason.BACKED_UP_BUT_NOT_ELIGIBLE, id="w18 without BE"),
        pytest.param(Flag.BACKUP_ELIGIBLE, None, id="not yet backed up"),
        pytest.param(Flag.BACKUP_ELIGIBLE | Flag.BACKED_UP, None, id="backed up"),
    ],
)
def test_w18_what_is_backed_up_may_be(flags: Flag, expected: FactorReason | None) -> None:
    assert refusal_of_authenticator_data(registering(), authenticator(GOOD | flags)) is expected


def test_an_answer_from_within_a_frame_is_refused() -> None:
    assert refusal_of_frames(client()) is None
    assert refusal_of_frames(client(cross_origin=True)) is FactorReason.CROSS_ORIGIN
    framed = client(cross_origin=True, top_origin="https://evil.example")
    assert refusal_of_frames(framed) is FactorReason.TOP_ORIGIN
    assert refusal_of_frames(client(top_origin=ORIGIN)) is FactorReason.TOP_ORIGIN
    assert refusal_of_frames(client(top_origin="")) is FactorReason.TOP_ORIGIN
