"""The tests that stand in a policy, run against it by the same `decide` that serves requests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gate.config.policy_cases import parse_request
from gate.core.access import Access
from gate.core.decide import decide
from gate.core.decision import Decision, Permit, Reason, RuleRef, StepUp
from gate.core.located import Problem
from gate.core.network import Unusable, canonical
from gate.core.policy import Policy, PolicyTest
from gate.core.refusal import Refusal
from gate.service.virtual_access import Asked, Person, virtual_access


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What a request got: the outcome, of a step-up its level, the reason and the rule."""

    outcome: str
    reason: Reason
    level: str | None = None
    rule: RuleRef | None = None

    def words(self) -> str:
        """Say it as `expect:` does, with the reason and where the rule is."""
        level = f" {self.level}" if self.level else ""
        rule = f", rule `{self.rule.name}` ({self.rule.at})" if self.rule else ""
        return f"`{self.outcome}{level}` ({self.reason}){rule}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyTestResult:
    """A test and what came; `failure` is empty when it is what was expected."""

    test: PolicyTest
    came: Came
    failure: str = ""

    @property
    def passed(self) -> bool:
        """Whether the test got what it expects."""
        return not self.failure


def run_policy_tests(policy: Policy, now: datetime) -> tuple[PolicyTestResult, ...]:
    """Give the result of every test; a test that names no time is asked as of now."""
    return tuple(_run(policy, test, now) for test in policy.tests)


def failures(results: Sequence[PolicyTestResult]) -> tuple[Problem, ...]:
    """Give a problem for each test that failed."""
    return tuple(
        Problem(at=each.test.at, message=f"test `{each.test.name}` failed: {each.failure}")
        for each in results
        if not each.passed
    )


def _run(policy: Policy, test: PolicyTest, now: datetime) -> PolicyTestResult:
    came = _ask(policy, test, test.time or now)
    return PolicyTestResult(test=test, came=came, failure=_difference(test, came))


def _ask(policy: Policy, test: PolicyTest, now: datetime) -> Came:
    request, client = parse_request(test.method, test.url), canonical(test.client)
    if isinstance(request, str) or isinstance(client, Unusable):
        return Came(outcome="deny", reason=Reason.UNCLEAN_REQUEST)
    person = None
    if test.account is not None:
        person = Person(name=test.account, proofs=test.proofs, factors=test.factors)
    asked = Asked(
        method=request.method,
        host=request.host,
        target=request.target,
        client=client,
        person=person,
        headers=test.headers,
    )
    return came_of(policy, virtual_access(policy, asked, now))


def came_of(policy: Policy, access: Access | Refusal) -> Came:
    """Give what an access gets; what the front door refuses is denied."""
    if isinstance(access, Refusal):
        return Came(outcome="deny", reason=access.reason)
    return _came(decide(policy, access))


def _came(decision: Decision) -> Came:
    """Give what an enforcing site answers: a test of a site that observes is about its rules."""
    if isinstance(decision, Permit) and decision.observed is not None:
        decision = decision.observed
    level = decision.level.value if isinstance(decision, StepUp) else None
    return Came(outcome=decision.outcome, reason=decision.reason, level=level, rule=decision.rule)


def _difference(test: PolicyTest, came: Came) -> str:
    """Say what differs; empty when nothing does."""
    expected = f"{test.expect} {test.level}" if test.level else test.expect
    if came.outcome != test.expect or (test.level and came.level != test.level):
        return f"expected `{expected}`, came {came.words()}"
    if test.rule is not None and (came.rule is None or came.rule.name != test.rule):
        return f"expected the rule `{test.rule}`, came {came.words()}"
    return ""
