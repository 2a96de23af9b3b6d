"""The signed assertion: what it says, that it can be checked, and how long it is used."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.errors import BadSignatureError
from joserfc.jwk import ECKey

from gate.core.subject import Method, Session, SessionHash
from gate.service import assertion
from gate.service.assertion import HOLDS, USED_FOR, Assertions
from tests.support.decisions import NOW, account, proof, session
from tests.support.enforcing import KEY

PUBLIC = ECKey.import_key(KEY.as_dict(private=False))
ALICE = session(account(), Method.PASSWORD, Method.TOTP)


def assertions() -> Assertions:
    return Assertions(issuer="https://wiki.example.com", key=KEY)


def claims(signed: bytes) -> dict[str, object]:
    token = jwt.decode(signed.decode(), PUBLIC, algorithms=["ES256"])
    assert token.header == {"alg": "ES256", "kid": "k1", "typ": "JWT"}
    return dict(token.claims)


def test_g28_it_says_who_for_whom_and_how_it_was_proved() -> None:
    said = claims(assertions().of(ALICE, "wiki", 1, NOW))
    at = int(NOW.timestamp())
    jti = said.pop("jti")
    assert isinstance(jti, str)
    assert len(jti) == 16
    assert said == {
        "iss": "https://wiki.example.com",
        "sub": "id-alice",
        "name": "alice",
        "aud": "wiki",
        "iat": at,
        "nbf": at,
        "exp": at + 60,
        "amr": ["otp", "pwd"],
        "auth_time": at - 60,
    }


def test_g28_another_key_does_not_verify_it() -> None:
    signed = assertions().of(ALICE, "wiki", 1, NOW).decode()
    other = ECKey.generate_key("P-256")
    with pytest.raises(BadSignatureError):
        jwt.decode(signed, other, algorithms=["ES256"])


@pytest.mark.parametrize("method", list(Method))
def test_g28_every_method_has_its_word(method: Method) -> None:
    who = session(account(), method)
    assert claims(assertions().of(who, "wiki", 1, NOW))["amr"] == [assertion.AMR[method]]


def test_g28_one_is_used_for_thirty_seconds_of_its_sixty() -> None:
    made = assertions()
    first = made.of(ALICE, "wiki", 1, NOW)
    assert made.of(ALICE, "wiki", 1, NOW + USED_FOR - timedelta(microseconds=1)) == first
    assert made.of(ALICE, "wiki", 1, NOW + USED_FOR) != first
    assert timedelta(seconds=30) <= HOLDS - USED_FOR


def test_f7_one_that_was_made_in_the_future_is_not_used() -> None:
    made = assertions()
    first = made.of(ALICE, "wiki", 1, NOW)
    assert made.of(ALICE, "wiki", 1, NOW - timedelta(seconds=1)) != first


OTHERS: dict[str, tuple[Session, str, int]] = {
    "session": (replace(ALICE, hash=SessionHash("other")), "wiki", 1),
    "site": (ALICE, "shop", 1),
    "epoch": (ALICE, "wiki", 2),
}


@pytest.mark.parametrize("what", OTHERS)
def test_t49_none_is_used_for_another(what: str) -> None:
    made = assertions()
    first = made.of(ALICE, "wiki", 1, NOW)
    who, site, epoch = OTHERS[what]
    assert made.of(who, site, epoch, NOW) != first


def test_those_kept_are_bounded() -> None:
    made = assertions()
    made._made.update({("h", "wiki", n): (NOW, b"") for n in range(assertion.MOST)})
    made.of(ALICE, "wiki", 1, NOW)
    assert len(made._made) == 1


def test_the_newest_proof_is_the_time_of_authentication() -> None:
    newer = proof(Method.TOTP, timedelta(seconds=5))
    who = session(account(), proof(Method.PASSWORD, timedelta(hours=1)), newer)
    said = claims(assertions().of(who, "wiki", 1, NOW))
    assert said["auth_time"] == int(newer.at.timestamp())
