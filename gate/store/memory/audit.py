"""The audit log in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from gate.core.ports import AuditFilter, AuditRecord, Chain, ChainPlace
from gate.store.memory.tables import Tables


@dataclass(frozen=True, slots=True)
class MemoryAudit:
    """Decision records and events, kept in order."""

    _tables: Tables

    def append(self, records: Sequence[AuditRecord]) -> None:
        """Keep records, in one transaction."""
        with self._tables.lock:
            first = len(self._tables.audit) + 1
            numbered = [replace(record, id=i) for i, record in enumerate(records, first)]
            self._tables.audit.extend(numbered)

    def search(self, wanted: AuditFilter) -> Sequence[AuditRecord]:
        """Give what fits, newest first."""
        with self._tables.lock:
            newest_first: Iterable[AuditRecord] = reversed(tuple(self._tables.audit))
        fitting = (record for record in newest_first if _fits(record, wanted))
        return tuple(islice(fitting, max(wanted.most, 0)))

    def in_order(self, *, after: int, most: int) -> Sequence[AuditRecord]:
        """Give records behind an id as they were kept, the oldest first."""
        with self._tables.lock:
            return tuple(self._tables.audit[after : after + most])

    def begin_chain(self, make: Callable[[int], Chain]) -> None:
        """Keep the chain that is made for the next free number."""
        with self._tables.lock:
            self._tables.chains.append(make(len(self._tables.chains) + 1))

    def chains(self) -> Sequence[Chain]:
        """Give every chain, by number."""
        with self._tables.lock:
            return tuple(self._tables.chains)

    def length(self, chain: str) -> int:
        """Give the number of a chain's last record; 0 when there is none."""
        with self._tables.lock:
            places = (record.place for record in self._tables.audit if record.place is not None)
            return max((place.number for place in places if place.chain == chain), default=0)

    def note_head(self, head: ChainPlace) -> None:
        """Keep how far a chain has come; never shorter than before."""
        with self._tables.lock:
            known = self._tables.heads.get(head.chain)
            if known is None or known.number < head.number:
                self._tables.heads[head.chain] = head

    def heads(self) -> Sequence[ChainPlace]:
        """Give how far each chain had come."""
        with self._tables.lock:
            return tuple(self._tables.heads.values())


def _fits(record: AuditRecord, wanted: AuditFilter) -> bool:
    client = None if wanted.client is None else str(wanted.client)
    equal = (
        (wanted.kind, record.kind),
        (wanted.account, record.account),
        (client, record.client),
        (wanted.site, record.site),
        (wanted.outcome, record.outcome),
        (wanted.reason, record.reason),
        (wanted.request, record.request),
    )
    return (
        record.kind not in wanted.without
        and (wanted.kinds is None or record.kind in wanted.kinds)
        and all(asked is None or asked == kept for asked, kept in equal)
        and record.path.startswith(wanted.path_prefix or "")
        and _between(record.id or 0, wanted)
        and _within(record.at, wanted)
    )


def _between(number: int, wanted: AuditFilter) -> bool:
    """Say whether a record stands between the two that were named, neither of which is given."""
    before = wanted.before_id is None or number < wanted.before_id
    return before and number > (wanted.after_id or 0)


def _within(at: datetime, wanted: AuditFilter) -> bool:
    """Say whether a record lies in the time asked for: `since` included, `until` not."""
    after = wanted.since is None or at >= wanted.since
    return after and (wanted.until is None or at < wanted.until)
