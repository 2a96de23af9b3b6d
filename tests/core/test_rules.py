"""Requirements are joined to the strictest."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gate.core.decision import Decision, Deny, Level, Permit, Reason, SignIn
from gate.core.rules import RANK, Denied, Public, Requirement, Then, strictest
from tests.support.decisions import ref, required, rule

SHORT, LONG = timedelta(minutes=5), timedelta(days=30)


def need(
    level: Level, within: timedelta | None = None, remember: timedelta | None = None
) -> Requirement:
    return Requirement(level=level, within=within, remember=remember)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(
            (need(Level.SIGNED_IN), need(Level.SECURITY_KEY), need(Level.SECOND_FACTOR)),
            need(Level.SECURITY_KEY),
            id="the highest level",
        ),
        pytest.param(
            (need(Level.SIGNED_IN, LONG), need(Level.SECOND_FACTOR, SHORT)),
            need(Level.SECOND_FACTOR, SHORT),
            id="the shortest within",
        ),
        pytest.param(
            (need(Level.SECOND_FACTOR, remember=LONG), need(Level.SIGNED_IN)),
            need(Level.SECOND_FACTOR, remember=LONG),
            id="g29 remembered at its level",
        ),
        pytest.param(
            (need(Level.SECOND_FACTOR, remember=LONG), need(Level.SECOND_FACTOR, remember=SHORT)),
            need(Level.SECOND_FACTOR, remember=SHORT),
            id="g29 the shorter memory",
        ),
        pytest.param(
            (need(Level.SECOND_FACTOR, remember=LONG), need(Level.SECOND_FACTOR)),
            need(Level.SECOND_FACTOR),
            id="g29 one does not remember",
        ),
        pytest.param(
            (need(Level.SECOND_FACTOR, remember=LONG), need(Level.SIGNED_IN, SHORT)),
            need(Level.SECOND_FACTOR, SHORT),
            id="g29 nothing is remembered beside within",
        ),
    ],
)
def test_g7_requirements_are_joined_to_the_strictest(
    given: tuple[Requirement, ...], expected: Requirement
) -> None:
    assert strictest(given) == expected


def test_levels_go_from_weak_to_strong() -> None:
    assert sorted(RANK, key=RANK.__getitem__) == [
        *(Level.ANY_SESSION, Level.SIGNED_IN, Level.OWN_STRONGEST),
        *(Level.SECOND_FACTOR, Level.SECURITY_KEY),
    ]


@pytest.mark.parametrize(
    ("then", "personal"),
    [
        (required(), True),
        (Public(identity_optional=True), True),
        (Public(), False),
        (Denied(), False),
    ],
)
def test_g1_what_follows_depends_on_who_is_signed_in_or_not(then: Then, *, personal: bool) -> None:
    assert rule("r", "any", then).personal is personal


SIGN_IN = SignIn(reason=Reason.NEEDS_SIGN_IN, rule=ref("r"))


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        (required(), SIGN_IN),
        (Public(), Permit(reason=Reason.PUBLIC, rule=ref("r"))),
        (Public(identity_optional=True), Permit(reason=Reason.PUBLIC, rule=ref("r"))),
        (Denied(text="no"), Deny(reason=Reason.RULE_DENIES, rule=ref("r"), text="no")),
        (Denied(reason=Reason.NOT_FOUND), Deny(reason=Reason.NOT_FOUND, rule=ref("r"))),
    ],
)
def test_g8_a_rule_holds_what_follows_for_strangers(then: Then, expected: Decision) -> None:
    found = rule("r", "any", then)
    assert (found.sign_in, found.to_strangers) == (SIGN_IN, expected)
