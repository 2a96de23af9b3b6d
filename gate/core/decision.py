"""The answers of a decision: Permit, SignIn, StepUp or Deny, each with its reason and rule.

`until` is the earliest moment at which time alone could change an answer; None: never. `reports`
are the rules in report mode that matched.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, NamedTuple

from gate.core.levels import Level
from gate.core.located import Location
from gate.core.proof import Method

__all__ = [
    "AccessClass",
    "Decision",
    "Deny",
    "Level",
    "Obligation",
    "Permit",
    "Reason",
    "Report",
    "RuleRef",
    "SignIn",
    "StepUp",
]


class Reason(StrEnum):
    """The closed list of reasons; page, log, header, metric and command line use these words."""

    PERMITTED = "permitted"
    PUBLIC = "public"
    OBSERVED = "observed"
    IP_NOT_ALLOWED = "ip_not_allowed"
    NEEDS_SIGN_IN = "needs_sign_in"
    NEEDS_SECOND_FACTOR = "needs_second_factor"
    NEEDS_SECURITY_KEY = "needs_security_key"
    FACTOR_TOO_OLD = "factor_too_old"
    ACCOUNT_DISABLED = "account_disabled"
    ACCOUNT_LOCKED = "account_locked"
    NO_RULE_MATCHED = "no_rule_matched"
    RULE_DENIES = "rule_denies"
    RATE_LIMITED = "rate_limited"
    SESSION_ENDED = "session_ended"
    TICKET_VOID = "ticket_void"
    NOT_ENROLLED = "not_enrolled"
    NOT_BY_RECOVERY_CODE = "not_by_recovery_code"
    LAST_FACTOR = "last_factor"
    TOO_MANY_FACTORS = "too_many_factors"
    NEEDS_LINK = "needs_link"
    LINK_USED = "link_used"
    LINK_EXPIRED = "link_expired"
    LINK_VOID = "link_void"
    LINK_NOT_HERE = "link_not_here"
    TOTP_REPLAYED = "totp_replayed"
    WRONG_PASSWORD = "wrong_password"
    WRONG_CODE = "wrong_code"
    WRONG_KEY = "wrong_key"
    CROSS_SITE = "cross_site"
    UNKNOWN_HOST = "unknown_host"
    PLAIN_HTTP = "plain_http"
    NOT_FOUND = "not_found"
    UNCLEAN_REQUEST = "unclean_request"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    TOO_LARGE = "too_large"
    TOO_SLOW = "too_slow"
    TOO_MANY_CONNECTIONS = "too_many_connections"
    UPSTREAM_DOWN = "upstream_down"
    UPSTREAM_SILENT = "upstream_silent"
    POLICY_ERROR = "policy_error"
    GATE_UNAVAILABLE = "gate_unavailable"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRef:
    """Names a rule of a policy and where it is written."""

    name: str
    at: Location


class Obligation(StrEnum):
    """What the enforcement point must do with a permit."""

    SET_IDENTITY = "set_identity"  # identity headers and the signed assertion
    KEEP_PRIVATE = "keep_private"  # answers must not land in shared caches (G30)


type AccessClass = tuple[object, ...]  # hashable; which request conditions hold (G1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A rule in report mode that matched: what it would have done (G7)."""

    rule: RuleRef
    would: str  # permit, sign_in, step_up or deny


# The answers are named tuples because a dataclass takes three times as long to build. Tuples of
# different classes can be equal; `outcome`, the word of the kind, keeps answers apart.


class Permit(NamedTuple):
    """The request may pass; `observed` is what an enforcing site would have answered (G7)."""

    reason: Reason
    rule: RuleRef | None = None
    until: datetime | None = None
    reports: tuple[Report, ...] = ()
    obligations: frozenset[Obligation] = frozenset()
    observed: SignIn | StepUp | Deny | None = None
    outcome: Literal["permit"] = "permit"


class SignIn(NamedTuple):
    """Nobody is signed in and somebody has to be."""

    reason: Reason
    rule: RuleRef | None = None
    until: datetime | None = None
    reports: tuple[Report, ...] = ()
    outcome: Literal["sign_in"] = "sign_in"


class StepUp(NamedTuple):
    """The session has to prove more; `methods` are the proofs that would meet the level."""

    reason: Reason
    level: Level
    rule: RuleRef | None = None
    until: datetime | None = None
    reports: tuple[Report, ...] = ()
    within: timedelta | None = None
    methods: tuple[Method, ...] = ()
    outcome: Literal["step_up"] = "step_up"


class Deny(NamedTuple):
    """The request may not pass; `text` is what the policy says to the person."""

    reason: Reason
    rule: RuleRef | None = None
    until: datetime | None = None
    reports: tuple[Report, ...] = ()
    text: str = ""
    outcome: Literal["deny"] = "deny"


type Decision = Permit | SignIn | StepUp | Deny
