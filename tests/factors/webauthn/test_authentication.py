"""Verifying an assertion: the whole of the standard's section 7.2, each refusal with its reason."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from gate.factors import FactorReason, Rejected
from gate.factors.webauthn import (
    Algorithm,
    Asserted,
    Ceremony,
    Key,
    Purpose,
    UserVerification,
    action_binding,
    authenticate,
)
from gate.factors.webauthn.base64url import to_base64url
from tests.support.ceremonies import (
    ALICE,
    MALLORY,
    NOW,
    ORIGIN,
    RP_ID,
    authenticator,
    enrolled,
    registering,
    request,
    signing_in,
    stepping_up,
)
from tests.support.software_authenticator import Authenticator, Bends

BOUND = action_binding("key-removed", {"key": "7"})


class Held:
    """A key in alice's hand, its record, and a ceremony that asks for it."""

    def __init__(self, **made: Any) -> None:
        algorithms = tuple(Algorithm(number) for number in made.get("algorithms", (-7,)))
        self.device: Authenticator = authenticator(**made)
        self.key: Key = enrolled(self.device, algorithms=algorithms)
        self.asked: Ceremony = stepping_up(self.key)

    def answer(self, asked: Ceremony | None = None, **bends: Any) -> str:
        return self.device.get(request(asked or self.asked), **bends)

    def judged(
        self, bends: Bends | None = None, asked: Ceremony | None = None, **changed: Any
    ) -> Asserted | Rejected:
        """Answer with some bends, and judge; `changed` are fields of the record."""
        known = replace(self.key, **changed)
        answer = self.answer(asked, **bends or {})
        return authenticate(asked or self.asked, [known], answer, now=NOW)


def rejected(reason: FactorReason) -> Rejected:
    return Rejected(reason=reason)


# ---------------------------------------------------------------- what is accepted


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_key_answers_for_its_account(algorithm: Algorithm) -> None:
    held = Held(algorithms=(algorithm,))
    assert held.judged() == Asserted(
        key=held.key, sign_count=1, clone_warning=False, user_verified=True, backed_up=False
    )


def test_a_key_is_found_among_several() -> None:
    held, other = Held(), Held()
    asked = stepping_up(other.key, held.key)
    answered = authenticate(asked, [other.key, held.key], held.answer(asked), now=NOW)
    assert isinstance(answered, Asserted)
    assert answered.key is held.key


def test_a_key_without_pin_says_that_it_verified_nobody() -> None:
    answered = Held(verifies=False, discoverable=False).judged()
    assert isinstance(answered, Asserted)
    assert not answered.user_verified


def test_a_passkey_alone_tells_the_account() -> None:
    held = Held(synced=True, counts=False)
    asked = signing_in()
    answered = authenticate(asked, [held.key], held.answer(asked), now=NOW)
    assert answered == Asserted(
        key=held.key, sign_count=0, clone_warning=False, user_verified=True, backed_up=True
    )


def test_a_change_of_the_backup_state_is_told() -> None:
    held = Held(synced=True)
    unchanged, ceased = held.judged(), held.judged({"clear_flags": 0x10})
    began = held.judged(backed_up=False)
    for answered, changed in [(unchanged, False), (ceased, True), (began, True)]:
        assert isinstance(answered, Asserted)
        assert answered.backup_changed is changed
    assert isinstance(ceased, Asserted)
    assert not ceased.backed_up


@pytest.mark.parametrize(
    ("stored", "given", "warned"),
    [
        pytest.param(0, 0, False, id="no counter"),
        pytest.param(0, 1, False, id="from nothing"),
        pytest.param(9, 10, False, id="one more"),
        pytest.param(9, 2**32 - 1, False, id="many more"),
        pytest.param(10, 3, True, id="w24 back"),
        pytest.param(10, 10, True, id="w25 equal"),
        pytest.param(10, 0, True, id="w24 back to nothing"),
    ],
)
def test_a_count_that_does_not_rise_is_a_warning(stored: int, given: int, *, warned: bool) -> None:
    answered = Held().judged({"sign_count": given}, sign_count=stored)
    assert isinstance(answered, Asserted)
    assert (answered.sign_count, answered.clone_warning) == (given, warned)


