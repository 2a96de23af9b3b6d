"""Rules and requirements: what a policy demands, frozen and valid by construction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from gate.core.conditions import Condition
from gate.core.decision import Level, Reason, RuleRef

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
    """All conditions hold, then this follows. `report` records and goes on (G7)."""

    ref: RuleRef
    when: tuple[Condition, ...]
    then: Then
    report: bool = False
    strict_streams: bool = False
