"""The decision: rules from top to bottom, the first that is not a miss decides, none denies.

A hit does what the rule says; a may asks who it is (G8). What applies to an account everywhere is
joined to the rule and only ever narrows it (G7). A path with several readings, and a clock with
two, is decided once for each, and the strictest answer holds (G12, G19). Total: no access makes
it raise, and whoever calls it denies if it does.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from typing import Final, NamedTuple

from gate.core import cross_site
from gate.core.access import Access, Seen
from gate.core.asker import Asker, asker
from gate.core.conditions import HIT, MISS, Match, all_of
from gate.core.conditions.path import fold
from gate.core.decision import AccessClass, Decision, Deny, Reason, Report
from gate.core.index import Bucket, Step
from gate.core.policy import Policy
from gate.core.proofs import earliest
from gate.core.rules import Rule
from gate.core.strictness import observed, strictest_of
from gate.core.verdict import follow

_CROSS_SITE: Final = Deny(reason=Reason.CROSS_SITE)
_NO_RULE: Final = Deny(reason=Reason.NO_RULE_MATCHED)


# The first rule that is not a miss, what it said, its place, and reports that hit before it.
type Found = tuple[Rule | None, Match, int, tuple[Rule, ...]]


class Judged(NamedTuple):
    """A decision and the reading of the access that led to it."""

    decision: Decision
    seen: Seen


def decide(policy: Policy, access: Access) -> Decision:
    """Give the answer to an access."""
    return _judged(policy, access)[0]


def judge(policy: Policy, access: Access) -> Judged:
    """Give the answer to an access, and the reading that it comes from."""
    return Judged(*_judged(policy, access))


def _judged(policy: Policy, access: Access) -> tuple[Decision, Seen]:
    who = asker(policy, access)
    views = _views(access, who.name)
    seen, bucket = views[0]
    if cross_site.is_refused(access):
        decision: Decision = _CROSS_SITE
    elif len(views) == 1:
        decision = _decided(who, seen, bucket)
    else:
        place, decision = strictest_of(tuple(_decided(who, *view) for view in views))
        seen = views[place][0]
    observe_until = access.site.options.observe_until
    if observe_until is not None:
        decision = observed(decision, observe_until, access.now)
    return decision, seen


def access_class(_policy: Policy, access: Access) -> AccessClass:
    """Give which request conditions hold: equal classes are decided alike (G1).

    For each reading of the path the bucket and the truth of its conditions on the request, and
    before them what the browser says of another site.
    """
    told = cross_site.is_refused(access), cross_site.is_preflight(access)
    return (*told, *[_reading_class(access, path) for path in _paths(access)])


def _reading_class(access: Access, path: str) -> AccessClass:
    folded = fold(path)
    bucket = access.site.index.bucket(folded)
    if not bucket.request:
        return (bucket.id,)
    seen = Seen(access, path, folded)
    return (bucket.id, *[each.match(seen) is HIT for each in bucket.request])


def first_match(steps: Iterable[Step], seen: Seen) -> Found:
    """Give the first rule that is not a miss; rules that only report never decide (G7)."""
    reported: tuple[Rule, ...] = ()
    place = -1
    for place, (rule, conditions) in enumerate(steps):
        match = all_of(conditions, seen)
        if match is MISS:
            continue
        if not rule.report:
            return rule, match, place, reported
        if match is HIT:
            reported += (rule,)
    return None, MISS, place + 1, reported


# --- readings ------------------------------------------------------------------------------


def _paths(access: Access) -> tuple[str, ...]:
    return access.target.readings or (access.target.path,)


def _views(access: Access, name: str | None) -> list[tuple[Seen, Bucket]]:
    """Give every reading of the path, and of the clock where it is doubtful, with its rules."""
    views: list[tuple[Seen, Bucket]] = []
    for path in _paths(access):
        folded = fold(path)
        seen, bucket = Seen(access, path, folded, name), access.site.index.bucket(folded)
        views.append((seen, bucket))
        if bucket.timed and any(condition.doubtful(seen) for _, condition in bucket.timed):
            views.append((seen._replace(wide=True), bucket))
    return views


# --- one reading ---------------------------------------------------------------------------


def _decided(who: Asker, seen: Seen, bucket: Bucket) -> Decision:
    rule, match, place, reported = first_match(bucket.steps, seen)
    until = _until(who, seen, bucket, place)
    if rule is not None:
        decision = follow(who, rule, match, until)
    else:
        decision = _NO_RULE if until is None else _NO_RULE._replace(until=until)
    return _reporting(decision, who, reported) if reported else decision


def _until(who: Asker, seen: Seen, bucket: Bucket, place: int) -> datetime | None:
    """Give when the clock next changes a rule that was looked at, or who asks where that counts."""
    until = who.until if bucket.personal[place] else None
    for looked, condition in bucket.timed:
        if looked <= place:
            until = earliest(until, condition.edge(seen))
    return until


def _reporting(decision: Decision, who: Asker, reported: tuple[Rule, ...]) -> Decision:
    """Add what the rules that only report would have done, and until when they would."""
    would = [(rule, follow(who, rule, HIT, None)) for rule in reported]
    reports = tuple(Report(rule=rule.ref, would=each.outcome) for rule, each in would)
    until = reduce(earliest, (each.until for _, each in would), decision.until)
    return decision._replace(reports=reports, until=until)
