"""Rules and requirements: what a policy demands, frozen and valid by construction.

A rule holds the answers that depend on nobody, worked out once, when it is built.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, assert_never

from gate.core.conditions import Condition
from gate.core.decision import Deny, Level, Permit, Reason, RuleRef, SignIn

RANK: Final = {level: place for place, level in enumerate(Level)}  # from weak to strong


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """A level, how fresh its newest proof must be (G18), and how long a browser is trusted."""

    level: Level
    within: timedelta | None = None
    remember: timedelta | None = None


def strictest(requirements: tuple[Requirement, ...]) -> Requirement:
    """Give the one requirement that names the highest level and the shortest `within` of all.

    A browser is trusted only as long as each requirement of that level trusts it, and never
    where something fresh is asked for (G29).
    """
    level = max((each.level for each in requirements), key=RANK.__getitem__)
    within = min((each.within for each in requirements if each.within), default=None)
    trusted = [each.remember for each in requirements if each.level is level]
    spans = [span for span in trusted if span]
    remember = min(spans) if spans and len(spans) == len(trusted) and within is None else None
    return Requirement(level=level, within=within, remember=remember)


@dataclass(frozen=True, slots=True, kw_only=True)
class Public:
    """Everybody passes as a stranger; with `identity_optional` a full session adds identity."""

    identity_optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """Nobody passes; `text` is written for and shown to the person."""

    text: str = ""
    reason: Reason = Reason.RULE_DENIES


@dataclass(frozen=True, slots=True, kw_only=True)
class Required:
    """Whoever meets the requirement passes."""

    requirement: Requirement


type Then = Public | Denied | Required


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """All conditions hold, then this follows. `report` records and goes on (G7).

    `personal`: what follows depends on who is signed in. `sign_in` asks a stranger who it is, and
    `to_strangers` is what follows for one; both as they are where time plays no part.
    """

    ref: RuleRef
    when: tuple[Condition, ...]
    then: Then
    report: bool = False
    strict_streams: bool = False
    personal: bool = field(init=False, repr=False, compare=False)
    sign_in: SignIn = field(init=False, repr=False, compare=False)
    to_strangers: Permit | SignIn | Deny = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        sign_in = SignIn(reason=Reason.NEEDS_SIGN_IN, rule=self.ref)
        object.__setattr__(self, "personal", _is_personal(self.then))
        object.__setattr__(self, "sign_in", sign_in)
        object.__setattr__(self, "to_strangers", _to_strangers(self.then, self.ref, sign_in))


def _is_personal(then: Then) -> bool:
    return isinstance(then, Required) or (isinstance(then, Public) and then.identity_optional)


def _to_strangers(then: Then, ref: RuleRef, sign_in: SignIn) -> Permit | SignIn | Deny:
    match then:
        case Required():
            return sign_in
        case Public():
            return Permit(reason=Reason.PUBLIC, rule=ref)
        case Denied(text=text, reason=reason):
            return Deny(reason=reason, rule=ref, text=text)
        case _:
            assert_never(then)
