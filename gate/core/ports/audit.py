"""Decision records and events, kept in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from gate.core.network import Address

REQUEST_KINDS: Final = frozenset({"decision", "repeats", "refusal"})  # all others are events


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRecord:
    """A decision or an event.

    `kind` is `decision` or the event's word (`signed_in`, `password_changed`, ...); `details`
    are plain JSON values without secrets; `repeats` counts the cached permits of the same kind.
    """

    at: datetime
    kind: str
    request: str = ""
    site: str = ""
    account: str = ""
    client: str = ""
    outcome: str = ""
    reason: str = ""
    rule: str = ""
    method: str = ""
    path: str = ""
    version: int | None = None
    repeats: int = 0
    details: Mapping[str, object] = field(default_factory=dict[str, object])
    id: int | None = None  # set by the log


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """What to look for; a field that is None asks for nothing. Newest first, at most `most`."""

    after_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    kind: str | None = None
    without: frozenset[str] = frozenset()  # kinds that are left out
    account: str | None = None
    client: Address | None = None
    site: str | None = None
    outcome: str | None = None
    reason: str | None = None
    request: str | None = None
    path_prefix: str | None = None
    most: int = 100


class AuditLog(Protocol):
    """Decision records and events, kept in order."""

    def append(self, records: Sequence[AuditRecord]) -> None:
        """Keep records, in one transaction."""
        ...

    def search(self, wanted: AuditFilter) -> Sequence[AuditRecord]:
        """Give what fits, newest first."""
        ...
