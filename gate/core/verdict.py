"""What follows from one rule for whoever asks.

The checks stand in this order, and the first that fails answers: somebody has to be signed in,
the account usable, the address admitted, a second factor enrolled in time, everything demanded
proved, and proved recently enough.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, assert_never

from gate.core import cross_site
from gate.core.asker import Asker, barred
from gate.core.conditions import MAY, Match
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
from gate.core.levels import missing_methods
from gate.core.proofs import (
    OPT_UP,
    Met,
    Missing,
    Stale,
    Standing,
    demanded,
    earliest,
    standing,
)
from gate.core.rules import Denied, Public, Required, Requirement, Rule
from gate.core.subject import Session

PRIVATE: Final = frozenset(Obligation)  # what comes with every permit that is not public
NOTHING: Final = frozenset[Obligation]()


def follow(who: Asker, rule: Rule, match: Match, until: datetime | None) -> Decision:
    """Give what a rule that is not a miss says, and time alone leaves so until a moment."""
    if cross_site.is_preflight(who.access) and not cross_site.names_options(rule):
        return Deny(reason=Reason.CROSS_SITE, rule=rule.ref, until=until)
    if match is MAY:
        return _who_is_it(who, rule, until)
    then = rule.then
    match then:
        case Required():
            return _required(who, rule, then.requirement, until)
        case Public(identity_optional=True):
            return _with_identity(who, rule, until)
        case Public() | Denied():
            return _to_strangers(rule, until)
        case _:
            assert_never(then)


# --- strangers and partial sessions (G8) ---------------------------------------------------


def _to_strangers(rule: Rule, until: datetime | None) -> Decision:
    answer = rule.to_strangers
    return answer if until is None else answer._replace(until=until)


def _sign_in(who: Asker, rule: Rule, until: datetime | None) -> SignIn:
    if until is None and not who.ended:
        return rule.sign_in
    reason = Reason.SESSION_ENDED if who.ended else Reason.NEEDS_SIGN_IN
    return SignIn(reason=reason, rule=rule.ref, until=until)


def _who_is_it(who: Asker, rule: Rule, until: datetime | None) -> Decision:
    if who.session is None:
        return _sign_in(who, rule, until)
    bar = barred(who, who.session)
    if bar is not None:
        return Deny(reason=bar, rule=rule.ref, until=until)
    return _ask(who.session, OPT_UP, rule, until)


# --- public --------------------------------------------------------------------------------


def _with_identity(who: Asker, rule: Rule, until: datetime | None) -> Decision:
    session = who.session
    if session is None or barred(who, session) is not None:
        return _to_strangers(rule, until)
    found = _standing(who, session, rule, OPT_UP)
    if isinstance(found, Missing):
        return _to_strangers(rule, until)
    until = earliest(until, found.until)
    obligations = PRIVATE if isinstance(found, Met) else NOTHING
    return Permit(reason=Reason.PUBLIC, rule=rule.ref, until=until, obligations=obligations)


# --- required ------------------------------------------------------------------------------


def _required(who: Asker, rule: Rule, asked: Requirement, until: datetime | None) -> Decision:
    session = who.session
    if session is None:
        return _sign_in(who, rule, until)
    bar = barred(who, session)
    if bar is not None:
        return Deny(reason=bar, rule=rule.ref, until=until)
    if asked.level is Level.ANY_SESSION:
        return _permit(rule, until) if session.proofs else _sign_in(who, rule, until)
    if not session.account.has_second_factor:
        enrol_by = who.policy.enrol_by(session.account.name)
        if enrol_by is not None and who.access.now >= enrol_by:
            return Deny(reason=Reason.NOT_ENROLLED, rule=rule.ref, until=until)
        until = earliest(until, enrol_by)
    return _by_proofs(session, rule, _standing(who, session, rule, asked), until)


def _by_proofs(session: Session, rule: Rule, found: Standing, until: datetime | None) -> Decision:
    """Give what the proofs of a session lead to, for a rule that requires some."""
    match found:
        case Met():
            return _permit(rule, earliest(until, found.until))
        case Missing(need=need):
            return _ask(session, need, rule, until)
        case Stale(need=need):
            return _ask(session, need, rule, earliest(until, found.until), stale=True)
        case _:
            assert_never(found)


def _standing(who: Asker, session: Session, rule: Rule, asked: Requirement) -> Standing:
    """Say how the session stands; an open stream is as fresh as it was when it began (G19)."""
    needs = demanded(who.demand, session.account, asked)
    opened_at = who.access.opened_at
    if opened_at is None or rule.strict_streams:
        return standing(needs, session.worth, who.access.now)
    found = standing(needs, session.worth, opened_at)
    return Met() if isinstance(found, Met) else found


def _ask(
    session: Session,
    need: Requirement,
    rule: Rule,
    until: datetime | None,
    *,
    stale: bool = False,
) -> Decision:
    """Ask for a proof, or say that the account has nothing to prove it with."""
    if need.level is Level.SIGNED_IN and Level.SIGNED_IN not in session.worth.reached:
        return SignIn(reason=Reason.NEEDS_SIGN_IN, rule=rule.ref, until=until)
    keys_only = need.level is Level.SECURITY_KEY
    methods = missing_methods(session.account, need.level, session.proofs)
    if not methods:
        if not keys_only:
            return Deny(reason=Reason.NOT_ENROLLED, rule=rule.ref, until=until)
        until = earliest(until, session.account.key_counts_from)
        return Deny(reason=Reason.NEEDS_SECURITY_KEY, rule=rule.ref, until=until)
    reason = Reason.NEEDS_SECURITY_KEY if keys_only else Reason.NEEDS_SECOND_FACTOR
    return StepUp(
        reason=Reason.FACTOR_TOO_OLD if stale else reason,
        rule=rule.ref,
        until=until,
        level=need.level,
        within=need.within,
        methods=methods,
    )


def _permit(rule: Rule, until: datetime | None) -> Permit:
    return Permit(Reason.PERMITTED, rule.ref, until, (), PRIVATE)
