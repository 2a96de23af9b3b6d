"""The strictest of several answers, and what an observing site makes of one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gate.core.decision import (
    Decision,
    Deny,
    Level,
    Obligation,
    Permit,
    Reason,
    Report,
    SignIn,
    StepUp,
)
from gate.core.strictness import observed, strictest_of
from gate.core.subject import Method
from tests.support.decisions import NOW, ref

MINUTE = timedelta(minutes=1)
DENY = Deny(reason=Reason.RULE_DENIES, rule=ref("deny"), text="no")
SIGN_IN = SignIn(reason=Reason.NEEDS_SIGN_IN, rule=ref("in"))
PERMIT = Permit(reason=Reason.PERMITTED, rule=ref("ok"), obligations=frozenset(Obligation))
NAMED = Permit(reason=Reason.PUBLIC, rule=ref("open"), obligations=frozenset(Obligation))
PUBLIC = Permit(reason=Reason.PUBLIC, rule=ref("open"))


def step_up(level: Level, within: int | None = None) -> StepUp:
    return StepUp(
        reason=Reason.FACTOR_TOO_OLD,
        rule=ref(level),
        level=level,
        within=None if within is None else within * MINUTE,
        methods=(Method.SECURITY_KEY,),
    )


BY_STRICTNESS: tuple[Decision, ...] = (
    *(DENY, SIGN_IN, step_up(Level.SECURITY_KEY), step_up(Level.SECOND_FACTOR)),
    *(PERMIT, NAMED, PUBLIC),
)


@pytest.mark.parametrize("place", range(len(BY_STRICTNESS) - 1))
def test_g12_a_stricter_answer_goes_before_every_milder_one(place: int) -> None:
    strict = BY_STRICTNESS[place]
    for mild in BY_STRICTNESS[place + 1 :]:
        assert strictest_of((strict, mild)) == (0, strict)
        assert strictest_of((mild, strict)) == (1, strict)


def test_g12_what_several_readings_ask_for_is_joined() -> None:
    answers = (step_up(Level.SECOND_FACTOR, 5), step_up(Level.SECURITY_KEY, 15), PERMIT)
    assert strictest_of(answers) == (1, step_up(Level.SECURITY_KEY, 5))


def test_g1_the_earliest_end_and_every_report_hold_for_all() -> None:
    one, two = (Report(rule=ref(name), would="deny") for name in ("one", "two"))
    answers = (
        Permit(reason=Reason.PUBLIC, until=NOW, reports=(one,)),
        Deny(reason=Reason.RULE_DENIES, until=NOW + MINUTE, reports=(two, one)),
        SIGN_IN,
    )
    assert strictest_of(answers) == (
        1,
        Deny(reason=Reason.RULE_DENIES, until=NOW, reports=(one, two)),
    )


@pytest.mark.parametrize("decision", [DENY, SIGN_IN, step_up(Level.SECOND_FACTOR)])
def test_g7_an_observing_site_lets_pass_as_nobody_what_it_would_stop(
    decision: SignIn | StepUp | Deny,
) -> None:
    assert observed(decision, NOW + MINUTE, NOW) == Permit(
        reason=Reason.OBSERVED,
        rule=decision.rule,
        until=NOW + MINUTE,
        obligations=frozenset({Obligation.KEEP_PRIVATE}),
        observed=decision,
    )


@pytest.mark.parametrize("decision", [PERMIT, NAMED, PUBLIC])
def test_g7_a_real_permit_stays_what_it_is(decision: Decision) -> None:
    assert observed(decision, NOW + MINUTE, NOW) is decision


def test_g7_after_its_date_the_site_enforces() -> None:
    assert observed(DENY, NOW, NOW) is DENY


def test_g7_the_real_answer_may_change_before_the_date() -> None:
    soon = Deny(reason=Reason.RULE_DENIES, until=NOW + MINUTE, reports=())
    assert observed(soon, NOW + 2 * MINUTE, NOW).until == NOW + MINUTE
