"""Warnings about single rules."""

from __future__ import annotations

import pytest

from gate.config.policy_rule_warnings import (
    Found,
    header_permit,
    method_override,
    never_matches,
    public_for_some,
    query_deny,
    report_wider,
)
from tests.support.policies import policy_of, site_text

KEY = "{require: security_key}"
FULL = "{require: second_factor}"


def rule(name: str, when: str, then: str, more: str = "") -> str:
    return f"- {{name: {name}, when: {when}, then: {then}{more}}}\n"


def lines(found: Found) -> list[int]:
    return [at.line - 5 for at, _ in found]  # counted from the first rule


def test_a_rule_that_an_earlier_one_leaves_nothing_is_found() -> None:
    rules = rule("a", "{path: /a/**}", KEY) + rule("b", "{path: /a/b}", FULL)
    ((at, message),) = never_matches(policy_of(site_text(rules)))
    assert str(at) == "p.yaml:7:9"
    assert message == (
        "rule `b` can never match, rule `a` at p.yaml:6:9 takes all of it; move it up or delete it"
    )


def test_a_rule_that_only_reports_takes_nothing() -> None:
    rules = rule("a", "any", KEY, ", mode: report") + rule("b", "any", FULL)
    assert lines(never_matches(policy_of(site_text(rules)))) == []


@pytest.mark.parametrize(("then", "expected"), [("public", [1]), (FULL, [1]), ("{deny: x}", [])])
def test_g13_letting_in_by_a_header_is_found(then: str, expected: list[int]) -> None:
    text = site_text(rule("a", "{header: {X-Api: secret}}", then) + rule("b", "any", then))
    assert lines(header_permit(policy_of(text))) == expected


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (rule("b", "any", FULL), [1]),
        (rule("b", "{path: /a/**}", FULL), [1]),
        (rule("b", "{path: /a/**, method: [GET, POST]}", FULL), [1]),
        (rule("b", "{path: /a/**, method: GET}", FULL), []),
        (rule("b", "{path: /b/**}", FULL), []),
        (rule("b", "any", "{deny: x}"), []),
    ],
)
def test_g13_a_denial_by_query_that_a_post_walks_past_is_found(
    second: str, expected: list[int]
) -> None:
    rules = rule("a", "{path: /a/x, query: {do: delete}}", "{deny: x}") + second
    assert lines(query_deny(policy_of(site_text(rules)))) == expected


@pytest.mark.parametrize("first", [rule("a", "{path: /a}", "{deny: x}"), rule("a", "any", FULL)])
def test_g13_other_rules_are_no_denials_by_query(first: str) -> None:
    text = site_text(first + rule("b", "any", FULL))
    assert lines(query_deny(policy_of(text))) == []


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (rule("a", "{method: DELETE}", KEY) + rule("b", "any", FULL), [1]),
        (rule("a", "{not: {method: PUT}}", FULL), [1]),
        (rule("a", "{method: DELETE}", KEY) + rule("b", "{method: GET}", FULL), []),
        (rule("a", "{method: GET}", KEY) + rule("b", "any", FULL), []),
        (rule("a", "{method: POST}", KEY) + rule("b", "any", FULL), []),
    ],
)
def test_g11_a_rule_by_a_method_that_a_post_may_stand_for_is_found(
    rules: str, expected: list[int]
) -> None:
    assert lines(method_override(policy_of(site_text(rules)))) == expected


@pytest.mark.parametrize(
    ("then", "below", "expected"),
    [
        (KEY, FULL, [1]),
        ("{deny: x}", KEY, [1]),
        (FULL, "public", [1]),
        (FULL, FULL, []),
        (FULL, KEY, []),
        (FULL, "{deny: x}", []),
        ("public", "public", []),
    ],
)
def test_g7_a_rule_on_trial_whose_requests_are_let_through_below_is_found(
    then: str, below: str, expected: list[int]
) -> None:
    rules = rule("a", "{path: /a}", then, ", mode: report") + rule("b", "{path: /a/**}", below)
    # A public rule compares capitals and so covers nothing that does not.
    rules = rules.replace("{path: /a/**}", "any") if below == "public" else rules
    assert lines(report_wider(policy_of(site_text(rules)))) == expected


def test_g7_a_rule_on_trial_with_nothing_below_is_fine() -> None:
    rules = rule("a", "any", KEY, ", mode: report") + rule("b", "{path: /b}", FULL)
    assert lines(report_wider(policy_of(site_text(rules)))) == []


@pytest.mark.parametrize("then", ["public", "{public: true, identity: optional}"])
@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("{account: alice}", [1]),
        ("{group: staff, path: /a/**}", [1]),
        ("{not: {account: alice}}", [1]),
        ("{path: /a/**}", []),
        ("any", []),
    ],
)
def test_g7_a_public_rule_that_hangs_on_who_asks_is_found(
    when: str, expected: list[int], then: str
) -> None:
    text = "groups: {staff: [alice]}\n" + site_text(rule("a", when, then))
    assert [at.line - 6 for at, _ in public_for_some(policy_of(text))] == expected


def test_g7_a_rule_that_asks_who_somebody_is_and_for_a_proof_is_as_it_should_be() -> None:
    text = site_text(rule("a", "{account: alice}", FULL))
    assert lines(public_for_some(policy_of(text))) == []
