"""Policy versions in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gate.core.ports import HeldPolicy, PolicyText, PolicyVersion
from gate.store.memory.tables import Tables


@dataclass(frozen=True, slots=True)
class MemoryPolicies:
    """Stored policy versions and which one is in force."""

    _tables: Tables

    def active(self) -> PolicyVersion | None:
        """Give the version in force."""
        with self._tables.lock:
            return None if self._tables.active is None else self.version(self._tables.active)

    def active_number(self) -> int | None:
        """Give its number only; cheap."""
        return self._tables.active

    def version(self, number: int) -> PolicyVersion | None:
        """Give one version."""
        tables = self._tables
        with tables.lock:
            version = tables.versions.get(number)
            if version is None:
                return None
            return replace(version, pinned=tables.pinned and number == tables.active)

    def history(self) -> Sequence[PolicyVersion]:
        """Give all versions, newest first."""
        with self._tables.lock:
            versions = [self.version(number) for number in sorted(self._tables.versions)]
        return tuple(version for version in reversed(versions) if version is not None)

    def publish(self, text: PolicyText, *, author: str, message: str, at: datetime) -> int:
        """Store a text as the next version and put it in force, in one transaction."""
        tables = self._tables
        with tables.lock:
            number = max(tables.versions, default=0) + 1
            tables.versions[number] = PolicyVersion(
                number=number, text=text, author=author, message=message, at=at
            )
            tables.active, tables.pinned = number, False
            tables.raise_epoch()
            return number

    def pin(self, number: int) -> bool:
        """Put a stored version in force and hold it there; false when there is none."""
        with self._tables.lock:
            if number not in self._tables.versions:
                return False
            self._tables.active, self._tables.pinned = number, True
            self._tables.raise_epoch()
            return True

    def unpin(self) -> bool:
        """Let the folder rule again; false when nothing was pinned."""
        with self._tables.lock:
            was_pinned, self._tables.pinned = self._tables.pinned, False
            return was_pinned

    def hold(self, held: HeldPolicy | None) -> None:
        """Note the folder's change that is not in force, or that there is none."""
        self._tables.held = held

    def held(self) -> HeldPolicy | None:
        """Give the folder's change that is not in force."""
        return self._tables.held
