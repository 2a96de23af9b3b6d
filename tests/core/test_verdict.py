"""What follows from one rule, in the order of the checks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gate.core.asker import asker
from gate.core.conditions import HIT
from gate.core.decision import (
    Decision,
    Level,
    Reason,
)
from gate.core.rules import Then
from gate.core.subject import AccountState, Method, Session
from gate.core.verdict import follow
from tests.support.decisions import (
    NOW,
    access,
    allowlist,
    group,
    policy,
    required,
    rule,
    session,
)
from tests.support.verdicts import (
    ANY_KEY,
    AWAY,
    BOTH,
    KEY,
    KEY_ONLY,
    MINUTE,
    NONE,
    PASSWORD,
    POLICY,
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
            session(replace(BOTH, key_counts=False, key_counts_from=NOW + MINUTE), PASSWORD, TOTP),
            deny(Reason.NEEDS_SECURITY_KEY, until=NOW + MINUTE),
            id="g6 no key that counts yet",
        ),
        pytest.param(
            required(ANY_KEY),
            session(replace(BOTH, key_counts=False, key_counts_from=NOW), PASSWORD, TOTP),
            step_up(Reason.NEEDS_SECURITY_KEY, ANY_KEY, KEY),
            id="g6 a key that waited long enough",
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
            step_up(Reason.FACTOR_TOO_OLD, SECOND, TOTP, within=15)._replace(
                until=NOW + 3 * MINUTE
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
