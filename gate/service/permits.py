"""The permits cache: only permits, only under their complete key, never beyond their `until` (G1).

A hit saves a decision, nothing else: headers and the assertion are built for each request.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from gate.core.decision import AccessClass, Permit
from gate.core.network import Address
from gate.core.ports import AuditRecord
from gate.core.subject import SessionHash

MOST: Final = 50_000  # entries; beyond that all are dropped and decided again


class PermitKey(NamedTuple):
    """Everything that a decision depends on beside the time; equal keys give equal decisions."""

    policy: int
    settings: int
    site: str
    session: SessionHash | None
    client: Address
    access_class: AccessClass


@dataclass(slots=True)
class _Entry:
    permit: Permit
    record: AuditRecord
    wall_end: datetime | None
    monotonic_end: timedelta | None
    repeats: int = 0


@dataclass(slots=True)
class Permits:
    """Permits of one process; whoever holds it drops all when the store's epoch moved."""

    _entries: dict[PermitKey, _Entry] = field(default_factory=dict[PermitKey, _Entry])
    _unsaid: list[tuple[AuditRecord, int]] = field(default_factory=list[tuple[AuditRecord, int]])

    def find(self, key: PermitKey, now: datetime, monotonic: timedelta) -> Permit | None:
        """Give a permit that still holds on both clocks, and count the repeat."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        if entry.wall_end is not None and now >= entry.wall_end:
            return None
        if entry.monotonic_end is not None and monotonic >= entry.monotonic_end:
            return None
        entry.repeats += 1
        return entry.permit

    def keep(
        self,
        key: PermitKey,
        permit: Permit,
        record: AuditRecord,
        clocks: tuple[datetime, timedelta],
    ) -> None:
        """Keep a permit until time could change it, with its record to count repeats in."""
        now, monotonic = clocks
        if len(self._entries) >= MOST:
            self._unsaid += self._counted()
            self._entries.clear()
        left = None if permit.until is None else permit.until - now
        end = None if left is None else monotonic + left
        if (old := self._entries.get(key)) is not None and old.repeats:
            self._unsaid.append((old.record, old.repeats))
        self._entries[key] = _Entry(
            permit=permit, record=record, wall_end=permit.until, monotonic_end=end
        )

    def drop(self) -> None:
        """Forget everything."""
        self._entries.clear()

    def take_repeats(self) -> list[tuple[AuditRecord, int]]:
        """Give how often each permit was used again since the last call."""
        taken, self._unsaid = self._unsaid + self._counted(), []
        for entry in self._entries.values():
            entry.repeats = 0
        return taken

    def _counted(self) -> list[tuple[AuditRecord, int]]:
        return [(entry.record, entry.repeats) for entry in self._entries.values() if entry.repeats]

    def __len__(self) -> int:
        """Give the number of kept permits."""
        return len(self._entries)
