"""What follows from a rule."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gate.core.decision import Level
from gate.core.policy import Denied, Public, Required, Requirement, Then
from tests.support.policies import problems_of, rule_of, site_text


def required(level: Level, **more: timedelta) -> Required:
    return Required(requirement=Requirement(level=level, **more))


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        ("public", Public()),
        ("{public: true}", Public()),
        ("{public: true, identity: optional}", Public(identity_optional=True)),
        ("{deny: not here}", Denied(text="not here")),
        ("{deny: 'not\n\n  here '}", Denied(text="not here")),
        ("{require: signed_in}", required(Level.SIGNED_IN)),
        (
            "{require: security_key, within: 30s}",
            required(Level.SECURITY_KEY, within=timedelta(seconds=30)),
        ),
        (
            "{require: second_factor, remember: 400d}",
            required(Level.SECOND_FACTOR, remember=timedelta(days=400)),
        ),
    ],
)
def test_then_is_one_of_three_things(then: str, expected: Then) -> None:
    assert rule_of(f"{{name: a, when: any, then: {then}}}").then == expected


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        ("publik", "unknown `then` `publik`; did you mean `public`?"),
        ("deny", "unknown `then` `deny`; write `{deny: TEXT}`"),
        (
            "second_factor",
            "unknown `then` `second_factor`; did you mean `{require: second_factor}`?",
        ),
        ("[public]", "`then` takes `key: value` entries;"),
        ("{}", "`then` is empty;"),
        ("~", "`then` takes `key: value` entries;"),
        ("{identity: optional}", "`then` needs one of `public`, `deny` and `require`"),
        ("{public: true, deny: x}", "`then` needs one of `public`, `deny` and `require`"),
        ("{public: false}", "unknown `public` `false`"),
        ("{public: true, identity: always}", "unknown `identity` `always`"),
        ("{public: true, within: 1m}", "`within` has no place beside `public`;"),
        ("{deny: x, within: 1m}", "`within` has no place beside `deny`;"),
        ("{require: signed_in, identity: optional}", "`identity` has no place beside `require`;"),
        ("{deny: ''}", "`deny` has no value;"),
        ("{deny: [x]}", "`deny` takes one value;"),
        (f"{{deny: {'x' * 501}}}", "`deny` takes up to 500 printable characters"),
        ("{deny: x\u200bx}", "`deny` takes up to 500 printable characters"),
        ("{require: any_session}", "unknown `require` `any_session`"),
        ("{require: own_strongest}", "unknown `require` `own_strongest`"),
        ("{require: Second_Factor}", "unknown `require` `Second_Factor`"),
    ],
)
def test_t28_then_is_never_guessed(then: str, expected: str) -> None:
    (line,) = problems_of(site_text(f"- {{name: a, when: any, then: {then}}}"))
    assert line.split(": ", 1)[1].startswith(expected)


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        (
            "{require: security_key, within: 29s}",
            "`within` is too short to be met; write at least 30s",
        ),
        ("{require: security_key, within: 1}", "`within` `1` is no time span;"),
    ],
)
def test_g18_within_is_at_least_half_a_minute(then: str, expected: str) -> None:
    (line,) = problems_of(site_text(f"- {{name: a, when: any, then: {then}}}"))
    assert line.split(": ", 1)[1].startswith(expected)


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        ("{require: security_key, remember: 1d}", "`remember` has no place beside `security_key`;"),
        ("{require: signed_in, remember: 1d}", "`remember` has no place beside `signed_in`;"),
        ("{require: second_factor, within: 1m, remember: 1d}", "`remember` and `within` exclude"),
        ("{require: second_factor, remember: 401d}", "`remember` is longer than 400d;"),
    ],
)
def test_g29_a_browser_is_trusted_for_a_second_factor_alone(then: str, expected: str) -> None:
    (line,) = problems_of(site_text(f"- {{name: a, when: any, then: {then}}}"))
    assert line.split(": ", 1)[1].startswith(expected)


def test_an_unknown_level_with_remember_is_told_once() -> None:
    assert (
        len(problems_of(site_text("- {name: a, when: any, then: {require: x, remember: 1d}}"))) == 1
    )


@pytest.mark.parametrize(
    ("mode", "report"), [("", False), (", mode: enforce", False), (", mode: report", True)]
)
def test_g7_a_rule_on_trial_only_reports(mode: str, report: bool) -> None:
    assert rule_of(f"{{name: a, when: any, then: public{mode}}}").report is report


@pytest.mark.parametrize(
    ("streams", "strict"), [("", False), (", streams: usual", False), (", streams: strict", True)]
)
def test_g19_a_rule_may_cut_streams_when_within_has_passed(streams: str, strict: bool) -> None:
    assert rule_of(f"{{name: a, when: any, then: public{streams}}}").strict_streams is strict
