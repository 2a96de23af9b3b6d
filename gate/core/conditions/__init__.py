"""Conditions, one file each: YAML key, parsing, schema fragment, match and words."""

from __future__ import annotations

from datetime import datetime
from enum import Enum, IntEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from gate.core.access import Access


class Match(IntEnum):
    """What a condition says of an access; `may` depends on who the person is (G8)."""

    MISS = 0
    MAY = 1
    HIT = 2


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

    @property
    def scope(self) -> Scope:
        """What the condition looks at."""

    def match(self, access: Access) -> Match:
        """Say hit, miss or may; never raises."""

    def words(self, access: Access) -> str:
        """Say what was seen and what was wanted, as half a sentence."""

    def edge(self, access: Access) -> datetime | None:
        """Give the next moment at which time alone changes the match; None: never."""
