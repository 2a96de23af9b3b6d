"""The decision: first match, readings, classes, reports, and properties over drawn policies."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from gate.core.decide import decide, judge
from gate.core.decision import (
    Decision,
    Deny,
    Obligation,
    Permit,
    Reason,
    Report,
    SignIn,
    StepUp,
)
from gate.core.rules import Denied, Public, Rule
from gate.core.subject import Session
from tests.support.decisions import (
    NOW,
    access,
    account,
    address,
    headers,
    policy,
    required,
    rule,
    session,
    site,
)
from tests.support.wiki import (
    ADMINISTRATION,
    ALICE,
    ANY_KEY,
    BOB,
    END,
    KEY,
    MINUTE,
    NOT_FOR_OTHERS,
    OPEN,
    PASSWORD,
    POLICY,
    PRIVATE,
    SECOND,
    STAFF,
    STATIC,
    TOTP,
    WIKI,
    aged,
    ask,
    proved,
)


@pytest.mark.parametrize(
    ("path", "who", "more", "expected"),
    [
        pytest.param(
            "/static/a.css",
            None,
            {},
            Permit(reason=Reason.PUBLIC, rule=STATIC.ref),
            id="public",
        ),
        pytest.param(
            "/Static/a.css",
            None,
            {},
            SignIn(reason=Reason.NEEDS_SIGN_IN, rule=STAFF.ref),
            id="g12 public is exact",
        ),
        pytest.param(
            "/static/a.css",
            None,
            {"method": "POST"},
            SignIn(reason=Reason.NEEDS_SIGN_IN, rule=STAFF.ref),
            id="another method is another rule",
        ),
        pytest.param(
            "/Admin/users",
            None,
            {},
            SignIn(reason=Reason.NEEDS_SIGN_IN, rule=ADMINISTRATION.ref),
            id="g8 a stranger in the office may be an admin",
        ),
        pytest.param(
            "/admin/users",
            None,
            {"client": address("198.51.100.7")},
            Deny(
                reason=Reason.RULE_DENIES,
                rule=NOT_FOR_OTHERS.ref,
                text="administration is for admins in the office",
            ),
            id="nobody outside the office is",
        ),
        pytest.param(
            "/admin/users",
            proved(BOB, PASSWORD),
            {},
            StepUp(
                reason=Reason.NEEDS_SECOND_FACTOR,
                rule=ADMINISTRATION.ref,
                until=END,
                level=SECOND,
                methods=(TOTP,),
            ),
            id="g8 a partial session may be an admin's",
        ),
        pytest.param(
            "/admin/users",
            proved(BOB, PASSWORD, TOTP),
            {},
            Deny(
                reason=Reason.RULE_DENIES,
                rule=NOT_FOR_OTHERS.ref,
                until=END,
                text="administration is for admins in the office",
            ),
            id="a full one is not",
        ),
        pytest.param(
            "/admin/users",
            proved(ALICE, PASSWORD, TOTP),
            {},
            StepUp(
                reason=Reason.NEEDS_SECURITY_KEY,
                rule=ADMINISTRATION.ref,
                until=END,
                level=ANY_KEY,
                within=15 * MINUTE,
                methods=(KEY,),
            ),
            id="t70 a code is no key",
        ),
        pytest.param(
            "/admin/users",
            aged(ALICE, 16),
            {},
            StepUp(
                reason=Reason.FACTOR_TOO_OLD,
                rule=ADMINISTRATION.ref,
                until=END,
                level=ANY_KEY,
                within=15 * MINUTE,
                methods=(KEY,),
            ),
            id="g18 stale key",
        ),
        pytest.param(
            "/admin/users",
            aged(ALICE, 5),
            {},
            Permit(
                reason=Reason.PERMITTED,
                rule=ADMINISTRATION.ref,
                until=NOW + 10 * MINUTE,
                obligations=PRIVATE,
            ),
            id="g18 fresh key",
        ),
        pytest.param(
            "/page",
            proved(BOB, PASSWORD, TOTP),
            {},
            Permit(reason=Reason.PERMITTED, rule=STAFF.ref, until=END, obligations=PRIVATE),
            id="staff",
        ),
        pytest.param(
            "/page",
            proved(account("carol"), PASSWORD),
            {},
            Deny(reason=Reason.NO_RULE_MATCHED, until=END),
            id="t28 no rule denies",
        ),
        pytest.param(
            "/page",
            session(BOB, PASSWORD, TOTP, last_seen=NOW - 60 * MINUTE),
            {},
            SignIn(reason=Reason.SESSION_ENDED, rule=STAFF.ref),
            id="an ended session signs in again",
        ),
        pytest.param(
            "/page",
            proved(BOB, PASSWORD, TOTP),
            {
                "method": "POST",
                "headers": headers({"Host": "wiki.example.com", "Sec-Fetch-Site": "cross-site"}),
            },
            Deny(reason=Reason.CROSS_SITE),
            id="g30 another site",
        ),
    ],
)
def test_the_first_rule_that_is_no_miss_decides(
    path: str, who: Session | None, more: dict[str, Any], expected: Decision
) -> None:
    assert ask(path, who, **more) == expected


def test_t28_a_site_without_rules_denies() -> None:
    empty = site()
    assert decide(policy(empty), access(empty)) == Deny(reason=Reason.NO_RULE_MATCHED)


def test_t28_rules_count_in_file_order() -> None:
    both = (rule("a", "any", Denied(text="a")), rule("b", "any", Public()))
    found = [decide(policy(site(*order)), access(site(*order))) for order in (both, both[::-1])]
    assert [each.outcome for each in found] == ["deny", "permit"]


# --- reports and observing (G7) ------------------------------------------------------------

TRIED = rule("tried", {"path": "/a/**"}, required(SECOND), report=True)
TRIED_FOR_STAFF = rule("for staff", {"group": "staff"}, Denied(), report=True)


@pytest.mark.parametrize(
    ("path", "who", "expected"),
    [
        pytest.param("/a/b", None, (Report(rule=TRIED.ref, would="sign_in"),), id="hit"),
        pytest.param("/b", None, (), id="miss, and may reports nothing"),
        pytest.param(
            "/a/b",
            proved(BOB, PASSWORD, TOTP),
            (
                Report(rule=TRIED.ref, would="permit"),
                Report(rule=TRIED_FOR_STAFF.ref, would="deny"),
            ),
            id="several",
        ),
    ],
)
def test_g7_a_report_rule_records_and_never_decides(
    path: str, who: Session | None, expected: tuple[Report, ...]
) -> None:
    tried = site(TRIED, TRIED_FOR_STAFF, OPEN)
    found = decide(policy(tried), access(tried, path, who=who))
    assert (found.reason, found.rule, found.reports) == (Reason.PUBLIC, OPEN.ref, expected)


def test_g7_reports_alone_deny() -> None:
    tried = site(TRIED)
    assert decide(policy(tried), access(tried, "/a")) == Deny(
        reason=Reason.NO_RULE_MATCHED, reports=(Report(rule=TRIED.ref, would="sign_in"),)
    )


def test_g1_a_report_holds_no_longer_than_what_it_reports() -> None:
    fresh = rule("fresh", "any", required(SECOND, 5 * MINUTE), report=True)
    tried = site(fresh, OPEN)
    who = session(BOB, PASSWORD, TOTP)
    assert decide(policy(tried), access(tried, who=who)).until == NOW + 4 * MINUTE


def test_g7_an_observing_site_permits_and_says_what_it_would_do() -> None:
    watched = site(NOT_FOR_OTHERS, STAFF, observe_until=NOW + 5 * MINUTE)
    real = Deny(
        reason=Reason.RULE_DENIES,
        rule=NOT_FOR_OTHERS.ref,
        text="administration is for admins in the office",
    )
    assert decide(policy(watched), access(watched, "/admin")) == Permit(
        reason=Reason.OBSERVED,
        rule=NOT_FOR_OTHERS.ref,
        until=NOW + 5 * MINUTE,
        obligations=frozenset({Obligation.KEEP_PRIVATE}),
        observed=real,
    )
    later = access(watched, "/admin", now=NOW + 5 * MINUTE)
    assert decide(policy(watched), later) == real


# --- readings (G12) and doubtful clocks (G19) ----------------------------------------------


@pytest.mark.parametrize(
    ("readings", "who", "expected"),
    [
        pytest.param(("/static/x", "/admin/x"), None, "sign_in", id="public or sign-in"),
        pytest.param(
            ("/page", "/admin/x"), proved(BOB, PASSWORD, TOTP), "deny", id="permit or deny"
        ),
        pytest.param(
            ("/page", "/admin/x"), proved(ALICE, PASSWORD, TOTP), "step_up", id="permit or step-up"
        ),
        pytest.param(("/static/x", "/static/y"), None, "permit", id="all alike"),
        pytest.param((), None, "sign_in", id="no reading: the path itself"),
    ],
)
def test_g12_every_reading_is_decided_and_the_strictest_holds(
    readings: tuple[str, ...], who: Session | None, expected: str
) -> None:
    found = decide(POLICY, access(WIKI, "/page", who=who, readings=readings))
    assert found.outcome == expected


def test_g12_the_reading_that_decided_is_known() -> None:
    judged = judge(POLICY, access(WIKI, "/page", readings=("/static/x", "/Admin/x")))
    assert (judged.seen.path, judged.seen.folded) == ("/Admin/x", "/admin/x")


NIGHT = rule("night", {"time": "02:30-05:00 Europe/Paris"}, required(SECOND))
GAP = datetime(2026, 3, 29, 1, 15, tzinfo=UTC)  # the clocks skip 02:30 that night


@pytest.mark.parametrize(
    ("rules", "expected", "wide"),
    [
        pytest.param((NIGHT, OPEN), "sign_in", True, id="inside is stricter"),
        pytest.param((NIGHT,), "deny", False, id="outside is stricter"),
    ],
)
def test_g19_a_doubtful_clock_is_read_the_stricter_way(
    rules: tuple[Rule, ...], expected: str, wide: bool
) -> None:
    nightly = site(*rules)
    judged = judge(policy(nightly), access(nightly, now=GAP))
    assert (judged.decision.outcome, judged.seen.wide) == (expected, wide)
    assert judged.decision.until == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