@pytest.mark.parametrize(
    "bends",
    [
        pytest.param({"client_data_bytes": lambda raw: b"\xef\xbb\xbf" + raw}, id="w39 BOM"),
        pytest.param(
            {"client_members": {"tokenBinding": {"status": "supported"}}}, id="w40 binding"
        ),
        pytest.param({"client_members": {"new": [1, {"a": None}]}}, id="w40 unknown members"),
        pytest.param({"extensions": {"hmac-secret": b"x"}}, id="extensions"),
        pytest.param({"user_handle": None}, id="no user handle"),
        pytest.param({"user_handle": b""}, id="an empty user handle"),
    ],
)
def test_what_later_browsers_and_keys_may_add_is_accepted(bends: Bends) -> None:
    assert isinstance(Held().judged(bends), Asserted)


# ---------------------------------------------------------------- what is refused


def changed(change: Callable[[dict[str, Any]], Any]) -> Bends:
    """Bend the whole answer."""

    def bend(answer: dict[str, Any]) -> None:
        change(answer)

    return {"answer": bend}


TABLE: list[Any] = [
    pytest.param(
        {"origin": f"https://evil.{RP_ID}"}, FactorReason.WRONG_ORIGIN, id="w01 subdomain"
    ),
    pytest.param({"origin": f"{ORIGIN}:9999"}, FactorReason.WRONG_ORIGIN, id="w02 port"),
    pytest.param({"origin": f"http://{RP_ID}"}, FactorReason.WRONG_ORIGIN, id="w03 http"),
    pytest.param(
        {"origin": f"https://evil{RP_ID}"}, FactorReason.WRONG_ORIGIN, id="w04 suffix host"
    ),
    pytest.param({"cross_origin": True}, FactorReason.CROSS_ORIGIN, id="w06 crossOrigin"),
    pytest.param(
        {"cross_origin": True, "top_origin": "https://evil.example"},
        FactorReason.TOP_ORIGIN,
        id="w07 topOrigin",
    ),
    pytest.param({"type": "webauthn.create"}, FactorReason.WRONG_TYPE, id="w08 type of the other"),
    pytest.param({"challenge": bytes(32)}, FactorReason.WRONG_CHALLENGE, id="w09 other challenge"),
    pytest.param({"rp_id": "example.com"}, FactorReason.WRONG_RP_ID, id="w15 other RP ID"),
    pytest.param({"clear_flags": 0x01}, FactorReason.USER_NOT_PRESENT, id="w16 nobody present"),
    pytest.param(
        {"set_flags": 0x10}, FactorReason.BACKED_UP_BUT_NOT_ELIGIBLE, id="w18 BS without BE"
    ),
    pytest.param({"set_flags": 0x08}, FactorReason.BACKUP_ELIGIBILITY_CHANGED, id="w19 BE flips"),
    pytest.param(
        changed(lambda answer: answer.update(id="b25l")),
        FactorReason.ID_MISMATCH,
        id="w23 id not rawId",
    ),
    pytest.param(
        changed(lambda answer: answer.update(id="b25l", rawId="b25l")),
        FactorReason.KEY_NOT_ALLOWED,
        id="another id",
    ),
    pytest.param({"signature": bytes(70)}, FactorReason.WRONG_SIGNATURE, id="w26 random signature"),
    pytest.param(
        {"signed_client_data": b"{}"},
        FactorReason.WRONG_SIGNATURE,
        id="w27 signed other client data",
    ),
    pytest.param({"user_handle": MALLORY}, FactorReason.OTHER_ACCOUNT, id="w29 other user handle"),
    pytest.param(
        {"set_flags": 0x40},
        FactorReason.MALFORMED_AUTHENTICATOR_DATA,
        id="w32 AT flag without data",
    ),
    pytest.param(
        {"set_flags": 0x80},
        FactorReason.MALFORMED_AUTHENTICATOR_DATA,
        id="w33 ED flag without data",
    ),
    pytest.param(
        {"authenticator_data_bytes": lambda raw: raw + b"\x00"},
        FactorReason.MALFORMED_AUTHENTICATOR_DATA,
        id="w34 a byte behind",
    ),
    pytest.param(
        {"authenticator_data_bytes": lambda raw: raw[:-1]},
        FactorReason.MALFORMED_AUTHENTICATOR_DATA,
        id="w35 cut short",
    ),
    pytest.param(
        {
            "set_flags": 0x40,
            "authenticator_data_bytes": lambda raw: raw + bytes(16) + b"\x00\x01a\xa0",
        },
        FactorReason.MALFORMED_AUTHENTICATOR_DATA,
        id="a new credential in an assertion",
    ),
    pytest.param(
        {"authenticator_data_bytes": lambda raw: raw + bytes(1_000_000)},
        FactorReason.RESPONSE_TOO_LARGE,
        id="w36 1 MB",
    ),
    pytest.param(
        {"set_flags": 0x80, "authenticator_data_bytes": lambda raw: raw + b"\x81" * 10_000},
        FactorReason.MALFORMED_AUTHENTICATOR_DATA,
        id="w37 nested extensions",
    ),
    pytest.param(
        {"client_data_bytes": lambda raw: raw[:-1] + b',"type":"webauthn.get"}'},
        FactorReason.MALFORMED_CLIENT_DATA,
        id="w38 duplicate name",
    ),
    pytest.param(
        {"client_data_bytes": lambda raw: b"\xff" + raw},
        FactorReason.MALFORMED_CLIENT_DATA,
        id="no UTF-8",
    ),
]


