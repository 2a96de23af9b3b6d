"""Decisions: how long they hold, and what their class is made of (G1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from gate.core.conditions import HIT, MISS
from gate.core.decide import access_class, decide, first_match, judge
from gate.core.index import Step
from gate.core.rules import Public, Rule
from tests.support.decisions import (
    HOME,
    NOW,
    access,
    account,
    headers,
    policy,
    rule,
    session,
    site,
    trial,
)
from tests.support.wiki import (
    BOB,
    END,
    NOT_FOR_OTHERS,
    OPEN,
    PASSWORD,
    POLICY,
    STAFF,
    TOTP,
    WIKI,
    proved,
)

HOURS = rule("hours", {"path": "/h/**", "time": "08:00-18:00 UTC"}, Public())
SHUT = NOW + timedelta(hours=6)


@pytest.mark.parametrize(
    ("rules", "path", "expected"),
    [
        pytest.param((OPEN,), "/", None, id="never"),
        pytest.param((HOURS, OPEN), "/h/x", SHUT, id="the clock of the rule that decides"),
        pytest.param((HOURS, OPEN), "/x", None, id="a rule of another path"),
        pytest.param((OPEN, HOURS), "/h/x", None, id="a rule below is not looked at"),
        pytest.param((OPEN, STAFF), "/", None, id="nor does it make the session count"),
        pytest.param((STAFF, OPEN), "/", END, id="a rule that looked at the person"),
    ],
)
def test_g1_a_decision_knows_how_long_it_holds(
    rules: tuple[Rule, ...], path: str, expected: datetime | None
) -> None:
    timed = site(*rules)
    who = session(account("carol"), PASSWORD)
    assert decide(policy(timed), access(timed, path, who=who)).until == expected


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        pytest.param(timedelta(minutes=5), NOW + timedelta(minutes=5), id="it runs"),
        pytest.param(timedelta(days=2), END, id="the session ends before it"),
        pytest.param(timedelta(0), END, id="it is over"),
    ],
)
def test_g15_no_decision_holds_beyond_the_trial_of_a_list(
    left: timedelta, expected: datetime
) -> None:
    timed = site(STAFF)
    for tried in (HOME, "192.0.2.0/24"):
        person = account("bob", trial=trial(tried, until=NOW + left))
        asked = access(timed, who=session(person, PASSWORD))
        assert decide(policy(timed), asked).until == expected


# --- classes (G1) --------------------------------------------------------------------------


def test_g1_the_class_is_the_truth_of_every_condition_on_the_request() -> None:
    asked = access(WIKI, "/static/x")
    bucket = WIKI.index.bucket("/static/x")
    assert access_class(POLICY, asked) == (False, False, (bucket.id, True, True))
    assert access_class(POLICY, replace(asked, method="POST")) == (
        False,
        False,
        (bucket.id, True, False),
    )


def test_g1_a_lenient_path_has_one_part_of_the_class_a_reading() -> None:
    asked = access(WIKI, "/page", readings=("/page", "/static/x"))
    assert [len(part) for part in access_class(POLICY, asked)[2:] if isinstance(part, tuple)] == [
        1,
        3,
    ]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        pytest.param(
            {"method": "POST", "headers": headers({"Sec-Fetch-Site": "cross-site"})},
            (True, False),
            id="another site",
        ),
        pytest.param(
            {
                "method": "OPTIONS",
                "headers": headers({"Access-Control-Request-Method": "PUT"}),
            },
            (False, True),
            id="a preflight",
        ),
    ],
)
def test_g1_what_a_browser_says_of_another_site_is_in_the_class(
    more: dict[str, Any], expected: tuple[bool, bool]
) -> None:
    assert access_class(POLICY, access(WIKI, "/page", **more))[:2] == expected


def test_the_first_match_is_found_with_its_place() -> None:
    seen = judge(POLICY, access(WIKI, "/admin", who=proved(BOB, PASSWORD, TOTP))).seen
    whole = [Step(each, each.when) for each in WIKI.rules]
    assert first_match(whole, seen) == (NOT_FOR_OTHERS, HIT, 2, ())
    assert first_match(whole[:2], seen) == (None, MISS, 2, ())
    assert first_match((), seen) == (None, MISS, 0, ())
