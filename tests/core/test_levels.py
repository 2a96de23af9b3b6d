"""Levels: what proofs are worth, and what an account can still prove."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from gate.core.decision import Level
from gate.core.levels import (
    carries,
    has_first_factor,
    missing_methods,
    reaches,
    usable_methods,
    worth_of,
)
from gate.core.subject import Account, Method, Proof
from tests.support.decisions import account, proof
from tests.support.drawn_decisions import PROOFS

PASSWORD, TOTP, KEY = Method.PASSWORD, Method.TOTP, Method.SECURITY_KEY
PASSKEY, RECOVERY = Method.PASSKEY, Method.RECOVERY_CODE
WAITING = proof(KEY, counts_as_key=False)
VERIFYING = proof(KEY, user_verified=True)
SECOND, ANY_KEY = Level.SECOND_FACTOR, Level.SECURITY_KEY


def proofs(*given: Method | Proof) -> tuple[Proof, ...]:
    return tuple(each if isinstance(each, Proof) else proof(each) for each in given)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param((), set(), id="nothing"),
        pytest.param((PASSWORD,), {Level.SIGNED_IN}, id="password"),
        pytest.param((TOTP,), set(), id="code alone"),
        pytest.param((RECOVERY,), set(), id="recovery code alone"),
        pytest.param((KEY,), {Level.SIGNED_IN}, id="key alone"),
        pytest.param((KEY, TOTP), {Level.SIGNED_IN}, id="key and code without a first factor"),
        pytest.param((PASSWORD, TOTP), {Level.SIGNED_IN, SECOND}, id="t70 password and code"),
        pytest.param((PASSWORD, RECOVERY), {Level.SIGNED_IN, SECOND}, id="t70 recovery code"),
        pytest.param((PASSWORD, KEY), {Level.SIGNED_IN, SECOND, ANY_KEY}, id="t70 key"),
        pytest.param((PASSWORD, WAITING), {Level.SIGNED_IN, SECOND}, id="g6 waiting key"),
        pytest.param((PASSKEY,), {Level.SIGNED_IN, SECOND, ANY_KEY}, id="passkey alone"),
        pytest.param((VERIFYING,), {Level.SIGNED_IN, SECOND, ANY_KEY}, id="verifying key alone"),
        pytest.param(
            (proof(PASSKEY, counts_as_key=False),), {Level.SIGNED_IN, SECOND}, id="g6 passkey waits"
        ),
    ],
)
def test_t70_proofs_reach_these_levels(
    given: tuple[Method | Proof, ...], expected: set[Level]
) -> None:
    asked = (Level.SIGNED_IN, SECOND, ANY_KEY)
    assert {level for level in asked if reaches(level, proofs(*given))} == expected
    assert reaches(Level.OWN_STRONGEST, proofs(*given)) is (SECOND in expected)
    assert reaches(Level.ANY_SESSION, proofs(*given)) is bool(given)


# --- what can still be proved --------------------------------------------------------------

BOTH = account(has_totp=True, has_security_key=True)


@pytest.mark.parametrize(
    ("person", "level", "expected"),
    [
        (BOTH, Level.ANY_SESSION, (KEY, PASSWORD)),
        (account(), Level.SIGNED_IN, (PASSWORD,)),
        (BOTH, SECOND, (KEY, TOTP)),
        (BOTH, Level.OWN_STRONGEST, (KEY, TOTP)),
        (account(has_totp=True), SECOND, (TOTP,)),
        (account(has_security_key=True), SECOND, (KEY,)),
        (account(), SECOND, ()),
        (BOTH, ANY_KEY, (KEY,)),
        (account(has_totp=True), ANY_KEY, ()),
        (account(has_security_key=True, key_counts=False), ANY_KEY, ()),
    ],
)
def test_t70_an_account_can_use_what_it_has(
    person: Account, level: Level, expected: tuple[Method, ...]
) -> None:
    assert usable_methods(person, level) == expected


@pytest.mark.parametrize(
    ("level", "given", "expected"),
    [
        pytest.param(SECOND, (PASSWORD,), (KEY, TOTP), id="a second factor"),
        pytest.param(SECOND, (KEY,), (PASSWORD,), id="the password beside a key"),
        pytest.param(ANY_KEY, (KEY,), (PASSWORD,), id="the password beside a counting key"),
        pytest.param(ANY_KEY, (PASSWORD, TOTP), (KEY,), id="a key"),
        pytest.param(SECOND, (PASSWORD, TOTP), (KEY, TOTP), id="again"),
    ],
)
def test_what_is_missing_is_asked_for(
    level: Level, given: tuple[Method, ...], expected: tuple[Method, ...]
) -> None:
    assert missing_methods(BOTH, level, proofs(*given)) == expected


def test_a_first_factor_is_a_password_or_a_verifying_key() -> None:
    first = [has_first_factor(proofs(each)) for each in (PASSWORD, PASSKEY, VERIFYING, KEY, TOTP)]
    assert first == [True, True, True, False, False]


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        (Level.ANY_SESSION, [PASSWORD, KEY, PASSKEY]),
        (Level.SIGNED_IN, [PASSWORD, KEY, PASSKEY]),
        (Level.OWN_STRONGEST, [TOTP, KEY, PASSKEY]),
        (SECOND, [TOTP, KEY, PASSKEY]),
        (ANY_KEY, [KEY, PASSKEY]),
    ],
)
def test_g18_these_proofs_carry_the_freshness_of_a_level(
    level: Level, expected: list[Method]
) -> None:
    assert [method for method in Method if carries(level, proof(method))] == expected


def test_g6_a_waiting_key_carries_a_second_factor_alone() -> None:
    assert [carries(level, WAITING) for level in (SECOND, ANY_KEY)] == [True, False]


@given(given=st.lists(PROOFS, max_size=4).map(tuple))
def test_the_worth_of_proofs_is_what_each_level_says_of_them(given: tuple[Proof, ...]) -> None:
    worth = worth_of(given)
    assert worth.reached == {level for level in Level if reaches(level, given)}
    assert worth.carried == {
        level: tuple(each.at for each in given if carries(level, each)) for level in Level
    }
    assert worth.password_alone is ({each.method for each in given} == {PASSWORD})
