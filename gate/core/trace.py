"""Why a decision is what it is: one sentence, then every rule of the site and what it said.

The steps are walked over all rules by the functions that decide, without the index, so that they
name the same rule; nothing is worked out unless somebody asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, assert_never

from gate.core.access import Access, Seen
from gate.core.conditions import Match, all_of
from gate.core.decide import judge
from gate.core.decision import Decision, Deny, Permit, Reason, RuleRef, SignIn, StepUp
from gate.core.policy import Policy
from gate.core.rules import Rule


class Result(StrEnum):
    """What became of a rule or a condition."""

    HIT = "hit"
    MISS = "miss"
    MAY = "may"
    NOT_REACHED = "not_reached"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionStep:
    """What one condition said, and in words what it saw."""

    key: str
    result: Result
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one rule said; `deciding` marks the rule that the decision names."""

    rule: RuleRef
    result: Result
    conditions: tuple[ConditionStep, ...] = ()
    report: bool = False
    deciding: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A decision with its sentence and its steps."""

    decision: Decision
    sentence: str
    steps: tuple[Step, ...]


_RESULTS: Final = {Match.HIT: Result.HIT, Match.MISS: Result.MISS, Match.MAY: Result.MAY}

_WHY: Final[dict[Reason, str]] = {
    Reason.PERMITTED: "everything that it asks for was proved",
    Reason.PUBLIC: "it lets everybody pass",
    Reason.NEEDS_SIGN_IN: "somebody has to be signed in",
    Reason.SESSION_ENDED: "the session has ended",
    Reason.NEEDS_SECOND_FACTOR: "a second factor has to be proved",
    Reason.NEEDS_SECURITY_KEY: "a security key has to be used",
    Reason.FACTOR_TOO_OLD: "the proof is too old",
    Reason.ACCOUNT_DISABLED: "the account is disabled",
    Reason.ACCOUNT_LOCKED: "the account is locked",
    Reason.NOT_ENROLLED: "the account has no second factor",
    Reason.RULE_DENIES: "it denies",
    Reason.NOT_FOUND: "there is no such page",
}


def explain(policy: Policy, access: Access) -> Explanation:
    """Give the decision of an access with everything that led to it."""
    judged = judge(policy, access)
    return Explanation(
        decision=judged.decision,
        sentence=sentence(judged.decision, access),
        steps=_steps(access.site.rules, judged.seen, looked=_looked_at_rules(judged.decision)),
    )


def _looked_at_rules(decision: Decision) -> bool:
    """A request of another site is refused before any rule, other than a preflight."""
    real = _real(decision)
    return real.reason is not Reason.CROSS_SITE or real.rule is not None


def _steps(rules: tuple[Rule, ...], seen: Seen, *, looked: bool) -> tuple[Step, ...]:
    steps: list[Step] = []
    decided = not looked
    for rule in rules:
        if decided:
            steps.append(Step(rule=rule.ref, result=Result.NOT_REACHED, report=rule.report))
            continue
        match = all_of(rule.when, seen)
        decided = match is not Match.MISS and not rule.report
        steps.append(_step(rule, match, seen, deciding=decided))
    return tuple(steps)


def _step(rule: Rule, match: Match, seen: Seen, *, deciding: bool) -> Step:
    said = tuple(
        ConditionStep(key=each.key, result=_RESULTS[each.match(seen)], words=each.words(seen))
        for each in rule.when
    )
    return Step(
        rule=rule.ref,
        result=_RESULTS[match],
        conditions=said,
        report=rule.report,
        deciding=deciding,
    )


# --- the sentence --------------------------------------------------------------------------


def sentence(decision: Decision, access: Access) -> str:
    """Give one plain sentence: the outcome, the rule with its place, and why."""
    real = _real(decision)
    text = f"{_opening(real)}: {_because(real, access)}"
    if real is decision:
        return text
    return f"permitted while the site only observes; it would be {text}"


def _real(decision: Decision) -> Decision:
    """Give what an observing site would have answered."""
    if isinstance(decision, Permit) and decision.observed is not None:
        return decision.observed
    return decision


def _opening(decision: Decision) -> str:
    match decision:
        case Permit():
            return "permitted"
        case SignIn():
            return "sent to sign in"
        case StepUp():
            return "asked for more proof"
        case Deny():
            return "denied"
        case _:
            assert_never(decision)


def _because(decision: Decision, access: Access) -> str:
    why = _why(decision, access)
    if decision.rule is None:
        return why
    at = decision.rule.at
    return f"rule `{decision.rule.name}` ({at.file}:{at.line}) decides; {why}"


def _why(decision: Decision, access: Access) -> str:
    if isinstance(decision, Deny) and decision.text:
        return decision.text
    match decision.reason:
        case Reason.NO_RULE_MATCHED:
            return f"no rule of site `{access.site.name}` matches"
        case Reason.IP_NOT_ALLOWED:
            return f"the account is not admitted from {access.client}"
        case Reason.CROSS_SITE:
            return "the request was made by a page of another site"
        case reason:
            return _WHY.get(reason, reason.replace("_", " "))
