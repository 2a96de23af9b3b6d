"""Ceremonies count once, for five minutes, and only where and for what they were begun (T67)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from gate.core.secret_text import Secret
from gate.factors.webauthn import Ceremony, Purpose, UserVerification, user_handle_of
from gate.factors.webauthn.base64url import to_base64url
from gate.service.ceremonies import Ceremonies
from gate.service.relying_party import relying_party
from gate.store.clock import AdjustableClock
from gate.store.memory import MemoryStore
from tests.support.ceremonies import creation, request
from tests.support.keys_in_hand import ORIGIN, RP_ID, new_key
from tests.support.software_authenticator import Authenticator
from tests.support.store_values import NOON, some_account, some_key

HERE = Secret("this browser")
ELSEWHERE = Secret("another browser")
ALICE = some_account()


def ceremonies() -> Ceremonies:
    return Ceremonies(
        store=MemoryStore(), clock=AdjustableClock(NOON), relying_party=relying_party(ORIGIN)
    )


def passing(wanted: Ceremonies, time: timedelta) -> None:
    assert isinstance(wanted.clock, AdjustableClock)
    wanted.clock.advance(time)


def registered() -> Authenticator:
    """Give a key that has a credential for alice."""
    key = new_key()
    begun = ceremonies().begin(Purpose.REGISTER, bound_to=HERE, account=ALICE)
    key.create(creation(begun))
    return key


def begun(wanted: Ceremonies) -> tuple[Ceremony, str]:
    """Begin a step-up; give it with a key's answer."""
    key = registered()
    record = replace(
        some_key(ALICE), credential_id=key.credentials[0].id, rp_id=RP_ID, origins=(ORIGIN,)
    )
    ceremony = wanted.begin(Purpose.STEP_UP, bound_to=HERE, account=ALICE, keys=[record])
    return ceremony, key.get(request(ceremony))


def test_a_ceremony_comes_back_as_it_was_begun() -> None:
    wanted = ceremonies()
    ceremony, answer = begun(wanted)
    assert ceremony.user_handle == user_handle_of(ALICE.id)
    assert ceremony.expires == NOON + timedelta(minutes=5)
    assert wanted.take(Purpose.STEP_UP, bound_to=HERE, response=answer) == ceremony


def test_w11_w12_it_is_taken_out_once_whatever_the_answer_was_worth() -> None:
    wanted = ceremonies()
    _, answer = begun(wanted)
    assert wanted.take(Purpose.STEP_UP, bound_to=HERE, response=answer) is not None
    assert wanted.take(Purpose.STEP_UP, bound_to=HERE, response=answer) is None


def test_w09_w10_another_session_has_nothing_to_take_out_and_spends_nothing() -> None:
    wanted = ceremonies()
    _, answer = begun(wanted)
    assert wanted.take(Purpose.STEP_UP, bound_to=ELSEWHERE, response=answer) is None
    assert wanted.take(Purpose.STEP_UP, bound_to=HERE, response=answer) is not None


@pytest.mark.parametrize("purpose", [Purpose.SIGN_IN, Purpose.ACTION, Purpose.REGISTER])
def test_w14_a_ceremony_of_another_purpose_is_none(purpose: Purpose) -> None:
    wanted = ceremonies()
    _, answer = begun(wanted)
    assert wanted.take(purpose, bound_to=HERE, response=answer) is None


def test_w13_after_five_minutes_there_is_none() -> None:
    wanted = ceremonies()
    _, answer = begun(wanted)
    passing(wanted, timedelta(minutes=5))
    assert wanted.take(Purpose.STEP_UP, bound_to=HERE, response=answer) is None


def test_w09_a_challenge_that_nobody_asked_is_none() -> None:
    wanted = ceremonies()
    key = registered()
    ceremony = wanted.begin(Purpose.SIGN_IN, bound_to=HERE)
    answer = key.get(request(ceremony), challenge=b"a challenge of one's own making.")
    assert wanted.take(Purpose.SIGN_IN, bound_to=HERE, response=answer) is None


def test_w14_a_registration_is_taken_out_by_its_own_answer() -> None:
    wanted = ceremonies()
    ceremony = wanted.begin(Purpose.REGISTER, bound_to=HERE, account=ALICE)
    answer = new_key().create(creation(ceremony))
    assert wanted.take(Purpose.REGISTER, bound_to=HERE, response=answer) == ceremony


@pytest.mark.parametrize("response", ["", "{}", b"\xff", "x" * 70_000])
def test_r27_what_is_no_answer_takes_nothing_out(response: str | bytes) -> None:
    assert ceremonies().take(Purpose.SIGN_IN, bound_to=HERE, response=response) is None


def test_a_sign_in_leaves_the_account_to_the_key_and_asks_to_verify_the_person() -> None:
    ceremony = ceremonies().begin(Purpose.SIGN_IN, bound_to=HERE)
    assert ceremony.user_verification is UserVerification.REQUIRED
    assert (ceremony.user_handle, ceremony.credentials) == (b"", ())


def test_g5_a_key_of_another_rp_id_is_not_asked() -> None:
    old = replace(some_key(ALICE), rp_id="old.example.com")
    ceremony = ceremonies().begin(Purpose.STEP_UP, bound_to=HERE, account=ALICE, keys=[old])
    assert ceremony.credentials == ()


def test_no_challenge_comes_twice_and_the_store_holds_none_as_a_name() -> None:
    wanted = ceremonies()
    found = {wanted.begin(Purpose.SIGN_IN, bound_to=HERE).challenge for _ in range(20)}
    assert len(found) == 20
    for challenge in found:
        assert wanted.store.one_time.peek("ceremony", to_base64url(challenge), NOON) is None
