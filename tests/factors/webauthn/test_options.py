"""What the browser is asked, to the last member."""

from __future__ import annotations

import json
from dataclasses import replace

from gate.factors.webauthn.ceremony import UserVerification
from gate.factors.webauthn.cose_key import Algorithm
from gate.factors.webauthn.options import (
    TIMEOUT,
    Naming,
    authentication_options,
    registration_options,
)
from tests.support.ceremonies import (
    NAMES,
    REGISTERING,
    authenticator,
    enrolled,
    registering,
    signing_in,
    stepping_up,
)

CHALLENGE = "Y2hhbGxlbmdlIG9mIGEgcmVnaXN0cmF0aW9uIC4uLi4"


def test_a_browser_is_asked_to_make_a_key() -> None:
    key = replace(enrolled(authenticator()), credential_id=b"one", transports=("usb", "nfc"))
    ceremony = registering(credentials=(b"one", b"two"))
    options = registration_options(ceremony, [key], NAMES)
    assert options == {
        "rp": {"id": "gate.example.com", "name": "Example"},
        "user": {"id": "aGFuZGxlIG9mIGFsaWNl", "name": "alice", "displayName": "Alice A."},
        "challenge": CHALLENGE,
        "pubKeyCredParams": [
            {"type": "public-key", "alg": -8},
            {"type": "public-key", "alg": -7},
            {"type": "public-key", "alg": -257},
        ],
        "timeout": 300_000,
        "excludeCredentials": [
            {"type": "public-key", "id": "b25l", "transports": ["usb", "nfc"]},
            {"type": "public-key", "id": "dHdv", "transports": []},
        ],
        "authenticatorSelection": {
            "residentKey": "preferred",
            "requireResidentKey": False,
            "userVerification": "preferred",
        },
        "attestation": "none",
        "extensions": {"credProps": True},
    }
    assert json.loads(json.dumps(options)) == options


def test_a_browser_is_asked_for_one_of_the_keys() -> None:
    key = replace(enrolled(authenticator()), credential_id=b"one", transports=("internal",))
    options = authentication_options(stepping_up(key, challenge=REGISTERING.challenge), [key])
    assert options == {
        "challenge": CHALLENGE,
        "timeout": 300_000,
        "rpId": "gate.example.com",
        "allowCredentials": [{"type": "public-key", "id": "b25l", "transports": ["internal"]}],
        "userVerification": "preferred",
    }
    assert json.loads(json.dumps(options)) == options


def test_a_browser_is_asked_for_any_key_that_verifies_the_person() -> None:
    options = authentication_options(signing_in())
    assert options["allowCredentials"] == []
    assert options["userVerification"] == "required"


def test_the_ceremonys_wishes_are_passed_on() -> None:
    ceremony = registering(
        algorithms=(Algorithm.ES256,), user_verification=UserVerification.REQUIRED
    )
    options = registration_options(ceremony, (), NAMES)
    assert options["pubKeyCredParams"] == [{"type": "public-key", "alg": -7}]
    selection = options["authenticatorSelection"]
    assert isinstance(selection, dict)
    assert selection["userVerification"] == "required"


def test_a_person_without_a_display_name_is_shown_by_account() -> None:
    naming = Naming(site="Example", account="alice", display_name="")
    user = registration_options(registering(), (), naming)["user"]
    assert user == {"id": "aGFuZGxlIG9mIGFsaWNl", "name": "alice", "displayName": "alice"}


def test_the_browser_waits_five_minutes() -> None:
    assert TIMEOUT.total_seconds() == 300
    assert json.dumps(authentication_options(signing_in())["timeout"]) == "300000"
