"""The gate's own pages are decided like any site (G14)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import pytest

from gate.core.decide import decide
from gate.core.decision import Decision, Deny, Level, Obligation, Permit, Reason, SignIn, StepUp
from gate.core.pages_site import (
    ACCOUNT_PAGES,
    ADMIN_PAGES,
    ADMIN_PAGES_FOR_OTHERS,
    NO_SUCH_PAGE,
    OPEN_PAGES,
    PAGES,
    STEP_UP_PAGES,
)
from gate.core.policy import Admins, Policy
from gate.core.subject import AccountState, Method, Session
from tests.support.decisions import NOW, access, account, allowlist, entry, policy, session, site

PROVED: Final = (Method.PASSWORD, Method.TOTP)
ALICE, BOB = account("alice", has_totp=True), account("bob", has_totp=True)
PLAIN = account("carol")
GATE = policy(
    site(),
    entries=[entry("bob", networks=allowlist("203.0.113.9"))],
    admins=Admins(groups=frozenset({"admins"}), accounts=frozenset({"dora"})),
)
DORA = account("dora", has_totp=True)
STRANGER = None
PARTIAL = session(ALICE, Method.PASSWORD)
ADMIN = session(ALICE, *PROVED)
MEMBER = session(BOB, *PROVED)
NO_FACTOR = session(PLAIN, Method.PASSWORD)
BY_NAME = session(DORA, *PROVED)
RECOVERED = session(ALICE, Method.PASSWORD, Method.RECOVERY_CODE)

type Said = tuple[str, Reason, str]


def said(decision: Decision) -> Said:
    assert decision.rule is not None
    return type(decision).__name__, decision.reason, decision.rule.name


def ask(page: str, who: Session | None, of: Policy = GATE) -> Decision:
    return decide(of, access(of.pages, f"/-/gate/{page}", who=who))


OPEN = ("Permit", Reason.PUBLIC, OPEN_PAGES)
NO_PAGE = ("Deny", Reason.NOT_FOUND, NO_SUCH_PAGE)


@pytest.mark.parametrize(
    ("page", "who", "expected"),
    [
        *[
            pytest.param(page, STRANGER, OPEN, id=f"stranger, {page}")
            for page in (
                *("", "sign-in", "sign-in/key/options", "sign-out", "enrol/abc", "arrive"),
                *("static/app.css", "jwks.json"),
            )
        ],
        *[
            pytest.param(page, STRANGER, NO_PAGE, id=f"no page, {page}")
            for page in ("/", "refusal", "sign-in2", "Sign-In", "sign-out/x", "jwks.json/x")
        ],
        ("step-up", STRANGER, ("SignIn", Reason.NEEDS_SIGN_IN, STEP_UP_PAGES)),
        ("step-up", PARTIAL, ("Permit", Reason.PERMITTED, STEP_UP_PAGES)),
        ("step-up/recovery", ADMIN, ("Permit", Reason.PERMITTED, STEP_UP_PAGES)),
        ("account/", STRANGER, ("SignIn", Reason.NEEDS_SIGN_IN, ACCOUNT_PAGES)),
        ("account/security", PARTIAL, ("StepUp", Reason.NEEDS_SECOND_FACTOR, ACCOUNT_PAGES)),
        ("account", MEMBER, ("Permit", Reason.PERMITTED, ACCOUNT_PAGES)),
        ("account/security", NO_FACTOR, ("Permit", Reason.PERMITTED, ACCOUNT_PAGES)),
        ("admin/", STRANGER, ("SignIn", Reason.NEEDS_SIGN_IN, ADMIN_PAGES)),
        ("admin/", PARTIAL, ("StepUp", Reason.NEEDS_SECOND_FACTOR, ADMIN_PAGES)),
        pytest.param(
            "admin/",
            RECOVERED,
            ("StepUp", Reason.FACTOR_TOO_OLD, ADMIN_PAGES),
            id="g21, admin pages after a recovery code",
        ),
        pytest.param(
            "account/security",
            RECOVERED,
            ("Permit", Reason.PERMITTED, ACCOUNT_PAGES),
            id="g21, the account after a recovery code",
        ),
        ("admin/accounts", ADMIN, ("Permit", Reason.PERMITTED, ADMIN_PAGES)),
        ("admin/accounts", BY_NAME, ("Permit", Reason.PERMITTED, ADMIN_PAGES)),
        ("admin/accounts", MEMBER, ("Deny", Reason.RULE_DENIES, ADMIN_PAGES_FOR_OTHERS)),
        ("admin/accounts", NO_FACTOR, ("Deny", Reason.RULE_DENIES, ADMIN_PAGES_FOR_OTHERS)),
    ],
)
def test_g14_pages_are_for_whom_they_are(page: str, who: Session | None, expected: Said) -> None:
    assert said(ask(page, who)) == expected


def test_g14_an_admin_without_a_second_factor_is_not_let_in() -> None:
    plain = session(account("dora"), Method.PASSWORD)
    assert said(ask("admin/", plain)) == ("Deny", Reason.NOT_ENROLLED, ADMIN_PAGES)


def test_g14_without_admins_nobody_opens_the_admin_pages() -> None:
    nobody = policy(site())
    assert said(ask("admin/", ADMIN, nobody)) == (
        "Deny",
        Reason.RULE_DENIES,
        ADMIN_PAGES_FOR_OTHERS,
    )


def test_g14_an_entry_is_demanded_on_account_pages_and_not_on_step_up() -> None:
    strict = policy(site(), entries=[entry("*", Level.SECURITY_KEY)])
    keyed = session(account("eve", has_security_key=True), Method.PASSWORD)
    assert isinstance(ask("step-up", keyed, strict), Permit)
    assert isinstance(ask("account/", keyed, strict), StepUp)


@pytest.mark.parametrize("page", ["step-up", "account/"])
def test_g14_restrictions_hold_on_the_pages(page: str) -> None:
    away = session(account("alice", has_totp=True, networks=allowlist("192.0.2.1")), *PROVED)
    locked = session(account("alice", has_totp=True, state=AccountState.LOCKED), *PROVED)
    assert [ask(page, who).reason for who in (away, locked)] == [
        Reason.IP_NOT_ALLOWED,
        Reason.ACCOUNT_LOCKED,
    ]


def test_g14_open_pages_carry_no_identity_and_others_do() -> None:
    found = [ask(page, ADMIN) for page in ("sign-in", "account/")]
    assert [each.obligations for each in found if isinstance(each, Permit)] == [
        frozenset(),
        frozenset(Obligation),
    ]


def test_an_ended_session_is_sent_to_sign_in() -> None:
    ended = session(ALICE, *PROVED, last_seen=NOW - timedelta(hours=2))
    assert isinstance(ask("account/", ended), SignIn)


def test_the_site_of_the_pages_has_no_hosts_and_a_name_of_its_own() -> None:
    assert (GATE.pages.name, GATE.pages.hosts, GATE.pages.upstream.port) == (PAGES, (), 0)
    assert isinstance(ask("nowhere", ADMIN), Deny)
