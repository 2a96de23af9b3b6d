"""How a session stands to what is demanded of it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from gate.core.decision import Level
from gate.core.levels import worth_of
from gate.core.proofs import (
    OPT_UP,
    SIGNED_IN,
    Met,
    Missing,
    Stale,
    Standing,
    admits,
    admits_by_policy,
    demanded,
    earliest,
    is_partial,
    own_requirement,
    standing,
)
from gate.core.rules import Requirement
from gate.core.subject import Account, Method, Proof
from tests.support.decisions import (
    HOME,
    NOW,
    OFFICE,
    account,
    address,
    allowlist,
    entry,
    policy,
    proof,
    session,
    site,
    trial,
)

PASSWORD, TOTP, KEY = Method.PASSWORD, Method.TOTP, Method.SECURITY_KEY
PASSKEY, RECOVERY = Method.PASSKEY, Method.RECOVERY_CODE
SECOND, ANY_KEY = Level.SECOND_FACTOR, Level.SECURITY_KEY
MINUTE = timedelta(minutes=1)
SITE = site()


def proofs(*given: Method | Proof) -> tuple[Proof, ...]:
    return tuple(each if isinstance(each, Proof) else proof(each) for each in given)


def need(level: Level, minutes: int | None = None) -> Requirement:
    return Requirement(level=level, within=None if minutes is None else minutes * MINUTE)


def aged(method: Method, minutes: int, **more: bool) -> Proof:
    return proof(method, minutes * MINUTE, **more)


def stale(level: Level, minutes: int, until: datetime | None = None) -> Stale:
    return Stale(need=need(level, minutes), until=until)


@pytest.mark.parametrize(
    ("level", "given", "expected"),
    [
        pytest.param(
            SECOND,
            (aged(PASSWORD, 60), aged(TOTP, 3)),
            Met(until=NOW + 2 * MINUTE),
            id="fresh code",
        ),
        pytest.param(SECOND, (aged(PASSWORD, 1), aged(TOTP, 5)), stale(SECOND, 5), id="stale code"),
        pytest.param(
            SECOND,
            (aged(PASSWORD, 9), aged(TOTP, 9), aged(KEY, 1)),
            Met(until=NOW + 4 * MINUTE),
            id="the newest counts",
        ),
        pytest.param(
            SECOND, (aged(PASSWORD, 0), aged(RECOVERY, 0)), stale(SECOND, 5), id="recovery never"
        ),
        pytest.param(
            SECOND,
            (aged(PASSWORD, 9), aged(TOTP, -2)),
            stale(SECOND, 5, NOW + 2 * MINUTE),
            id="the future is stale until it comes",
        ),
        pytest.param(
            SECOND,
            (aged(PASSWORD, 9), aged(TOTP, -2), aged(KEY, 4)),
            Met(until=NOW + MINUTE),
            id="an older fresh one beside the future",
        ),
        pytest.param(
            ANY_KEY, (aged(PASSWORD, 0), aged(KEY, 9), aged(TOTP, 0)), stale(ANY_KEY, 5), id="key"
        ),
        pytest.param(
            ANY_KEY,
            (aged(PASSKEY, 9), aged(KEY, 0, counts_as_key=False)),
            stale(ANY_KEY, 5),
            id="g6 a waiting key freshens nothing",
        ),
        pytest.param(
            Level.SIGNED_IN, (aged(PASSWORD, 9), aged(TOTP, 0)), stale(Level.SIGNED_IN, 5), id="in"
        ),
        pytest.param(
            Level.SIGNED_IN,
            (aged(PASSWORD, 9), aged(KEY, 0)),
            Met(until=NOW + 5 * MINUTE),
            id="by key",
        ),
        pytest.param(SECOND, (aged(PASSWORD, 0),), Missing(need=need(SECOND, 5)), id="missing"),
    ],
)
def test_g18_within_looks_at_the_newest_proof_that_carries_the_level(
    level: Level, given: tuple[Proof, ...], expected: Standing
) -> None:
    assert standing((need(level, 5),), worth_of(given), NOW) == expected


@pytest.mark.parametrize(
    ("needs", "given", "expected"),
    [
        pytest.param((need(SECOND),), (PASSWORD, TOTP), Met(), id="no age is asked"),
        pytest.param(
            (need(Level.SIGNED_IN, 3), need(SECOND, 5)),
            (aged(PASSWORD, 1), aged(TOTP, 1)),
            Met(until=NOW + 2 * MINUTE),
            id="the first to end",
        ),
        pytest.param(
            (need(Level.SIGNED_IN, 5), need(SECOND)),
            (aged(PASSWORD, 9), TOTP),
            stale(Level.SIGNED_IN, 5),
            id="a fresh code does not stand in for a stale password",
        ),
        pytest.param(
            (need(Level.SIGNED_IN, 5), need(SECOND, 7)),
            (aged(PASSWORD, 9), aged(TOTP, -1)),
            stale(SECOND, 5, NOW + MINUTE),
            id="both stale",
        ),
        pytest.param(
            (need(SECOND, 5), need(ANY_KEY)),
            (PASSWORD, aged(TOTP, 9)),
            Missing(need=need(ANY_KEY, 5)),
            id="missing before stale, for all of them",
        ),
    ],
)
def test_g7_all_requirements_have_to_hold(
    needs: tuple[Requirement, ...], given: tuple[Method | Proof, ...], expected: Standing
) -> None:
    assert standing(needs, worth_of(proofs(*given)), NOW) == expected


# --- what is demanded ----------------------------------------------------------------------

WEAK, STRICT = policy(SITE), policy(SITE, entries=[entry("*", SECOND), entry("bob", ANY_KEY)])


def test_g7_a_rule_the_entries_and_the_own_choice_are_all_demanded() -> None:
    bob = account("bob", always_second_factor=True)
    assert demanded(STRICT.demand("bob"), bob, SIGNED_IN) == (
        SIGNED_IN,
        OPT_UP,
        need(ANY_KEY),
        OPT_UP,
    )
    assert own_requirement(STRICT, bob) == need(ANY_KEY)
    assert own_requirement(WEAK, account(always_second_factor=True)) == OPT_UP
    assert own_requirement(WEAK, account()) is None


@pytest.mark.parametrize(
    ("person", "expected"),
    [(account(has_totp=True), OPT_UP), (account(), SIGNED_IN)],
)
def test_g14_the_own_strongest_is_what_the_account_has(
    person: Account, expected: Requirement
) -> None:
    assert demanded(WEAK.demand("alice"), person, need(Level.OWN_STRONGEST)) == (expected,)


@pytest.mark.parametrize(
    ("strict", "person", "given", "expected"),
    [
        pytest.param(False, account(has_totp=True), (PASSWORD,), True, id="has a factor"),
        pytest.param(False, account(), (PASSWORD,), False, id="has none and needs none"),
        pytest.param(True, account(), (PASSWORD,), True, id="an entry demands one"),
        pytest.param(False, account(always_second_factor=True), (PASSWORD,), True, id="own choice"),
        pytest.param(True, account(has_totp=True), (PASSWORD, TOTP), False, id="proved"),
        pytest.param(True, account(has_totp=True), (PASSWORD, RECOVERY), False, id="recovered"),
        pytest.param(True, account(has_security_key=True), (KEY,), False, id="by key"),
        pytest.param(True, account(), (), True, id="nothing proved"),
        pytest.param(False, account(), (TOTP,), True, id="a code without a sign-in"),
    ],
)
def test_g8_a_session_is_partial_while_more_is_to_be_proved(
    strict: bool, person: Account, given: tuple[Method, ...], expected: bool
) -> None:
    demand = (STRICT if strict else WEAK).demand(person.name)
    assert is_partial(demand, session(person, *given)) is expected


def test_g8_a_demanded_sign_in_makes_no_session_partial() -> None:
    weak = policy(SITE, entries=[entry("*", Level.SIGNED_IN)])
    assert not is_partial(weak.demand("alice"), session(account(), PASSWORD))


# --- where from ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("own", "by_policy", "expected"),
    [
        pytest.param(None, None, True, id="no lists"),
        pytest.param((HOME,), None, True, id="own list admits"),
        pytest.param(("198.51.100.1",), None, False, id="own list does not"),
        pytest.param((HOME,), ("198.51.100.1",), False, id="the policy does not"),
        pytest.param((), None, False, id="an empty list admits nobody"),
    ],
)
def test_every_list_has_to_admit(
    own: tuple[str, ...] | None, by_policy: tuple[str, ...] | None, expected: bool
) -> None:
    person = account(networks=None if own is None else allowlist(*own))
    lists = [] if by_policy is None else [entry("alice", networks=allowlist(*by_policy))]
    assert admits(policy(SITE, entries=lists), person, address(HOME), NOW) is expected


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        pytest.param(timedelta(microseconds=1), False, id="while it runs"),
        pytest.param(timedelta(0), True, id="at its end"),
        pytest.param(-timedelta(days=1), True, id="long after it, written or not"),
    ],
)
def test_g15_a_list_on_trial_counts_until_its_end(left: timedelta, expected: bool) -> None:
    tried = trial("198.51.100.0/24", until=NOW + left)
    person = account(networks=allowlist(HOME), trial=tried)
    assert admits(policy(SITE), person, address(HOME), NOW) is expected
    assert admits(policy(SITE), person, address("198.51.100.1"), NOW) is not expected


def test_the_policy_alone_can_be_asked() -> None:
    office = policy(SITE, entries=[entry("*", networks=OFFICE)])
    assert admits_by_policy(office, "alice", address(HOME))
    assert not admits_by_policy(office, "alice", address("198.51.100.1"))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (None, None, None),
        (None, NOW, NOW),
        (NOW, None, NOW),
        (NOW, NOW + MINUTE, NOW),
        (NOW + MINUTE, NOW, NOW),
    ],
)
def test_the_earlier_moment_is_given(
    first: datetime | None, second: datetime | None, expected: datetime | None
) -> None:
    assert earliest(first, second) == expected
