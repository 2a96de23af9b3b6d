"""What follows from one rule, in the order of the checks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest

from gate.core.asker import asker
from gate.core.conditions import HIT, MAY, Match
from gate.core.decision import (
    Decision,
    Deny,
    Level,
    Obligation,
    Permit,
    Reason,
    SignIn,
    StepUp,
)
from gate.core.policy import Policy
from gate.core.rules import Denied, Public, Then
from gate.core.subject import AccountState, Method, Proof, Session
from gate.core.verdict import depends_on_session, follow
from tests.support.decisions import (
    NOW,
    OFFICE,
    access,
    account,
    address,
    allowlist,
    entry,
    group,
    headers,
    policy,
    proof,
    ref,
    required,
    rule,
    session,
    site,
)

PASSWORD, TOTP, KEY = Method.PASSWORD, Method.TOTP, Method.SECURITY_KEY
SECOND, ANY_KEY = Level.SECOND_FACTOR, Level.SECURITY_KEY
MINUTE: Final = timedelta(minutes=1)
SITE = site()
POLICY = policy(SITE)
RULE: Final = ref("r")
PRIVATE: Final = frozenset(Obligation)
END: Final = NOW + 59 * MINUTE  # of a session seen a minute ago

TOTP_ONLY = account(has_totp=True)
KEY_ONLY = account(has_security_key=True)
BOTH = account(has_totp=True, has_security_key=True)
NONE = account()


def verdict(
    then: Then,
    who: Session | None = None,
    *,
    match: Match = HIT,
    of: Policy = POLICY,
    **more: Any,
) -> Decision:
    return follow(asker(of, access(SITE, who=who, **more)), rule("r", "any", then), match, None)


def step_up(reason: Reason, level: Level, *methods: Method, within: int | None = None) -> StepUp:
    span = None if within is None else within * MINUTE
    return StepUp(reason=reason, rule=RULE, level=level, within=span, methods=methods)


def permit(reason: Reason = Reason.PERMITTED, *, private: bool = True, **more: Any) -> Permit:
    return Permit(reason=reason, rule=RULE, obligations=PRIVATE if private else frozenset(), **more)


def deny(reason: Reason, text: str = "") -> Deny:
    return Deny(reason=reason, rule=RULE, text=text)


SIGN_IN = SignIn(reason=Reason.NEEDS_SIGN_IN, rule=RULE)


def aged(method: Method, minutes: int, **more: Any) -> Proof:
    return proof(method, minutes * MINUTE, **more)


# --- levels --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("then", "who", "expected"),
    [
        pytest.param(required(), None, SIGN_IN, id="stranger"),
        pytest.param(required(), session(NONE), SIGN_IN, id="nothing proved"),
        pytest.param(required(), session(NONE, TOTP), SIGN_IN, id="no first proof"),
        pytest.param(required(), session(NONE, PASSWORD), permit(), id="signed in"),
        pytest.param(required(), session(KEY_ONLY, KEY), permit(), id="signed in by key"),
        pytest.param(
            required(SECOND),
            session(BOTH, PASSWORD),
            step_up(Reason.NEEDS_SECOND_FACTOR, SECOND, KEY, TOTP),
            id="second factor missing",
        ),
        pytest.param(required(SECOND), session(TOTP_ONLY, PASSWORD, TOTP), permit(), id="code"),
        pytest.param(
            required(SECOND), session(NONE, PASSWORD, Method.RECOVERY_CODE), permit(), id="recovery"
        ),
        pytest.param(required(SECOND), session(KEY_ONLY, Method.PASSKEY), permit(), id="passkey"),
        pytest.param(
            required(SECOND),
            session(KEY_ONLY, KEY),
            step_up(Reason.NEEDS_SECOND_FACTOR, SECOND, PASSWORD),
            id="a key alone needs the password",
        ),
        pytest.param(
            required(SECOND), session(NONE, PASSWORD), deny(Reason.NOT_ENROLLED), id="no factor"
        ),
        pytest.param(
            required(ANY_KEY),
            session(BOTH, PASSWORD, TOTP),
            step_up(Reason.NEEDS_SECURITY_KEY, ANY_KEY, KEY),
            id="t70 a code is no key",
        ),
        pytest.param(
            required(ANY_KEY),
            session(TOTP_ONLY, PASSWORD, TOTP),
            deny(Reason.NEEDS_SECURITY_KEY),
            id="g6 no key",
        ),
        pytest.param(
            required(ANY_KEY),
            session(replace(BOTH, key_counts=False), PASSWORD, aged(KEY, 1, counts_as_key=False)),
            deny(Reason.NEEDS_SECURITY_KEY),
            id="g6 no key that counts, and no loop",
        ),
        pytest.param(
            required(ANY_KEY),
            session(BOTH, PASSWORD, aged(KEY, 1, counts_as_key=False)),
            step_up(Reason.NEEDS_SECURITY_KEY, ANY_KEY, KEY),
            id="g6 another key counts",
        ),
        pytest.param(required(ANY_KEY), session(BOTH, PASSWORD, KEY), permit(), id="key"),
        pytest.param(required(Level.ANY_SESSION), session(TOTP_ONLY, PASSWORD), permit(), id="any"),
        pytest.param(required(Level.ANY_SESSION), session(NONE), SIGN_IN, id="any, none proved"),
        pytest.param(required(Level.OWN_STRONGEST), session(NONE, PASSWORD), permit(), id="own"),
        pytest.param(
            required(Level.OWN_STRONGEST),
            session(TOTP_ONLY, PASSWORD),
            step_up(Reason.NEEDS_SECOND_FACTOR, SECOND, TOTP),
            id="g14 own strongest",
        ),
    ],
)
def test_t70_a_level_is_met_or_asked_for(
    then: Then, who: Session | None, expected: Decision
) -> None:
    assert verdict(then, who) == expected


@pytest.mark.parametrize(
    ("level", "who", "expected"),
    [
        pytest.param(
            SECOND,
            session(BOTH, aged(PASSWORD, 30), aged(TOTP, 5)),
            permit(until=NOW + 10 * MINUTE),
            id="fresh",
        ),
        pytest.param(
            SECOND,
            session(BOTH, aged(PASSWORD, 1), aged(TOTP, 15)),
            step_up(Reason.FACTOR_TOO_OLD, SECOND, KEY, TOTP, within=15),
            id="stale",
        ),
        pytest.param(
            SECOND,
            session(NONE, PASSWORD, Method.RECOVERY_CODE),
            deny(Reason.NOT_ENROLLED),
            id="a recovery code and nothing to freshen it with",
        ),
        pytest.param(
            ANY_KEY,
            session(BOTH, PASSWORD, aged(KEY, 20), TOTP),
            step_up(Reason.FACTOR_TOO_OLD, ANY_KEY, KEY, within=15),
            id="stale key, fresh code",
        ),
        pytest.param(
            Level.SIGNED_IN,
            session(NONE, aged(PASSWORD, 20)),
            step_up(Reason.FACTOR_TOO_OLD, Level.SIGNED_IN, PASSWORD, within=15),
            id="stale password",
        ),
        pytest.param(
            SECOND,
            session(TOTP_ONLY, PASSWORD, aged(TOTP, -3)),
            replace(
                step_up(Reason.FACTOR_TOO_OLD, SECOND, TOTP, within=15), until=NOW + 3 * MINUTE
            ),
            id="proved in the future",
        ),
        pytest.param(
            SECOND,
            session(TOTP_ONLY, PASSWORD),
            step_up(Reason.NEEDS_SECOND_FACTOR, SECOND, TOTP, within=15),
            id="missing",
        ),
    ],
)
def test_g18_a_stale_proof_is_asked_for_again(
    level: Level, who: Session, expected: Decision
) -> None:
    assert verdict(required(level, 15 * MINUTE), who) == expected


@pytest.mark.parametrize(
    ("strict", "opened", "expected"),
    [
        pytest.param(False, 10, permit(), id="fresh when it was opened"),
        pytest.param(
            False,
            1,
            step_up(Reason.FACTOR_TOO_OLD, SECOND, TOTP, within=15),
            id="stale when it was opened",
        ),
        pytest.param(
            True,
            10,
            step_up(Reason.FACTOR_TOO_OLD, SECOND, TOTP, within=15),
            id="strict streams count from now",
        ),
    ],
)
def test_g19_within_counts_at_the_opening_of_a_stream(
    strict: bool, opened: int, expected: Decision
) -> None:
    who = session(TOTP_ONLY, aged(PASSWORD, 20), aged(TOTP, 20))
    of = replace(rule("r", "any", required(SECOND, 15 * MINUTE)), strict_streams=strict)
    asked = access(SITE, who=who, opened_at=NOW - opened * MINUTE)
    assert follow(asker(POLICY, asked), of, HIT, None) == expected


# --- what comes before the proofs ----------------------------------------------------------

AWAY = address("198.51.100.7")
STRICT = policy(SITE, entries=[entry("*", ANY_KEY), entry("alice", networks=OFFICE)])


@pytest.mark.parametrize(
    ("who", "more", "expected"),
    [
        pytest.param(
            session(replace(NONE, state=AccountState.DISABLED), PASSWORD),
            {},
            Reason.ACCOUNT_DISABLED,
            id="disabled",
        ),
        pytest.param(
            session(replace(NONE, state=AccountState.LOCKED), PASSWORD),
            {},
            Reason.ACCOUNT_LOCKED,
            id="locked",
        ),
        pytest.param(
            session(replace(NONE, networks=allowlist("198.51.100.7")), PASSWORD),
            {},
            Reason.IP_NOT_ALLOWED,
            id="own list",
        ),
        pytest.param(
            session(replace(NONE, networks=allowlist()), PASSWORD),
            {},
            Reason.IP_NOT_ALLOWED,
            id="an empty list admits nobody",
        ),
        pytest.param(
            session(BOTH, PASSWORD, KEY),
            {"of": STRICT, "client": AWAY},
            Reason.IP_NOT_ALLOWED,
            id="the list of an entry",
        ),
        pytest.param(
            session(replace(NONE, state=AccountState.DISABLED, networks=allowlist()), PASSWORD),
            {},
            Reason.ACCOUNT_DISABLED,
            id="disabled comes first",
        ),
    ],
)
@pytest.mark.parametrize("then", [required(), required(Level.ANY_SESSION), required(ANY_KEY)])
def test_an_account_is_barred_whatever_it_proves(
    then: Then, who: Session, more: dict[str, Any], expected: Reason
) -> None:
    assert verdict(then, who, **more) == deny(expected)


def test_g7_an_entry_raises_what_a_rule_asks_for() -> None:
    assert verdict(required(), session(BOTH, PASSWORD, TOTP), of=STRICT) == step_up(
        Reason.NEEDS_SECURITY_KEY, ANY_KEY, KEY
    )


def test_g7_the_own_choice_raises_what_a_rule_asks_for() -> None:
    choosy = replace(TOTP_ONLY, always_second_factor=True)
    assert verdict(required(), session(choosy, PASSWORD)) == step_up(
        Reason.NEEDS_SECOND_FACTOR, SECOND, TOTP
    )


@pytest.mark.parametrize(
    ("who", "deadline", "expected"),
    [
        pytest.param(NONE, NOW + MINUTE, permit(until=NOW + MINUTE), id="before it"),
        pytest.param(NONE, NOW, deny(Reason.NOT_ENROLLED), id="from it on"),
        pytest.param(TOTP_ONLY, NOW, permit(), id="enrolled"),
    ],
)
def test_members_must_have_enrolled_by_the_date_of_their_group(
    who: Any, deadline: Any, expected: Decision
) -> None:
    of = policy(SITE, groups=[group("staff", "alice", enrol_by=deadline)])
    assert verdict(required(), session(who, PASSWORD), of=of) == expected


# --- strangers, partial and ended sessions -------------------------------------------------

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
    assert verdict(Public(identity_optional=True), soon, of=of) == replace(
        NAMED, until=NOW + 2 * MINUTE
    )
    assert verdict(Public(identity_optional=True), past, of=of) == replace(
        PLAIN, until=NOW + 2 * MINUTE
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


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        (required(), True),
        (Public(identity_optional=True), True),
        (Public(), False),
        (Denied(), False),
    ],
)
def test_g1_what_follows_depends_on_the_session_or_not(then: Then, *, expected: bool) -> None:
    assert depends_on_session(rule("r", "any", then)) is expected


def test_time_bounds_every_answer() -> None:
    for then in (required(), Public(), Denied()):
        of = rule("r", "any", then)
        for who in (None, session(NONE, PASSWORD)):
            assert follow(asker(POLICY, access(SITE, who=who)), of, HIT, END).until == END
