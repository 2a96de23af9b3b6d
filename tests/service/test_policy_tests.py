"""Tests of a policy: what they get, and what is said when that is something else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from gate.core.decision import Reason
from gate.service.policy_tests import failures, run_policy_tests
from tests.support.policies import policy_of, site_text

NOW = datetime(2027, 3, 31, 12, tzinfo=UTC)
RULES = """
- {name: pictures, when: {path: /static/**}, then: public}
- {name: keys, when: {path: /keys/**}, then: {require: security_key, within: 15m}}
- {name: early, when: {time: 00:00-06:00 UTC}, then: {deny: too early}}
- {name: staff, when: {group: staff}, then: {require: second_factor}}
"""
PEOPLE = """\
groups: {staff: [bob]}
networks: {office: 10.0.0.0/8}
accounts: {carol: {networks: office}}
"""


def failure(test: str, options: str = "") -> str:
    text = f"{PEOPLE}{site_text(RULES, options)}tests: [{{name: t, {test}}}]"
    (result,) = run_policy_tests(policy_of(text), NOW)
    return result.failure


def asked(path: str, rest: str, client: str = "192.0.2.1") -> str:
    return f"request: GET https://wiki.example.com{path}, from: {client}, {rest}"


@pytest.mark.parametrize(
    "test",
    [
        asked("/static/a.png", "expect: permit, rule: pictures"),
        asked("/", "expect: sign_in"),
        asked("/", "as: bob, expect: step_up"),
        asked("/", "as: bob, expect: step_up second_factor"),
        asked("/", "as: bob, proofs: {totp: 1h}, expect: permit, rule: staff"),
        asked("/", "as: bob, proofs: {recovery_code: 30d}, expect: permit"),
        asked("/", "as: bob, factors: none, expect: deny"),
        asked("/", "as: dave, proofs: {totp: 1h}, expect: deny"),
        asked(
            "/",
            "as: bob, proofs: {totp: 1h}, time: 2027-03-31T05:00:00Z, expect: deny, rule: early",
        ),
        asked("/keys/", "as: dave, proofs: {totp: 1m}, expect: step_up security_key"),
        asked("/keys/", "as: dave, proofs: {security_key: 1m}, expect: permit"),
        asked("/keys/", "as: dave, proofs: {security_key: 20m}, expect: step_up security_key"),
        asked("/keys/", "as: dave, proofs: {passkey: 1m}, expect: permit"),
        asked("/keys/", "as: carol, proofs: {security_key: 1m}, expect: deny"),
        asked("/keys/", "as: carol, proofs: {security_key: 1m}, expect: permit", "10.1.2.3"),
        asked("/a//b", "expect: deny"),
        asked("/-/gate/account/", "expect: sign_in"),
        asked("/-/gate/sign-in", "expect: permit"),
    ],
)
def test_a_test_gets_what_it_expects(test: str) -> None:
    assert failure(test) == ""


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        (
            asked("/", "expect: permit"),
            "expected `permit`, came `sign_in` (needs_sign_in), rule `staff` (p.yaml:12:9)",
        ),
        (
            asked("/keys/", "as: bob, expect: step_up second_factor"),
            (
                "expected `step_up second_factor`, came `step_up security_key`"
                " (needs_security_key), rule `keys` (p.yaml:10:9)"
            ),
        ),
        (
            asked("/", "as: dave, proofs: {totp: 1m}, expect: permit"),
            "expected `permit`, came `deny` (no_rule_matched)",
        ),
        (
            asked("/static/", "expect: permit, rule: staff"),
            "expected the rule `staff`, came `permit` (public), rule `pictures` (p.yaml:9:9)",
        ),
        (
            asked("/", "as: dave, proofs: {totp: 1m}, expect: deny, rule: staff"),
            "expected the rule `staff`, came `deny` (no_rule_matched)",
        ),
        (asked("/a//b", "expect: permit"), "expected `permit`, came `deny` (unclean_request)"),
    ],
)
def test_a_failure_says_what_came_and_where_the_rule_is(test: str, expected: str) -> None:
    assert failure(test) == expected


def test_g7_a_test_of_a_site_that_observes_is_about_its_rules() -> None:
    observes = "mode: observe\nobserve_until: 2027-12-31"
    assert failure(asked("/", "expect: sign_in"), observes) == ""
    assert "came `sign_in`" in failure(asked("/", "expect: permit"), observes)


def test_failures_are_problems_at_their_place() -> None:
    good, bad = asked("/", "expect: sign_in"), asked("/", "expect: permit")
    text = f"{site_text(RULES, '')}tests:\n  - {{name: good, {good}}}\n  - {{name: bad, {bad}}}\n"
    results = run_policy_tests(policy_of(f"{PEOPLE}{text}"), NOW)
    assert [result.passed for result in results] == [True, False]
    (problem,) = failures(results)
    assert str(problem).startswith("p.yaml:15:12: test `bad` failed: expected `permit`, came `sign")
    assert results[0].came.reason is Reason.NEEDS_SIGN_IN


def test_a_request_that_is_none_is_denied() -> None:
    policy = policy_of(f"{site_text()}tests: [{{name: t, {asked('/', 'expect: deny')}}}]")
    (test,) = policy.tests
    odd = replace(policy, tests=(replace(test, url="nowhere"), replace(test, client="nobody")))
    assert all(result.passed for result in run_policy_tests(odd, NOW))
