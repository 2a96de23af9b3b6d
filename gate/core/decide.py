"""The decision: rules from top to bottom, the first that is not a miss decides, none denies.

A hit does what the rule says; a may asks who it is (G8). What applies to an account everywhere is
joined to the rule and only ever narrows it (G7). A path with several readings, and a clock with
two, is decided once for each, and the strictest answer holds (G12, G19). Total: no access makes
it raise, and whoever calls it denies if it does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import reduce
from typing import NamedTuple

from gate.core import cross_site
from gate.core.access import Access, Seen
from gate.core.asker import Asker, asker
from gate.core.conditions import HIT, MISS, Match, all_of
from gate.core.conditions.path import fold
from gate.core.decision import AccessClass, Decision, Deny, Reason, Report, outcome
from gate.core.index import Bucket
from gate.core.policy import Policy
from gate.core.proofs import earliest
from gate.core.rules import Rule
from gate.core.strictness import observed, strictest_of
from gate.core.verdict import depends_on_session, follow


class Judged(NamedTuple):
    """A decision and the reading of the access that led to it."""

    decision: Decision
    seen: Seen


class Found(NamedTuple):
    """The first rule that is not a miss, what it said, its place, and reports that hit before."""

    rule: Rule | None
    match: Match
    place: int
    reported: tuple[Rule, ...]


def decide(policy: Policy, access: Access) -> Decision:
    """Give the answer to an access."""
    return judge(policy, access).decision


def judge(policy: Policy, access: Access) -> Judged:
    """Give the answer to an access, and the reading that it comes from."""
    who = asker(policy, access)
    views = _views(access, who.name)
    if cross_site.is_refused(access):
        judged = Judged(Deny(reason=Reason.CROSS_SITE), views[0][0])
    elif len(views) == 1:
        judged = Judged(_decided(who, *views[0]), views[0][0])
    else:
        each = [Judged(_decided(who, seen, bucket), seen) for seen, bucket in views]
        place, decision = strictest_of(tuple(one.decision for one in each))
        judged = Judged(decision, each[place].seen)
    options = access.site.options
    if options.observe_until is None:
        return judged
    return Judged(observed(judged.decision, options.observe_until, access.now), judged.seen)


def access_class(_policy: Policy, access: Access) -> AccessClass:
    """Give which request conditions hold: equal classes are decided alike (G1).

    For each reading of the path the bucket and the truth of its conditions on the request, and
    before them what the browser says of another site.
    """
    readings = (_view(access, path, None) for path in _paths(access))
    return (
        cross_site.is_refused(access),
        cross_site.is_preflight(access),
        *(
            (bucket.id, *[condition.match(seen) is HIT for condition in bucket.request])
            for seen, bucket in readings
        ),
    )


def first_match(rules: Iterable[Rule], seen: Seen) -> Found:
    """Give the first rule that is not a miss; rules that only report never decide (G7)."""
    reported: list[Rule] = []
    place = -1
    for place, rule in enumerate(rules):
        match = all_of(rule.when, seen)
        if match is MISS:
            continue
        if not rule.report:
            return Found(rule, match, place, tuple(reported))
        if match is HIT:
            reported.append(rule)
    return Found(None, MISS, place, tuple(reported))


# --- readings ------------------------------------------------------------------------------


def _paths(access: Access) -> tuple[str, ...]:
    return access.target.readings or (access.target.path,)


def _view(access: Access, path: str, name: str | None) -> tuple[Seen, Bucket]:
    folded = fold(path)
    return Seen(access, path, folded, name), access.site.index.bucket(folded)


def _views(access: Access, name: str | None) -> list[tuple[Seen, Bucket]]:
    """Give every reading of the path, and of the clock where it is doubtful, with its rules."""
    views: list[tuple[Seen, Bucket]] = []
    for path in _paths(access):
        seen, bucket = _view(access, path, name)
        views.append((seen, bucket))
        if bucket.timed and any(condition.doubtful(seen) for _, condition in bucket.timed):
            views.append((seen._replace(wide=True), bucket))
    return views


# --- one reading ---------------------------------------------------------------------------


def _decided(who: Asker, seen: Seen, bucket: Bucket) -> Decision:
    found = first_match(bucket.rules, seen)
    until = _until(who, seen, bucket, found)
    if found.rule is None:
        decision: Decision = Deny(reason=Reason.NO_RULE_MATCHED, until=until)
    else:
        decision = follow(who, found.rule, found.match, until)
    return _reporting(decision, who, found) if found.reported else decision


def _until(who: Asker, seen: Seen, bucket: Bucket, found: Found) -> datetime | None:
    """Give when the clock next changes a rule that was looked at, or ends a session that counts."""
    until = who.ends_at if _session_counts(bucket, found) else None
    for place, condition in bucket.timed:
        if place <= found.place:
            until = earliest(until, condition.edge(seen))
    return until


def _session_counts(bucket: Bucket, found: Found) -> bool:
    if bucket.personal_from <= found.place:
        return True
    if found.rule is not None and depends_on_session(found.rule):
        return True
    return any(depends_on_session(rule) for rule in found.reported)


def _reporting(decision: Decision, who: Asker, found: Found) -> Decision:
    """Add what the rules that only report would have done, and until when they would."""
    would = [(rule, follow(who, rule, HIT, None)) for rule in found.reported]
    reports = tuple(Report(rule=rule.ref, would=outcome(each)) for rule, each in would)
    until = reduce(earliest, (each.until for _, each in would), decision.until)
    return replace(decision, reports=reports, until=until)
