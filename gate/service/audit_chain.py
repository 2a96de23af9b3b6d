"""The audit chain: each record carries a code over itself and the code before it (G27).

A process has one chain and writes it alone. Its key is its own, and is replaced by a value that
does not lead back after every `SEGMENT` records: whoever takes a process over can't change what
was recorded before. A chain that ended in order has `LOG_CLOSED` as its last record. How far it has
come is noted apart from the records, so that records missing at its end are missed.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC
from typing import Final

from gate.core.errors import StoreError
from gate.core.ports import RECORD_TEXTS, AuditLog, AuditRecord, Chain, ChainPlace, Clock

SEGMENT: Final = 64  # records under one key
LOG_CLOSED: Final = "log_closed"  # the kind of a chain's last record

log = logging.getLogger(__name__)


# --- codes: what is written and what is checked --------------------------------------------


def chain_key(audit_key: bytes, chain: str) -> bytes:
    """Give the first key of a chain, from the key that all chains come from."""
    return _code(audit_key, b"chain", chain.encode())


def next_key(key: bytes) -> bytes:
    """Give the key of the next segment, from which this one can't be found."""
    return _code(key, b"next")


def chain_code(key: bytes, chain: Chain) -> str:
    """Give the code of a chain's beginning under its first key."""
    began = chain.began_at.astimezone(UTC).isoformat()
    values = [chain.number, chain.id, chain.process, chain.key_id, began]
    return _code(key, b"begin", json.dumps(values).encode()).hex()


def record_code(key: bytes, before: str, record: AuditRecord) -> str:
    """Give the code of a record that stands behind the code `before`."""
    values = [
        record.at.astimezone(UTC).isoformat(),
        *(getattr(record, name) for name in RECORD_TEXTS),
        record.version,
        record.repeats,
        dict(record.details),
    ]
    return _code(key, before.encode(), json.dumps(values).encode()).hex()


def _code(key: bytes, *parts: bytes) -> bytes:
    """Give the code over parts, each behind its length, so that none can shift."""
    joined = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return hmac.digest(key, joined, hashlib.sha256)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainEnd:
    """Where a chain stands: its last number and code, and the key of the next record."""

    chain: str
    number: int
    code: str
    key: bytes = field(repr=False)

    @classmethod
    def of_start(cls, chain: Chain, first_key: bytes) -> ChainEnd:
        """Give the end of a chain that has only begun."""
        return cls(chain=chain.id, number=0, code=chain.code, key=next_key(first_key))

    def follow(self, record: AuditRecord) -> tuple[AuditRecord, ChainEnd]:
        """Give the record in its place, and the end behind it."""
        number = self.number + 1
        code = record_code(self.key, self.code, record)
        place = ChainPlace(chain=self.chain, number=number, code=code)
        key = self.key if number % SEGMENT else next_key(self.key)
        return replace(record, place=place), replace(self, number=number, code=code, key=key)


# --- the writer ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainStart:
    """What a process is given for its chain; `key` is `chain_key` of `id`."""

    id: str
    process: str
    key_id: str
    key: bytes = field(repr=False)


class ChainedLog:
    """Appends records to the chain of this process, which begins with the first of them."""

    def __init__(
        self,
        audit_log: AuditLog,
        start: ChainStart,
        clock: Clock,
        anchor: Callable[[ChainPlace], None] | None = None,
    ) -> None:
        """Write to a log; `anchor` notes heads in a second place, out of the store's reach."""
        self._log: Final = audit_log
        self._start = start
        self._clock: Final = clock
        self._anchor: Final = anchor
        self._lock: Final = threading.Lock()
        self._end: ChainEnd | None = None
        self._unsure: ChainEnd | None = None  # the end, should a write that failed have landed
        self._noted = 0

    def append(self, records: Sequence[AuditRecord]) -> None:
        """Keep records, in one transaction."""
        with self._lock:
            end = self._end or self._begun()
            if self._unsure is not None:
                end = self._made_sure(end, self._unsure)
            placed: list[AuditRecord] = []
            after = end
            for record in records:
                put, after = after.follow(record)
                placed.append(put)
            self._end, self._unsure = end, after
            self._log.append(placed)
            self._end, self._unsure = after, None

    def note_head(self) -> None:
        """Note how far the chain has come, if it has moved; a store that can't is tried again."""
        with self._lock:
            end = self._end
            if end is None or end.number == self._noted:
                return
            head = ChainPlace(chain=end.chain, number=end.number, code=end.code)
            try:
                self._log.note_head(head)
                if self._anchor is not None:
                    self._anchor(head)
            except (StoreError, OSError) as error:
                log.warning("the head of the audit chain was not noted: %s", error)
            else:
                self._noted = end.number

    def close(self) -> None:
        """End the chain in order; one that never began needs no end."""
        if self._end is None:
            return
        try:
            self.append([AuditRecord(at=self._clock.now(), kind=LOG_CLOSED)])
        except StoreError as error:
            log.warning("the audit chain was not closed: %s", error)
        self.note_head()

    def _begun(self) -> ChainEnd:
        """Begin the chain; its first key is forgotten then."""
        start = self._start
        begun: list[Chain] = []

        def make(number: int) -> Chain:
            chain = Chain(
                number=number,
                id=start.id,
                process=start.process,
                key_id=start.key_id,
                began_at=self._clock.now(),
                code="",
            )
            begun.append(replace(chain, code=chain_code(start.key, chain)))
            return begun[-1]

        self._log.begin_chain(make)
        self._start = replace(start, key=b"")
        self._end = ChainEnd.of_start(begun[-1], start.key)
        return self._end

    def _made_sure(self, end: ChainEnd, after: ChainEnd) -> ChainEnd:
        """Give where the chain stands after a write of which nobody knows whether it landed."""
        return after if self._log.length(end.chain) == after.number else end
