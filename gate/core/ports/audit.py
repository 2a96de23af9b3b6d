"""Decision records and events, kept in order, and the chains that hold them together (G27)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from gate.core.network import Address

REQUEST_KINDS: Final = frozenset({"decision", "repeats", "refusal"})  # all others are events
# INVARIANT: the order is that of the codes of every chain that was ever written.
RECORD_TEXTS: Final = (
    "kind",
    "request",
    "site",
    "account",
    "client",
    "outcome",
    "reason",
    "rule",
    "method",
    "path",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainPlace:
    """Where a record stands in a chain: its number, from 1, and its code, in hex."""

    chain: str
    number: int
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A chain: the records of one start of one process.

    Chains are numbered from 1 without a gap. `key_id` names the master key that its own key comes
    from; `code` is the chain's over all of this.
    """

    number: int
    id: str
    process: str
    key_id: str
    began_at: datetime
    code: str


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
    place: ChainPlace | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """What to look for; a field that is None asks for nothing. Newest first, at most `most`."""

    after_id: int | None = None
    before_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    kind: str | None = None
    kinds: frozenset[str] | None = None  # any of these
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

    def in_order(self, *, after: int, most: int) -> Sequence[AuditRecord]:
        """Give records behind an id as they were kept, the oldest first."""
        ...

    def begin_chain(self, make: Callable[[int], Chain]) -> None:
        """Keep the chain that is made for the next free number."""
        ...

    def chains(self) -> Sequence[Chain]:
        """Give every chain, by number."""
        ...

    def length(self, chain: str) -> int:
        """Give the number of a chain's last record; 0 when there is none."""
        ...

    def note_head(self, head: ChainPlace) -> None:
        """Keep, apart from the records, how far a chain has come; never shorter than before."""
        ...

    def heads(self) -> Sequence[ChainPlace]:
        """Give how far each chain had come."""
        ...
