"""Why a decision is what it is: the sentence and the steps."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given

from gate.core.access import Access
from gate.core.decide import decide
from gate.core.decision import Decision, Deny, Level, Permit, Reason, RuleRef, SignIn, StepUp
from gate.core.policy import Policy
from gate.core.rules import Denied, Public
from gate.core.subject import AccountState, Method, Session
from gate.core.trace import ConditionStep, Result, Step, explain, sentence
from tests.support.decisions import (
    NOW,
    access,
    account,
    allowlist,
    headers,
    policy,
    required,
    rule,
    session,
    site,
)
from tests.support.drawn_decisions import cases

BOB = session(account("bob", has_totp=True), Method.PASSWORD, Method.TOTP)
TRIED = rule("tried", {"path": "/admin/**"}, Denied(), report=True)
ADMINS = rule("admins", {"path": "/admin/**", "group": "admins"}, required())
OTHERS = rule("others", {"path": "/admin/**"}, Denied(text="administration is for admins"))
STAFF = rule("staff", {"group": "staff"}, required(Level.SECOND_FACTOR))
WIKI = site(TRIED, ADMINS, OTHERS, STAFF)
POLICY = policy(WIKI)

IN_ADMIN = ConditionStep(key="path", result=Result.HIT, words="`/admin/x` matches `/admin/**`")


def test_steps_say_what_each_rule_and_condition_said_up_to_the_one_that_decides() -> None:
    no_admin = ConditionStep(key="group", result=Result.MISS, words="bob is not in admins")
    assert explain(POLICY, access(WIKI, "/admin/x", who=BOB)).steps == (
        Step(rule=TRIED.ref, result=Result.HIT, conditions=(IN_ADMIN,), report=True),
        Step(rule=ADMINS.ref, result=Result.MISS, conditions=(IN_ADMIN, no_admin)),
        Step(rule=OTHERS.ref, result=Result.HIT, conditions=(IN_ADMIN,), deciding=True),
        Step(rule=STAFF.ref, result=Result.NOT_REACHED),
    )


def test_g8_a_may_decides_and_says_so() -> None:
    steps = explain(POLICY, access(WIKI, "/admin/x")).steps
    unknown = ConditionStep(key="group", result=Result.MAY, words="it is not known yet who asks")
    assert steps[1:3] == (
        Step(rule=ADMINS.ref, result=Result.MAY, conditions=(IN_ADMIN, unknown), deciding=True),
        Step(rule=OTHERS.ref, result=Result.NOT_REACHED),
    )


def test_g30_a_request_of_another_site_reaches_no_rule() -> None:
    sent = headers({"Sec-Fetch-Site": "cross-site"})
    found = explain(POLICY, access(WIKI, "/admin/x", who=BOB, method="POST", headers=sent))
    assert {step.result for step in found.steps} == {Result.NOT_REACHED}
    assert found.sentence == "denied: the request was made by a page of another site"


def test_g12_the_steps_are_those_of_the_reading_that_decided() -> None:
    found = explain(POLICY, access(WIKI, "/page", who=BOB, readings=("/page", "/admin/x")))
    assert [step.rule for step in found.steps if step.deciding] == [OTHERS.ref]


@pytest.mark.parametrize(
    ("path", "who", "expected"),
    [
        pytest.param(
            "/admin/x",
            BOB,
            "denied: rule `others` (wiki.yaml:1) decides; administration is for admins",
            id="its own text",
        ),
        pytest.param(
            "/page",
            BOB,
            "permitted: rule `staff` (wiki.yaml:1) decides; everything that it asks for was proved",
            id="permit",
        ),
        pytest.param(
            "/page",
            None,
            "sent to sign in: rule `staff` (wiki.yaml:1) decides; somebody has to be signed in",
            id="sign-in",
        ),
        pytest.param(
            "/page",
            replace(BOB, proofs=BOB.proofs[:1]),
            "asked for more proof: rule `staff` (wiki.yaml:1) decides;"
            " a second factor has to be proved",
            id="step-up",
        ),
        pytest.param(
            "/page",
            replace(BOB, account=replace(BOB.account, networks=allowlist("192.0.2.1"))),
            "denied: rule `staff` (wiki.yaml:1) decides;"
            " the account is not admitted from 203.0.113.9",
            id="address",
        ),
        pytest.param(
            "/page",
            replace(BOB, account=replace(BOB.account, state=AccountState.LOCKED)),
            "denied: rule `staff` (wiki.yaml:1) decides; the account is locked",
            id="locked",
        ),
        pytest.param(
            "/page",
            session(account("carol"), Method.PASSWORD),
            "denied: no rule of site `wiki` matches",
            id="no rule",
        ),
    ],
)
def test_one_sentence_says_what_which_rule_and_why(
    path: str, who: Session | None, expected: str
) -> None:
    assert explain(POLICY, access(WIKI, path, who=who)).sentence == expected


def test_g7_an_observing_site_says_what_it_would_do() -> None:
    watched = site(OTHERS, observe_until=NOW + timedelta(days=1))
    assert explain(policy(watched), access(watched, "/admin")).sentence == (
        "permitted while the site only observes; it would be denied: rule `others` (wiki.yaml:1)"
        " decides; administration is for admins"
    )


STEP_UP: dict[str, Any] = {"level": Level.SECOND_FACTOR}


@pytest.mark.parametrize(
    ("decision", "words"),
    [
        (Permit(reason=Reason.PUBLIC), "permitted: it lets everybody pass"),
        (SignIn(reason=Reason.SESSION_ENDED), "sent to sign in: the session has ended"),
        (
            StepUp(reason=Reason.NEEDS_SECURITY_KEY, **STEP_UP),
            "asked for more proof: a security key has to be used",
        ),
        (
            StepUp(reason=Reason.FACTOR_TOO_OLD, **STEP_UP),
            "asked for more proof: the proof is too old",
        ),
        (Deny(reason=Reason.RULE_DENIES), "denied: it denies"),
        (Deny(reason=Reason.NOT_FOUND), "denied: there is no such page"),
        (Deny(reason=Reason.NOT_ENROLLED), "denied: the account has no second factor"),
        (Deny(reason=Reason.ACCOUNT_DISABLED), "denied: the account is disabled"),
        (
            Deny(reason=Reason.NEEDS_SECURITY_KEY),
            "denied: a security key has to be used",
        ),
        (Deny(reason=Reason.RATE_LIMITED), "denied: rate limited"),
    ],
)
def test_every_reason_has_words(decision: Decision, words: str) -> None:
    assert sentence(decision, access(WIKI)) == words


@given(case=cases())
def test_t28_explain_names_the_rule_that_decide_names(case: tuple[Policy, Access]) -> None:
    found = explain(*case)
    assert found.decision == decide(*case)
    real = found.decision
    if isinstance(real, Permit) and real.observed is not None:
        real = real.observed
    deciding: list[RuleRef] = [step.rule for step in found.steps if step.deciding]
    assert deciding == ([] if real.rule is None else [real.rule])
    assert [step.rule for step in found.steps] == [each.ref for each in case[1].site.rules]


def test_a_public_rule_is_explained() -> None:
    free = site(rule("open", "any", Public()))
    assert explain(policy(free), access(free)).sentence == (
        "permitted: rule `open` (wiki.yaml:1) decides; it lets everybody pass"
    )
