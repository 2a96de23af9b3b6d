"""What follows from one rule for whoever asks.

The checks stand in this order, and the first that fails answers: somebody has to be signed in,
the account usable, the address admitted, a second factor enrolled in time, everything demanded
proved, and proved recently enough.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple, assert_never

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
    RuleRef,
    SignIn,
    StepUp,
)
from gate.core.levels import missing_methods, reaches
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


class Ground(NamedTuple):
    """Where a decision comes from: the rule, and until when time leaves it as it is."""

    rule: RuleRef
    until: datetime | None


def follow(who: Asker, rule: Rule, match: Match, until: datetime | None) -> Decision:
    """Give what a rule that is not a miss says."""
    ground = Ground(rule.ref, until)
    if cross_site.is_preflight(who.access) and not cross_site.names_options(rule):
        return Deny(reason=Reason.CROSS_SITE, rule=rule.ref, until=until)
    if match is MAY:
        return _who_is_it(who, ground)
    match rule.then:
        case Required(requirement=requirement):
            return _required(who, rule, requirement, ground)
        case Public(identity_optional=identity):
            return _public(who, rule, ground, identity=identity)
        case Denied(text=text, reason=reason):
            return Deny(reason=reason, rule=rule.ref, until=until, text=text)
        case _:
            assert_never(rule.then)


def depends_on_session(rule: Rule) -> bool:
    """Say whether what follows from a rule depends on who is signed in."""
    then = rule.then
    return isinstance(then, Required) or (isinstance(then, Public) and then.identity_optional)


# --- strangers and partial sessions (G8) ---------------------------------------------------


def _sign_in(who: Asker, ground: Ground) -> SignIn:
    reason = Reason.SESSION_ENDED if who.ended else Reason.NEEDS_SIGN_IN
    return SignIn(reason=reason, rule=ground.rule, until=ground.until)


def _who_is_it(who: Asker, ground: Ground) -> Decision:
    if who.session is None:
        return _sign_in(who, ground)
    bar = barred(who, who.session)
    if bar is not None:
        return Deny(reason=bar, rule=ground.rule, until=ground.until)
    return _ask(who.session, OPT_UP, ground)


# --- public --------------------------------------------------------------------------------


def _public(who: Asker, rule: Rule, ground: Ground, *, identity: bool) -> Permit:
    until = ground.until
    obligations = NOTHING
    if identity and who.session is not None and barred(who, who.session) is None:
        found = _standing(who, who.session, rule)
        if not isinstance(found, Missing):
            until = earliest(until, found.until)
        if isinstance(found, Met):
            obligations = PRIVATE
    return Permit(reason=Reason.PUBLIC, rule=ground.rule, until=until, obligations=obligations)


# --- required ------------------------------------------------------------------------------


def _required(who: Asker, rule: Rule, requirement: Requirement, ground: Ground) -> Decision:
    session = who.session
    if session is None:
        return _sign_in(who, ground)
    bar = barred(who, session)
    if bar is not None:
        return Deny(reason=bar, rule=ground.rule, until=ground.until)
    if requirement.level is Level.ANY_SESSION:
        return _permit(ground) if session.proofs else _sign_in(who, ground)
    enrol_by = who.policy.enrol_by(session.account.name)
    if enrol_by is not None and not session.account.has_second_factor:
        if who.access.now >= enrol_by:
            return Deny(reason=Reason.NOT_ENROLLED, rule=ground.rule, until=ground.until)
        ground = Ground(ground.rule, earliest(ground.until, enrol_by))
    return _by_proofs(who, session, rule, ground)


def _by_proofs(who: Asker, session: Session, rule: Rule, ground: Ground) -> Decision:
    """Give what the proofs of a session lead to, for a rule that requires some."""
    found = _standing(who, session, rule)
    match found:
        case Met(until=None):
            return _permit(ground)
        case Met(until=until):
            return _permit(Ground(ground.rule, earliest(ground.until, until)))
        case Missing(need=need):
            return _ask(session, need, ground)
        case Stale(need=need, until=until):
            later = Ground(ground.rule, earliest(ground.until, until))
            return _ask(session, need, later, stale=True)
        case _:
            assert_never(found)


def _standing(who: Asker, session: Session, rule: Rule) -> Standing:
    """Say how the session stands; an open stream is as fresh as it was when it began (G19)."""
    asked = rule.then.requirement if isinstance(rule.then, Required) else OPT_UP
    needs = demanded(who.policy, session.account, asked)
    opened_at = who.access.opened_at
    if opened_at is None or rule.strict_streams:
        return standing(needs, session.proofs, who.access.now)
    found = standing(needs, session.proofs, opened_at)
    return Met() if isinstance(found, Met) else found


def _ask(session: Session, need: Requirement, ground: Ground, *, stale: bool = False) -> Decision:
    """Ask for a proof, or say that the account has nothing to prove it with."""
    rule, until = ground
    if not reaches(Level.SIGNED_IN, session.proofs) and need.level is Level.SIGNED_IN:
        return SignIn(reason=Reason.NEEDS_SIGN_IN, rule=rule, until=until)
    keys_only = need.level is Level.SECURITY_KEY
    methods = missing_methods(session.account, need.level, session.proofs)
    if not methods:
        reason = Reason.NEEDS_SECURITY_KEY if keys_only else Reason.NOT_ENROLLED
        return Deny(reason=reason, rule=rule, until=until)
    reason = Reason.NEEDS_SECURITY_KEY if keys_only else Reason.NEEDS_SECOND_FACTOR
    return StepUp(
        reason=Reason.FACTOR_TOO_OLD if stale else reason,
        rule=rule,
        until=until,
        level=need.level,
        within=need.within,
        methods=methods,
    )


def _permit(ground: Ground) -> Permit:
    return Permit(
        reason=Reason.PERMITTED, rule=ground.rule, until=ground.until, obligations=PRIVATE
    )
