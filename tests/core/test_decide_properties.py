"""Decisions: properties over drawn policies and accesses."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from hypothesis import given, strategies as st

from gate.core.access import Access
from gate.core.conditions import MISS, all_of
from gate.core.cross_site import OPTIONS
from gate.core.decide import access_class, decide, first_match, judge
from gate.core.decision import (
    Decision,
    Permit,
    Reason,
)
from gate.core.index import Step
from gate.core.policy import Policy
from gate.core.proofs import is_partial
from gate.core.rules import Denied
from gate.core.subject import Proof
from tests.support.decisions import (
    access,
)
from tests.support.drawn_decisions import LISTS, PROOFS, cases, requests

STRICTNESS: Final = {"permit": 0, "step_up": 1, "sign_in": 2, "deny": 3}


def real(decision: Decision) -> Decision:
    """Give what an observing site would have answered."""
    observed = decision.observed if isinstance(decision, Permit) else None
    return observed or decision


@given(case=cases())
def test_r9_decide_answers_every_access(case: tuple[Policy, Access]) -> None:
    assert decide(*case).outcome in STRICTNESS


@given(case=cases())
def test_r9_nothing_is_permitted_without_a_rule_that_matches(case: tuple[Policy, Access]) -> None:
    judged = judge(*case)
    decision = real(judged.decision)
    if isinstance(decision, Permit):
        rules = {each.ref: each for each in case[1].site.rules}
        assert decision.rule is not None
        rule_of = rules[decision.rule]
        assert not isinstance(rule_of.then, Denied)
        assert not rule_of.report
        assert all_of(rule_of.when, judged.seen) is not MISS


@given(case=cases(), more=PROOFS)
def test_a_further_proof_never_takes_a_permit_away(
    case: tuple[Policy, Access], more: Proof
) -> None:
    found, asked = case
    who = asked.session
    if who is None:
        return
    richer = replace(asked, session=replace(who, proofs=(*who.proofs, more)))
    before, after = decide(found, asked), decide(found, richer)
    if isinstance(real(before), Permit):
        assert isinstance(real(after), Permit)
    if before.rule == after.rule and not is_partial(found.demand(who.account.name), who):
        assert STRICTNESS[after.outcome] <= STRICTNESS[before.outcome]


@given(case=cases(), own=LISTS)
def test_a_list_of_the_account_never_loosens(case: tuple[Policy, Access], own: Any) -> None:
    found, asked = case
    who = asked.session
    if who is None:
        return
    free = replace(
        asked, session=replace(who, account=replace(who.account, networks=None, trial=None))
    )
    bound = replace(
        asked, session=replace(who, account=replace(who.account, networks=own, trial=None))
    )
    before, after = (real(decide(found, each)) for each in (free, bound))
    assert STRICTNESS[after.outcome] >= STRICTNESS[before.outcome]
    if own is not None and not own.admits(asked.client) and isinstance(after, Permit):
        assert after.reason is Reason.PUBLIC
        assert after.obligations == frozenset()


@given(case=cases())
def test_g7_an_entry_never_loosens(case: tuple[Policy, Access]) -> None:
    found, asked = case
    free = real(decide(replace(found, accounts={}), asked))
    bound = real(decide(found, asked))
    assert not isinstance(bound, Permit) or isinstance(free, Permit)


@given(case=cases(), other=requests())
def test_g1_equal_keys_give_equal_decisions(
    case: tuple[Policy, Access], other: dict[str, Any]
) -> None:
    found, asked = case
    second = access(asked.site, who=asked.session, client=asked.client, now=asked.now, **other)
    if access_class(found, asked) == access_class(found, second):
        assert decide(found, asked) == decide(found, second)


@given(case=cases(), share=st.floats(0, 0.999))
def test_g1_time_alone_changes_nothing_before_until(
    case: tuple[Policy, Access], share: float
) -> None:
    found, asked = case
    before = decide(found, asked)
    if before.until is None:
        later = asked.now + timedelta(days=40)
    else:
        assert before.until > asked.now
        later = asked.now + (before.until - asked.now) * share
    after = decide(found, replace(asked, now=later))
    assert (after, after.until) == (before, before.until)


@given(case=cases())
def test_the_index_leaves_out_nothing_that_decides(case: tuple[Policy, Access]) -> None:
    judged = judge(*case)
    decision = real(judged.decision)
    if decision.reason is not Reason.CROSS_SITE:
        whole, *_ = first_match([Step(each, each.when) for each in case[1].site.rules], judged.seen)
        assert decision.rule == (whole.ref if whole else None)


@given(case=cases())
def test_g1_an_answer_that_no_moment_ends_is_the_one_of_a_stranger(
    case: tuple[Policy, Access],
) -> None:
    found, asked = case
    who = asked.session
    if who is None or who.ends_at <= asked.now or asked.method == OPTIONS:
        return  # a preflight is told from other requests by its missing session (G30)
    decision = decide(found, asked)
    if decision.until is None:
        assert decision == decide(found, replace(asked, session=None))
