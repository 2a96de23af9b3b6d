"""What every condition can do, and the logic that joins them.

A condition says hit, miss or may; `not may` is may, and a set that all has to hold is a miss as
soon as one misses, else may as soon as one may (Kleene's logic, G8).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import Enum, IntEnum
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from gate.core.access import Seen


class Match(IntEnum):
    """What a condition says of an access; `may` depends on who the person is (G8)."""

    MISS = 0
    MAY = 1
    HIT = 2


MISS: Final = Match.MISS
MAY: Final = Match.MAY
HIT: Final = Match.HIT


class Scope(Enum):
    """What a condition looks at; request conditions make up the class of a permit (G1)."""

    REQUEST = "request"
    CLIENT = "client"
    SUBJECT = "subject"
    TIME = "time"


class Condition(Protocol):
    """One condition of a rule: frozen, total, and able to say in words what it saw."""

    @property
    def key(self) -> str:
        """The key in `when:`."""
        ...

    @property
    def scope(self) -> Scope:
        """What the condition looks at."""
        ...

    @property
    def parts(self) -> tuple[Condition, ...]:
        """The conditions inside a `not`; empty for every other one."""
        ...

    def match(self, seen: Seen) -> Match:
        """Say hit, miss or may; never raises."""
        ...

    def words(self, seen: Seen) -> str:
        """Say what was seen and what was wanted, as half a sentence."""
        ...

    def edge(self, seen: Seen) -> datetime | None:
        """Give the next moment at which time alone changes the match; None: never."""
        ...

    def doubtful(self, seen: Seen) -> bool:
        """Say whether the clock leaves open if the condition holds (G19)."""
        ...


class Timeless:
    """What every condition shares that does not look at the clock and holds no others."""

    __slots__ = ()

    @property
    def parts(self) -> tuple[Condition, ...]:
        """No conditions are inside."""
        return ()

    def edge(self, seen: Seen) -> datetime | None:
        """Time never changes the match."""
        return None

    def doubtful(self, seen: Seen) -> bool:
        """The clock plays no part."""
        return False


def all_of(conditions: Iterable[Condition], seen: Seen) -> Match:
    """Say whether all conditions hold; none at all is a hit."""
    found = HIT
    for condition in conditions:
        said = condition.match(seen)
        if said is MISS:
            return MISS
        if said is MAY:
            found = MAY
    return found


def leaves(conditions: Iterable[Condition]) -> tuple[Condition, ...]:
    """Give the conditions themselves and, in place of a `not`, those inside it."""
    found: list[Condition] = []
    for condition in conditions:
        found.extend(leaves(condition.parts) if condition.parts else (condition,))
    return tuple(found)
