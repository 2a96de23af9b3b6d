"""Warnings about single rules: those that are not reached, and those that promise too much."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gate.config.policy_cover import all_implied, takes_all_of
from gate.core.conditions import leaves
from gate.core.conditions.account import Accounts
from gate.core.conditions.group import Groups
from gate.core.conditions.header import Headers
from gate.core.conditions.method import Methods
from gate.core.conditions.path import Path
from gate.core.conditions.query import Query
from gate.core.located import Location
from gate.core.policy import Denied, Policy, Public, Required, Rule, Site
from gate.core.rules import RANK

OVERRIDDEN: Final = frozenset({"PUT", "PATCH", "DELETE"})  # what frameworks let a POST stand for

type Found = Iterator[tuple[Location, str]]


def rules_of(policy: Policy) -> Iterator[tuple[Site, int, Rule]]:
    """Give each rule with its site and its place there."""
    for site in policy.sites.values():
        for place, rule in enumerate(site.rules):
            yield site, place, rule


def never_matches(policy: Policy) -> Found:
    """Find rules that an earlier one leaves nothing."""
    for site, place, rule in rules_of(policy):
        earlier = (each for each in site.rules[:place] if not each.report)
        taker = next((each for each in earlier if takes_all_of(each, rule)), None)
        if taker is not None:
            yield (
                rule.ref.at,
                (
                    f"rule `{rule.ref.name}` can never match, rule `{taker.ref.name}` at"
                    f" {taker.ref.at} takes all of it; move it up or delete it"
                ),
            )


def header_permit(policy: Policy) -> Found:
    """Find rules that let in by what the client says of itself (RULES G13)."""
    for _site, _place, rule in rules_of(policy):
        if isinstance(rule.then, Denied):
            continue
        if any(isinstance(each, Headers) for each in leaves(rule.when)):
            yield (
                rule.ref.at,
                (
                    f"rule `{rule.ref.name}` lets people in by a header that anybody can send; use"
                    " `network`, `group` or a requirement"
                ),
            )


def public_for_some(policy: Policy) -> Found:
    """Find public rules that ask who somebody is, and then ask for nothing more (RULES G7, G8)."""
    for _site, _place, rule in rules_of(policy):
        names_people = any(isinstance(each, Accounts | Groups) for each in leaves(rule.when))
        if names_people and isinstance(rule.then, Public):
            yield (
                rule.ref.at,
                (
                    f"rule `{rule.ref.name}` is public and hangs on who asks: strangers have to"
                    " sign in, and no entry of `accounts` holds for whoever has; write `require`"
                ),
            )


def query_deny(policy: Policy) -> Found:
    """Find denials that a POST walks past (RULES G13)."""
    for site, place, rule in rules_of(policy):
        if not isinstance(rule.then, Denied) or not _reads_query(rule):
            continue
        wider = next((each for each in site.rules[place + 1 :] if _posts_past(rule, each)), None)
        if wider is not None:
            yield (
                rule.ref.at,
                (
                    f"rule `{rule.ref.name}` denies by the query, and rule `{wider.ref.name}` at"
                    f" {wider.ref.at} lets the same through in a POST; deny by path or method"
                ),
            )


def _reads_query(rule: Rule) -> bool:
    return any(isinstance(each, Query) for each in leaves(rule.when))


def _allows_post(rule: Rule) -> bool:
    methods = [each for each in rule.when if isinstance(each, Methods)]
    return not isinstance(rule.then, Denied) and all("POST" in each.methods for each in methods)


def _posts_past(deny: Rule, permit: Rule) -> bool:
    """Say whether a permit takes a POST to where the deny looks."""
    places = [each for each in permit.when if isinstance(each, Path)]
    return _allows_post(permit) and all_implied(deny.when, places)


def method_override(policy: Policy) -> Found:
    """Find sites where a POST may stand for another method (RULES G11)."""
    for site in policy.sites.values():
        posts = any(_allows_post(rule) for rule in site.rules)
        by_method = (rule for rule in site.rules if _names_overridden(rule))
        rule = next(by_method, None)
        if posts and rule is not None:
            yield (
                rule.ref.at,
                (
                    f"rule `{rule.ref.name}` decides by a method that some frameworks take from the"
                    " body of a POST, which the gate can't see; treat POST alike where that matters"
                ),
            )


def _names_overridden(rule: Rule) -> bool:
    methods = (each for each in leaves(rule.when) if isinstance(each, Methods))
    return any(not OVERRIDDEN.isdisjoint(each.methods) for each in methods)


def report_wider(policy: Policy) -> Found:
    """Find rules on trial whose requests are decided more widely (RULES G7)."""
    for site, place, rule in rules_of(policy):
        if not rule.report:
            continue
        later = (each for each in site.rules[place + 1 :] if not each.report)
        taker = next((each for each in later if takes_all_of(each, rule)), None)
        if taker is not None and _strictness(taker) < _strictness(rule):
            yield (
                rule.ref.at,
                (
                    f"rule `{rule.ref.name}` only reports, and rule `{taker.ref.name}` at"
                    f" {taker.ref.at} decides more widely; delete `mode: report` when it is right"
                ),
            )


def _strictness(rule: Rule) -> int:
    if isinstance(rule.then, Public):
        return -1
    if isinstance(rule.then, Required):
        return RANK[rule.then.requirement.level]
    return len(RANK)
