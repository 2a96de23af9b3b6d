"""A passkey is the whole sign-in: it tells the account, proves it, and verified the person."""

from __future__ import annotations

from typing import Any

import pytest

from gate.core.decision import Level, Reason
from gate.core.secret_text import Secret
from gate.core.subject import Account, AccountState, Method
from gate.service.given import Unproved
from gate.service.sign_in import SignedIn, SignInRefused
from gate.service.visitor import Visitor
from tests.support.decisions import allowlist
from tests.support.keys_in_hand import enrol, new_key
from tests.support.software_authenticator import Authenticator, NotVerifiedError
from tests.support.use_cases import ABROAD, WRONG, House, at

FORM = Secret("the cookie of the form")


def with_passkey(house: House, **made: Any) -> tuple[Account, Authenticator]:
    account, key = house.add(has_app=False), new_key(**made)
    enrol(house.keys.new, account, key)
    return account, key


def answer_of(house: House, key: Authenticator, **bends: Any) -> str:
    options = house.passkey_sign_in.options(FORM, at())
    assert not isinstance(options, Unproved), options
    return key.get(options, **bends)


def sign_in(
    house: House,
    answer: str,
    *,
    visitor: Visitor | None = None,
    form: Secret = FORM,
    planted: Secret | None = None,
) -> SignedIn | SignInRefused:
    return house.passkey_sign_in(
        form_cookie=form, response=answer, visitor=visitor or at(), planted=planted
    )


def reason(outcome: SignedIn | SignInRefused) -> Reason | None:
    return outcome.reason if isinstance(outcome, SignInRefused) else None


def test_a_passkey_signs_in_alone_and_is_a_second_factor() -> None:
    house = House()
    _, key = with_passkey(house)
    signed_in = sign_in(house, answer_of(house, key))
    assert isinstance(signed_in, SignedIn)
    assert not signed_in.needs_step_up
    session = signed_in.issued.session
    assert house.methods(session.hash) == {Method.PASSKEY}
    assert {Level.SECOND_FACTOR, Level.SECURITY_KEY} <= session.worth.reached


def test_it_makes_the_browser_a_known_one_and_says_how_it_was() -> None:
    house = House()
    account, key = with_passkey(house)
    signed_in = sign_in(house, answer_of(house, key))
    assert isinstance(signed_in, SignedIn)
    assert house.issuer.is_familiar(account, at(ABROAD, device=signed_in.device))
    (event,) = house.records("signed_in")
    assert (event.account, event.details["method"]) == ("alice", "passkey")


def test_a_key_that_verifies_nobody_is_no_sign_in() -> None:
    house = House()
    _, key = with_passkey(house, verifies=False)
    with pytest.raises(NotVerifiedError):
        answer_of(house, key)
    key.verifies = True
    forged = answer_of(house, key, clear_flags=0x04)
    assert reason(sign_in(house, forged)) is Reason.WRONG_KEY
    (event,) = house.records("sign_in_refused")
    assert event.details["detail"] == "user_not_verified"


def test_w09_an_answer_in_another_browser_is_worth_nothing() -> None:
    house = House()
    _, key = with_passkey(house)
    answer = answer_of(house, key)
    assert reason(sign_in(house, answer, form=Secret("another browser"))) is Reason.WRONG_KEY
    assert house.store.sessions.all() == ()


def test_w11_an_answer_signs_in_once() -> None:
    house = House()
    _, key = with_passkey(house)
    answer = answer_of(house, key)
    assert isinstance(sign_in(house, answer), SignedIn)
    assert reason(sign_in(house, answer)) is Reason.WRONG_KEY


def test_t40_the_session_that_came_along_ends() -> None:
    house = House()
    _, key = with_passkey(house)
    planted = house.entered().token
    signed_in = sign_in(house, answer_of(house, key), planted=planted)
    assert isinstance(signed_in, SignedIn)
    assert [each.hash for each in house.store.sessions.all()] == [signed_in.issued.session.hash]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (AccountState.DISABLED, Reason.ACCOUNT_DISABLED),
        (AccountState.LOCKED, Reason.ACCOUNT_LOCKED),
    ],
)
def test_w31_an_account_that_can_not_be_used_is_refused(
    state: AccountState, expected: Reason
) -> None:
    house = House()
    account, key = with_passkey(house)
    answer = answer_of(house, key)
    house.store.accounts.set_state(account.id, state)
    assert reason(sign_in(house, answer)) is expected
    assert house.store.sessions.all() == ()


def test_an_address_that_is_not_admitted_is_refused() -> None:
    house = House()
    account, key = with_passkey(house)
    house.store.accounts.set_networks(account.id, allowlist("10.9.9.0/24"))
    assert reason(sign_in(house, answer_of(house, key))) is Reason.IP_NOT_ALLOWED
    (event,) = house.records("sign_in_refused")
    assert (event.account, event.reason) == ("alice", "ip_not_allowed")


def test_t63_a_stranger_who_fills_the_password_lanes_keeps_no_key_out() -> None:
    house = House()
    _, key = with_passkey(house)
    for _ in range(6):
        house.enter(password=WRONG)
    assert isinstance(sign_in(house, answer_of(house, key)), SignedIn)


def test_g16_a_wait_is_told() -> None:
    house = House()
    _, key = with_passkey(house)
    for _ in range(30):
        sign_in(house, "{}")
    refused = sign_in(house, answer_of(house, key))
    assert isinstance(refused, SignInRefused)
    assert refused.reason is Reason.RATE_LIMITED
    assert refused.wait is not None
