"""Verdicts on strangers, partial and ended sessions, deny, public and preflights."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pytest

from gate.core.asker import asker
from gate.core.conditions import HIT, MAY
from gate.core.decision import (
    Decision,
    Reason,
    SignIn,
)
from gate.core.rules import Denied, Public, Then
from gate.core.subject import AccountState, Session
from gate.core.verdict import follow
from tests.support.decisions import (
    NOW,
    access,
    allowlist,
    entry,
    headers,
    policy,
    required,
    rule,
    session,
)
from tests.support.verdicts import (
    AWAY,
    BOTH,
    END,
    KEY,
    MINUTE,
    NONE,
    PASSWORD,
    POLICY,
    RULE,
    SECOND,
    SIGN_IN,
    SITE,
    STRICT,
    TOTP,
    TOTP_ONLY,
    aged,
    deny,
    permit,
    step_up,
    verdict,
)

ENDED = session(BOTH, PASSWORD, TOTP, last_seen=NOW - 60 * MINUTE)


@pytest.mark.parametrize("then", [required(), Denied(text="no"), Public()])
@pytest.mark.parametrize(
    ("who", "expected"),
    [
        pytest.param(None, SIGN_IN, id="stranger"),
        pytest.param(ENDED, SignIn(reason=Reason.SESSION_ENDED, rule=RULE), id="ended"),
        pytest.param(
            session(TOTP_ONLY, PASSWORD),
            step_up(Reason.NEEDS_SECOND_FACTOR, SECOND, TOTP),
            id="partial",
        ),
        pytest.param(
            session(replace(TOTP_ONLY, networks=allowlist()), PASSWORD),
            deny(Reason.IP_NOT_ALLOWED),
            id="partial, from elsewhere",
        ),
        pytest.param(
            session(replace(NONE, always_second_factor=True), PASSWORD),
            deny(Reason.NOT_ENROLLED),
            id="partial, without a factor",
        ),
    ],
)
def test_g8_may_asks_who_it_is(then: Then, who: Session | None, expected: Decision) -> None:
    assert verdict(then, who, match=MAY) == expected


# --- deny and public -----------------------------------------------------------------------


@pytest.mark.parametrize("who", [None, session(BOTH, PASSWORD, KEY), ENDED])
def test_a_deny_is_the_same_for_everybody(who: Session | None) -> None:
    assert verdict(Denied(text="not here"), who) == deny(Reason.RULE_DENIES, "not here")
    assert verdict(Denied(reason=Reason.NOT_FOUND), who) == deny(Reason.NOT_FOUND)


PLAIN = permit(Reason.PUBLIC, private=False)
NAMED = permit(Reason.PUBLIC)


@pytest.mark.parametrize(
    "who",
    [
        None,
        ENDED,
        session(BOTH, PASSWORD, KEY),
        session(replace(BOTH, state=AccountState.DISABLED, networks=allowlist()), PASSWORD, KEY),
    ],
)
def test_g7_public_treats_everybody_as_a_stranger(who: Session | None) -> None:
    assert verdict(Public(), who, of=STRICT, client=AWAY) == PLAIN


@pytest.mark.parametrize(
    ("who", "more", "expected"),
    [
        pytest.param(None, {}, PLAIN, id="stranger"),
        pytest.param(session(TOTP_ONLY, PASSWORD), {}, PLAIN, id="partial"),
        pytest.param(session(NONE, PASSWORD), {}, PLAIN, id="no second factor"),
        pytest.param(session(TOTP_ONLY, PASSWORD, TOTP), {}, NAMED, id="second factor"),
        pytest.param(session(TOTP_ONLY, PASSWORD, TOTP), {"of": STRICT}, PLAIN, id="entry"),
        pytest.param(session(BOTH, PASSWORD, KEY), {"of": STRICT}, NAMED, id="entry met"),
        pytest.param(
            session(BOTH, PASSWORD, KEY), {"of": STRICT, "client": AWAY}, PLAIN, id="elsewhere"
        ),
        pytest.param(
            session(replace(BOTH, state=AccountState.LOCKED), PASSWORD, KEY), {}, PLAIN, id="locked"
        ),
    ],
)
def test_g7_optional_identity_needs_all_that_a_permit_needs(
    who: Session | None, more: dict[str, Any], expected: Decision
) -> None:
    assert verdict(Public(identity_optional=True), who, **more) == expected


def test_g7_identity_on_public_pages_lasts_as_long_as_its_proofs() -> None:
    fresh = replace(entry("*"), require=required(SECOND, 5 * MINUTE).requirement)
    of = policy(SITE, entries=[fresh])
    soon, past = (session(TOTP_ONLY, PASSWORD, aged(TOTP, age)) for age in (3, -2))
    assert verdict(Public(identity_optional=True), soon, of=of) == NAMED._replace(
        until=NOW + 2 * MINUTE
    )
    assert verdict(Public(identity_optional=True), past, of=of) == PLAIN._replace(
        until=NOW + 2 * MINUTE
    )


# --- preflights ----------------------------------------------------------------------------

ASKS: Final[dict[str, Any]] = {
    "method": "OPTIONS",
    "headers": headers({"Access-Control-Request-Method": "PUT"}),
}


@pytest.mark.parametrize(
    ("when", "then", "expected"),
    [
        pytest.param("any", Public(), deny(Reason.CROSS_SITE), id="public"),
        pytest.param("any", required(), deny(Reason.CROSS_SITE), id="required"),
        pytest.param({"method": "OPTIONS"}, Public(), PLAIN, id="public and named"),
        pytest.param({"method": "OPTIONS"}, required(), SIGN_IN, id="required and named"),
    ],
)
def test_g30_a_preflight_passes_only_where_a_rule_names_it(
    when: Any, then: Then, expected: Decision
) -> None:
    assert follow(asker(POLICY, access(SITE, **ASKS)), rule("r", when, then), HIT, None) == expected


def test_time_bounds_every_answer() -> None:
    for then in (required(), Public(), Denied()):
        of = rule("r", "any", then)
        for who in (None, session(NONE, PASSWORD)):
            assert follow(asker(POLICY, access(SITE, who=who)), of, HIT, END).until == END
