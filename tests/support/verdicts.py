"""Short ways to ask for a verdict and to write the expected one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from gate.core.asker import asker
from gate.core.conditions import HIT, Match
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
from gate.core.rules import Then
from gate.core.subject import Method, Proof, Session
from gate.core.verdict import follow
from tests.support.decisions import (
    NOW,
    OFFICE,
    access,
    account,
    address,
    entry,
    policy,
    proof,
    ref,
    rule,
    site,
)

PASSWORD, TOTP, KEY = Method.PASSWORD, Method.TOTP, Method.SECURITY_KEY
SECOND, ANY_KEY = Level.SECOND_FACTOR, Level.SECURITY_KEY
MINUTE: Final = timedelta(minutes=1)
SITE = site()
POLICY = policy(SITE)
AWAY = address("198.51.100.7")
STRICT = policy(SITE, entries=[entry("*", ANY_KEY), entry("alice", networks=OFFICE)])
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


def deny(reason: Reason, text: str = "", *, until: datetime | None = None) -> Deny:
    return Deny(reason=reason, rule=RULE, text=text, until=until)


SIGN_IN = SignIn(reason=Reason.NEEDS_SIGN_IN, rule=RULE)


def aged(method: Method, minutes: int, **more: Any) -> Proof:
    return proof(method, minutes * MINUTE, **more)
