"""What can come of a text that is to be the policy."""

from __future__ import annotations

from dataclasses import dataclass

from gate.core.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """A policy and the number of its stored version."""

    number: int
    policy: Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """The text is in force already, or a pinned version holds against it."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The text is in force; `lost` are the restrictions that the former policy had."""

    number: int
    lost: tuple[str, ...] = ()
    pinned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The text is not in force; `waits` says that a publish would take it, else it has errors."""

    why: tuple[str, ...]
    waits: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Nothing was changed, and why."""

    why: tuple[str, ...]


type Taken = Unchanged | Published | Held