@pytest.mark.parametrize(("bends", "reason"), TABLE)
def test_one_bent_part_is_refused_with_its_reason(bends: Bends, reason: FactorReason) -> None:
    assert Held().judged(bends) == rejected(reason)


def test_w10_an_answer_to_another_ceremony_is_refused() -> None:
    held = Held()
    other = stepping_up(held.key, challenge=bytes(32))
    answer = held.answer(other)
    assert authenticate(held.asked, [held.key], answer, now=NOW) == rejected(
        FactorReason.WRONG_CHALLENGE
    )


def test_w13_an_answer_after_its_time_is_refused() -> None:
    held = Held()
    judged = authenticate(held.asked, [held.key], held.answer(), now=held.asked.expires)
    assert judged == rejected(FactorReason.CEREMONY_EXPIRED)


def test_w14_a_registration_signs_nobody_in() -> None:
    held = Held()
    asked = registering(challenge=held.asked.challenge, credentials=held.asked.credentials)
    judged = authenticate(asked, [held.key], held.answer(), now=NOW)
    assert judged == rejected(FactorReason.WRONG_PURPOSE)


def test_w14_g3_an_answer_counts_for_the_change_that_it_was_given_for() -> None:
    held = Held()
    asked = stepping_up(held.key, purpose=Purpose.ACTION, action=BOUND)
    answer = held.answer(asked)
    other = action_binding("key-removed", {"key": "8"})
    known = [held.key]
    assert isinstance(authenticate(asked, known, answer, now=NOW, action=BOUND), Asserted)
    for action in (other, b""):
        judged = authenticate(asked, known, answer, now=NOW, action=action)
        assert judged == rejected(FactorReason.OTHER_ACTION)
    judged = authenticate(held.asked, known, held.answer(), now=NOW, action=BOUND)
    assert judged == rejected(FactorReason.OTHER_ACTION)


def test_w17_verification_is_required_where_the_ceremony_says_so() -> None:
    held = Held()
    asked = stepping_up(held.key, user_verification=UserVerification.REQUIRED)
    assert isinstance(held.judged(asked=asked), Asserted)
    assert held.judged({"clear_flags": 0x04}, asked) == rejected(FactorReason.USER_NOT_VERIFIED)


def test_w17_a_passkey_alone_verifies_the_person() -> None:
    assert Held().judged({"clear_flags": 0x04}, signing_in()) == rejected(
        FactorReason.USER_NOT_VERIFIED
    )


