"""What comes back of the gate's own, and what it tells the site; `test_planted` has the rest."""

from __future__ import annotations

import base64
import time

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.contracts.plane.conftest import House


@pytest.mark.parametrize(
    ("path", "host"),
    [("/x", "echo.test"), ("/never/x", "echo.test"), ("/", "evil.test"), ("/", "down.test")],
)
@pytest.mark.parametrize("page", [True, False])
def test_t52_every_answer_of_the_gate_keeps_scripts_and_frames_away(
    house: House, path: str, host: str, page: bool
) -> None:
    answer = house.gate.ask(path, host, page=page)
    assert answer.reason
    assert "frame-ancestors 'none'" in answer.header("content-security-policy")
    assert answer.header("cross-origin-opener-policy") == "same-origin"
    assert answer.header("cross-origin-resource-policy") == "same-origin"
    assert answer.header("x-content-type-options") == "nosniff"
    assert answer.header("cache-control") == "no-store"
    assert answer.header("x-gate-request")


def test_g28_the_assertion_says_who_asks_and_verifies(house: House) -> None:
    answer = house.gate.ask("/x", "echo.test", token=house.token("alice"))
    told = dict(answer.json()["headers"])
    keys = house.gate.ask("/-/gate/jwks.json", "echo.test")
    claims = jwt.decode(
        told["X-Gate-Assertion"], KeySet.import_key_set(keys.json()), algorithms=["ES256"]
    ).claims
    assert (claims["name"], claims["aud"]) == ("alice", "echo")
    assert claims["amr"] == ["otp", "pwd"]
    assert claims["exp"] - claims["iat"] == 60
    assert abs(claims["iat"] - time.time()) < 60
    assert claims["sub"] != "alice"


def test_g28_a_public_answer_carries_no_assertion(house: House) -> None:
    seen = house.gate.ask("/public/x", "echo.test", token=house.token("alice")).json()["headers"]
    assert "x-gate-assertion" not in [name.lower() for name, _ in seen]


def test_g28_the_published_key_has_no_private_part(house: House) -> None:
    (key,) = house.gate.ask("/-/gate/jwks.json", "echo.test").json()["keys"]
    assert "d" not in key
    assert key["alg"] == "ES256"


def test_g10_names_outside_ascii_arrive_percent_encoded(house: House) -> None:
    told = dict(house.gate.ask("/x", "echo.test", token=house.token("alice")).json()["headers"])
    assert told["Remote-Name"] == "%C3%84lice %22A%22"
    assert told["Remote-Email"] == "alice@example.com"
    assert told["Remote-Groups"] == "admins,staff"


def test_cookies_of_the_application_pass_byte_for_byte(house: House) -> None:
    token = house.token("alice")
    sent = f'b=%20"q; a="x; {house.gate.cookie_name}={token}; y"; c=1'
    answer = house.gate.ask("/x", "echo.test", headers=[("Cookie", sent)])
    seen = [value for name, value in answer.json()["headers"] if name.lower() == "cookie"]
    assert seen == ['b=%20"q; a="x; y"; c=1']
    assert token not in answer.text


def test_the_applications_own_authorization_passes(house: House) -> None:
    basic = "Basic " + base64.b64encode(b"app:pw").decode()
    told = dict(
        house.gate.ask(
            "/x", "echo.test", token=house.token("alice"), headers=[("Authorization", basic)]
        ).json()["headers"]
    )
    assert told["Authorization"] == basic


def test_the_site_learns_address_scheme_host_and_port(house: House) -> None:
    told = dict(house.gate.ask("/x", "echo.test", token=house.token("alice")).json()["headers"])
    assert told["X-Forwarded-For"] == "127.0.0.1"
    assert (told["X-Forwarded-Proto"], told["X-Forwarded-Host"]) == ("http", "echo.test")
    assert told["Host"] == "echo.test"
