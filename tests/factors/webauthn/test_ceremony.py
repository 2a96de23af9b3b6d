"""Ceremonies: valid by construction, kept as text, and bound to one change."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, strategies as st

from gate.factors.webauthn.ceremony import (
    Ceremony,
    Purpose,
    UserVerification,
    action_binding,
    ceremony_from,
)
from gate.factors.webauthn.cose_key import OFFERED, Algorithm
from tests.support.ceremonies import ALICE, NOW, registering, signing_in, stepping_up

ACTION = action_binding("key-removed", {"key": "7"})
WHOLE = Ceremony(
    purpose=Purpose.ACTION,
    challenge=bytes(range(32)),
    rp_id="gate.example.com",
    origins=("https://gate.example.com", "https://gate.example.com:8443"),
    expires=NOW,
    user_handle=ALICE,
    credentials=(b"one", b"\x00two"),
    user_verification=UserVerification.REQUIRED,
    algorithms=(Algorithm.ES256, Algorithm.RS256),
    action=ACTION,
)


def test_a_ceremony_offers_the_standards_algorithms_and_prefers_verification() -> None:
    ceremony = registering()
    assert ceremony.algorithms == OFFERED
    assert ceremony.user_verification is UserVerification.PREFERRED
    assert ceremony.credentials == ()
    assert ceremony.action == b""


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        pytest.param({"challenge": bytes(31)}, "a challenge has at least 32 bytes", id="challenge"),
        pytest.param(
            {"expires": datetime(2026, 3, 1)},  # noqa: DTZ001 - the missing zone is the case
            "a time needs its zone",
            id="no zone",
        ),
        pytest.param({"rp_id": ""}, "a ceremony names its RP ID", id="no RP ID"),
        pytest.param({"origins": ()}, "a ceremony names its RP ID", id="no origin"),
        pytest.param({"algorithms": ()}, "a ceremony names its RP ID", id="no algorithm"),
        pytest.param({"action": b""}, "an action is bound for its purpose", id="no action"),
        pytest.param({"action": bytes(31)}, "an action is bound for its purpose", id="no hash"),
        pytest.param(
            {"purpose": Purpose.STEP_UP}, "an action is bound for its purpose", id="other purpose"
        ),
        pytest.param({"user_handle": b""}, "only signing in leaves the account", id="nobody"),
        pytest.param({"user_handle": bytes(65)}, "a user handle has at most 64 bytes", id="long"),
        pytest.param(
            {"purpose": Purpose.REGISTER, "action": b"", "user_handle": b""},
            "only signing in leaves the account",
            id="registering nobody",
        ),
        pytest.param(
            {
                "purpose": Purpose.SIGN_IN,
                "action": b"",
                "user_verification": UserVerification.PREFERRED,
            },
            "a key that stands alone verifies the person",
            id="no verification",
        ),
    ],
)
def test_a_ceremony_that_could_prove_too_much_is_none(changed: Any, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        replace(WHOLE, **changed)


def test_a_user_handle_may_have_64_bytes() -> None:
    assert replace(WHOLE, user_handle=bytes(64)).user_handle == bytes(64)


@pytest.mark.parametrize("ceremony", [WHOLE, registering(), stepping_up(), signing_in()])
def test_a_kept_ceremony_is_the_same(ceremony: Ceremony) -> None:
    assert ceremony_from(ceremony.to_text()) == ceremony


def test_a_kept_ceremony_is_plain_json() -> None:
    east = replace(WHOLE, expires=NOW.astimezone(timezone(timedelta(hours=2))))
    assert json.loads(east.to_text()) == {
        "purpose": "action",
        "challenge": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
        "rp_id": "gate.example.com",
        "origins": ["https://gate.example.com", "https://gate.example.com:8443"],
        "expires": "2026-03-01T12:00:00+00:00",
        "user_handle": "aGFuZGxlIG9mIGFsaWNl",
        "credentials": ["b25l", "AHR3bw"],
        "user_verification": "required",
        "algorithms": [-7, -257],
        "action": json.loads(WHOLE.to_text())["action"],
    }


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"purpose": "log_in"}, id="an unknown purpose"),
        pytest.param({"challenge": "AA=="}, id="a challenge that is no base64url"),
        pytest.param({"challenge": "AAAA"}, id="a short challenge"),
        pytest.param({"origins": "https://gate.example.com"}, id="origins as a text"),
        pytest.param({"expires": "tomorrow"}, id="no time"),
        pytest.param({"expires": "2026-03-01T12:00:00"}, id="a time without its zone"),
        pytest.param({"credentials": [5]}, id="a credential that is a number"),
        pytest.param({"user_verification": "discouraged"}, id="an unknown wish"),
        pytest.param({"algorithms": [-65535]}, id="an unknown algorithm"),
        pytest.param({"algorithms": ["-7"]}, id="an algorithm as a text"),
        pytest.param({"user_handle": None}, id="no user handle"),
    ],
)
def test_a_text_that_holds_no_ceremony_is_none(changed: dict[str, object]) -> None:
    assert ceremony_from(json.dumps(json.loads(WHOLE.to_text()) | changed)) is None


@pytest.mark.parametrize("name", sorted(json.loads(WHOLE.to_text())))
def test_a_text_that_lacks_a_field_is_none(name: str) -> None:
    kept = json.loads(WHOLE.to_text())
    del kept[name]
    assert ceremony_from(json.dumps(kept)) is None


@given(st.text(max_size=60))
def test_no_text_makes_it_raise(text: str) -> None:
    assert ceremony_from(text) is None


def test_g3_a_binding_covers_the_action_and_each_parameter() -> None:
    bindings = {
        action_binding(action, parameters)
        for action, parameters in [
            ("key-removed", {"key": "7"}),
            ("key-renamed", {"key": "7"}),
            ("key-removed", {"key": "8"}),
            ("key-removed", {"name": "7"}),
            ("key-removed", {"key": "7", "name": ""}),
            ("key-removed", {}),
            ("key", {"-removed": "7"}),
            ('key-removed",[["key","7"]]', {}),
        ]
    }
    assert len(bindings) == 8
    assert {len(binding) for binding in bindings} == {32}


def test_g3_a_binding_is_the_hash_of_a_canonical_text() -> None:
    written = rb'["key-removed",[["key","7"],["name","\u00e9"]]]'
    binding = action_binding("key-removed", {"name": "é", "key": "7"})
    assert binding == hashlib.sha256(written).digest()


def test_g3_a_binding_does_not_hang_on_the_order_of_parameters() -> None:
    one = action_binding("networks-saved", {"networks": "10.0.0.0/8\né\ud800", "trial": "yes"})
    other = action_binding("networks-saved", {"trial": "yes", "networks": "10.0.0.0/8\né\ud800"})
    assert one == other
