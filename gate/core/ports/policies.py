"""Stored policy versions, and which one is in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyText:
    """The files of a policy folder: names and whole texts, sorted by name."""

    files: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyVersion:
    """A numbered, stored policy; `pinned` holds it against the folder until unpinned."""

    number: int
    text: PolicyText
    author: str
    message: str
    at: datetime
    pinned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPolicy:
    """A change of the folder that loosens and waits for a publish (G9), or that has errors."""

    text: PolicyText
    why: tuple[str, ...]
    at: datetime


class Policies(Protocol):
    """Stored policy versions and which one is in force."""

    def active(self) -> PolicyVersion | None:
        """Give the version in force."""
        ...

    def active_number(self) -> int | None:
        """Give its number only; cheap."""
        ...

    def version(self, number: int) -> PolicyVersion | None:
        """Give one version."""
        ...

    def history(self) -> Sequence[PolicyVersion]:
        """Give all versions, newest first."""
        ...

    def publish(self, text: PolicyText, *, author: str, message: str, at: datetime) -> int:
        """Store a text as the next version and put it in force, in one transaction."""
        ...

    def pin(self, number: int) -> bool:
        """Put a stored version in force and hold it there; false when there is none."""
        ...

    def unpin(self) -> bool:
        """Let the folder rule again; false when nothing was pinned."""
        ...

    def hold(self, held: HeldPolicy | None) -> None:
        """Note the folder's change that is not in force, or that there is none."""
        ...

    def held(self) -> HeldPolicy | None:
        """Give the folder's change that is not in force."""
        ...