def test_w19_a_synced_key_does_not_become_a_bound_one() -> None:
    judged = Held(synced=True).judged({"clear_flags": 0x18})
    assert judged == rejected(FactorReason.BACKUP_ELIGIBILITY_CHANGED)


def test_w28_another_persons_key_is_not_allowed() -> None:
    held, other = Held(), Held()
    answer = other.answer(stepping_up(other.key))
    judged = authenticate(held.asked, [held.key, other.key], answer, now=NOW)
    assert judged == rejected(FactorReason.KEY_NOT_ALLOWED)


def test_w28_t68_another_persons_key_does_not_count_even_when_it_was_allowed() -> None:
    held = Held()
    judged = held.judged({"user_handle": None}, user_handle=MALLORY)
    assert judged == rejected(FactorReason.OTHER_ACCOUNT)


def test_w28_a_forger_does_not_answer_under_a_known_id() -> None:
    held, forger = Held(), authenticator()
    enrolled(forger)
    forger.credentials[0].id = held.key.credential_id
    judged = authenticate(held.asked, [held.key], forger.get(request(held.asked)), now=NOW)
    assert judged == rejected(FactorReason.WRONG_SIGNATURE)


@pytest.mark.parametrize(
    ("told", "owner", "reason"),
    [
        pytest.param(MALLORY, ALICE, FactorReason.OTHER_ACCOUNT, id="w29 other user handle"),
        pytest.param(ALICE, MALLORY, FactorReason.OTHER_ACCOUNT, id="t68 other owner"),
        pytest.param(None, ALICE, FactorReason.NO_USER_HANDLE, id="no user handle"),
        pytest.param(b"", b"", FactorReason.NO_USER_HANDLE, id="nobody's key"),
    ],
)
def test_w29_a_passkey_alone_tells_the_account_that_has_it(
    told: bytes | None, owner: bytes, reason: FactorReason
) -> None:
    judged = Held().judged({"user_handle": told}, signing_in(), user_handle=owner)
    assert judged == rejected(reason)


def test_w30_a_key_that_was_removed_meanwhile_is_unknown() -> None:
    held = Held()
    assert authenticate(held.asked, [], held.answer(), now=NOW) == rejected(
        FactorReason.UNKNOWN_KEY
    )
    answer = held.answer(signing_in())
    assert authenticate(signing_in(), [], answer, now=NOW) == rejected(FactorReason.UNKNOWN_KEY)


def test_no_key_may_answer_where_none_was_named() -> None:
    held = Held()
    judged = authenticate(stepping_up(), [held.key], held.answer(), now=NOW)
    assert judged == rejected(FactorReason.KEY_NOT_ALLOWED)


def test_a_sign_in_may_name_the_keys_that_may_answer() -> None:
    held, other = Held(), Held()
    named = signing_in(credentials=(held.key.credential_id,))
    assert isinstance(held.judged(asked=named), Asserted)
    answer = other.answer(signing_in())
    judged = authenticate(named, [held.key, other.key], answer, now=NOW)
    assert judged == rejected(FactorReason.KEY_NOT_ALLOWED)


def test_g5_a_key_of_another_rp_id_does_not_count() -> None:
    assert Held().judged(rp_id="old.example.com") == rejected(FactorReason.WRONG_RP_ID)


def test_a_record_that_lost_its_key_verifies_nothing() -> None:
    assert Held().judged(public_key=b"") == rejected(FactorReason.WRONG_SIGNATURE)


def test_a_signature_covers_the_authenticator_data() -> None:
    held = Held()
    answer = json.loads(held.answer())
    head = hashlib.sha256(RP_ID.encode()).hexdigest()
    raw = bytes.fromhex(head + "0500000063")
    answer["response"]["authenticatorData"] = to_base64url(raw)
    judged = authenticate(held.asked, [held.key], json.dumps(answer), now=NOW)
    assert judged == rejected(FactorReason.WRONG_SIGNATURE)
