"""Which of several answers is the strictest, and what an observing site makes of one."""

from __future__ import annotations

from datetime import datetime
from functools import reduce
from typing import Final, assert_never

from gate.core.decision import Decision, Deny, Obligation, Permit, Reason, SignIn, StepUp
from gate.core.proofs import earliest
from gate.core.rules import RANK


def strictest_of(decisions: tuple[Decision, ...]) -> tuple[int, Decision]:
    """Give the place of the strictest answer, and the answer that holds for all (G12).

    Deny, then sign-in, step-up with what all ask for, permit, public.
    """
    place = max(range(len(decisions)), key=lambda each: _strictness(decisions[each]))
    strictest = decisions[place]
    if isinstance(strictest, StepUp):
        asked = [each for each in decisions if isinstance(each, StepUp)]
        within = min((each.within for each in asked if each.within), default=None)
        strictest = strictest._replace(within=within)
    reports = dict.fromkeys(report for each in decisions for report in each.reports)
    until = reduce(earliest, (each.until for each in decisions))
    return place, strictest._replace(until=until, reports=tuple(reports))


def _strictness(decision: Decision) -> tuple[int, int]:
    match decision:
        case Deny():
            return 4, 0
        case SignIn():
            return 3, 0
        case StepUp(level=level):
            return 2, RANK[level]
        case Permit(reason=reason, obligations=obligations):
            return int(reason is not Reason.PUBLIC), len(obligations)
        case _:
            assert_never(decision)


KEPT_PRIVATE: Final = frozenset({Obligation.KEEP_PRIVATE})  # it may be what a person is shown


def observed(decision: Decision, until: datetime, now: datetime) -> Decision:
    """Let pass on an observing site what an enforcing one would not, as nobody (G7)."""
    if now >= until or isinstance(decision, Permit):
        return decision
    return Permit(
        reason=Reason.OBSERVED,
        rule=decision.rule,
        until=earliest(decision.until, until),
        reports=decision.reports,
        obligations=KEPT_PRIVATE,
        observed=decision,
    )
