"""The decision: first match, readings, classes, reports, and properties over drawn policies."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import given, strategies as st

from gate.core.access import Access
from gate.core.conditions import MISS, all_of
from gate.core.decide import Found, access_class, decide, first_match, judge
from gate.core.decision import (
    Decision,
    Deny,
    Level,
    Obligation,
    Permit,
    Reason,
    Report,
    SignIn,
    StepUp,
    outcome,
)
from gate.core.policy import Policy
from gate.core.proofs import is_partial
from gate.core.rules import Denied, Public, Rule
from gate.core.subject import Account, Method, Proof, Session
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
from tests.support.drawn_decisions import LISTS, PROOFS, cases, requests

MINUTE: Final = timedelta(minutes=1)
PRIVATE: Final = frozenset(Obligation)
SECOND, ANY_KEY = Level.SECOND_FACTOR, Level.SECURITY_KEY
PASSWORD, TOTP, KEY = Method.PASSWORD, Method.TOTP, Method.SECURITY_KEY
ALICE = account("alice", has_totp=True, has_security_key=True)
BOB = account("bob", has_totp=True)
END: Final = NOW + 59 * MINUTE  # of a session seen a minute ago

# The policy of the documentation.
STATIC = rule(
    "static files", {"path": ["/static/**", "/favicon.ico"], "method": ["GET", "HEAD"]}, Public()
)
ADMINISTRATION = rule(
    "administration",
    {"path": "/admin/**", "group": "admins", "network": "office"},
    required(ANY_KEY, 15 * MINUTE),
)
NOT_FOR_OTHERS = rule(
    "no administration for others",
    {"path": "/admin/**"},
    Denied(text="administration is for admins in the office"),
)
STAFF = rule("staff", {"group": "staff"}, required(SECOND))
WIKI = site(STATIC, ADMINISTRATION, NOT_FOR_OTHERS, STAFF)
POLICY = policy(WIKI)


def ask(path: str, who: Session | None = None, **more: Any) -> Decision:
    return decide(POLICY, access(WIKI, path, who=who, **more))


def proved(of: Account, *methods: Method) -> Session:
    return session(of, *methods)


def aged(of: Account, minutes: int) -> Session:
    return session(of, Proof(method=PASSWORD, at=NOW), Proof(method=KEY, at=NOW - minutes * MINUTE))


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
    assert [outcome(each) for each in found] == ["deny", "permit"]


# --- reports and observing (G7) ------------------------------------------------------------

TRIED = rule("tried", {"path": "/a/**"}, required(SECOND), report=True)
TRIED_FOR_STAFF = rule("for staff", {"group": "staff"}, Denied(), report=True)
OPEN = rule("open", "any", Public())


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
    assert outcome(found) == expected


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
    assert (outcome(judged.decision), judged.seen.wide) == (expected, wide)
    assert judged.decision.until == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


# --- until (G1) ----------------------------------------------------------------------------

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
    found = first_match(WIKI.rules, seen)
    assert (found.rule, found.place) == (NOT_FOR_OTHERS, 2)
    assert first_match((), seen) == Found(None, MISS, -1, ())


# --- properties ----------------------------------------------------------------------------

STRICTNESS: Final = {"permit": 0, "step_up": 1, "sign_in": 2, "deny": 3}


def real(decision: Decision) -> Decision:
    """Give what an observing site would have answered."""
    observed = decision.observed if isinstance(decision, Permit) else None
    return observed or decision


@given(case=cases())
def test_r9_decide_answers_every_access(case: tuple[Policy, Access]) -> None:
    assert outcome(decide(*case)) in STRICTNESS


@given(case=cases())
def test_r9_nothing_is_permitted_without_a_rule_that_matches(case: tuple[Policy, Access]) -> None:
    judged = judge(*case)
    decision = real(judged.decision)
    if isinstance(decision, Permit):
        rules = {each.ref: each for each in case[1].site.rules}
        assert decision.rule is not None
        rule_of = rules[decision.rule]
        assert not isinstance(rule_of.then, Denied)
        assert not rule_of.report
        assert all_of(rule_of.when, judged.seen) is not MISS


@given(case=cases(), more=PROOFS)
def test_a_further_proof_never_takes_a_permit_away(
    case: tuple[Policy, Access], more: Proof
) -> None:
    found, asked = case
    who = asked.session
    if who is None:
        return
    richer = replace(asked, session=replace(who, proofs=(*who.proofs, more)))
    before, after = decide(found, asked), decide(found, richer)
    if isinstance(real(before), Permit):
        assert isinstance(real(after), Permit)
    if before.rule == after.rule and not is_partial(found, who):
        assert STRICTNESS[outcome(after)] <= STRICTNESS[outcome(before)]


@given(case=cases(), own=LISTS)
def test_a_list_of_the_account_never_loosens(case: tuple[Policy, Access], own: Any) -> None:
    found, asked = case
    who = asked.session
    if who is None:
        return
    free = replace(asked, session=replace(who, account=replace(who.account, networks=None)))
    bound = replace(asked, session=replace(who, account=replace(who.account, networks=own)))
    before, after = (real(decide(found, each)) for each in (free, bound))
    assert STRICTNESS[outcome(after)] >= STRICTNESS[outcome(before)]
    if own is not None and not own.admits(asked.client) and isinstance(after, Permit):
        assert after.reason is Reason.PUBLIC
        assert after.obligations == frozenset()


@given(case=cases())
def test_g7_an_entry_never_loosens(case: tuple[Policy, Access]) -> None:
    found, asked = case
    free = real(decide(replace(found, accounts={}), asked))
    bound = real(decide(found, asked))
    assert not isinstance(bound, Permit) or isinstance(free, Permit)


@given(case=cases(), other=requests())
def test_g1_equal_keys_give_equal_decisions(
    case: tuple[Policy, Access], other: dict[str, Any]
) -> None:
    found, asked = case
    second = access(asked.site, who=asked.session, client=asked.client, now=asked.now, **other)
    if access_class(found, asked) == access_class(found, second):
        assert decide(found, asked) == decide(found, second)


@given(case=cases(), share=st.floats(0, 0.999))
def test_g1_time_alone_changes_nothing_before_until(
    case: tuple[Policy, Access], share: float
) -> None:
    found, asked = case
    before = decide(found, asked)
    if before.until is None:
        later = asked.now + timedelta(days=40)
    else:
        assert before.until > asked.now
        later = asked.now + (before.until - asked.now) * share
    after = decide(found, replace(asked, now=later))
    assert (after, after.until) == (before, before.until)


@given(case=cases())
def test_the_index_leaves_out_nothing_that_decides(case: tuple[Policy, Access]) -> None:
    judged = judge(*case)
    decision = real(judged.decision)
    if decision.reason is not Reason.CROSS_SITE:
        whole = first_match(case[1].site.rules, judged.seen).rule
        assert decision.rule == (whole.ref if whole else None)
