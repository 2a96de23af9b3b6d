"""Decision records and events, written behind a bounded queue.

Nothing waits for the log unless the operator asked for `audit.required`: then a record is written
before the answer, and what can't be recorded is not permitted. How many records were lost is itself
recorded as soon as the log takes records again.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from gate.core.ports import AuditRecord, Clock
from gate.core.subject import Account
from gate.service.visitor import Visitor

CAPACITY: Final = 10_000  # records that may wait
BATCH: Final = 500
FLUSH_SECONDS: Final = 0.2
HEAD_EVERY: Final = 25  # flushes between two notes of how far the log has come
RECORDS_LOST: Final = "records_lost"  # the kind of the record that counts them

log = logging.getLogger(__name__)


class Records(Protocol):
    """Where records go."""

    def append(self, records: Sequence[AuditRecord]) -> None:
        """Keep records, in one transaction."""
        ...


class Audit:
    """Keeps records; `dropped` counts those that found the queue full or the log broken.

    With `required`, no answer stands without its own record.
    """

    def __init__(
        self,
        audit_log: Records,
        *,
        required: bool = False,
        note_head: Callable[[], None] = lambda: None,
    ) -> None:
        """Write to a log; with `required` every record is written before `record` returns.

        `note_head` is called every few seconds while the writer runs.
        """
        self._log = audit_log
        self._note_head = note_head
        self.required = required
        self._queue: queue.Queue[AuditRecord] = queue.Queue(CAPACITY)
        self._stop = threading.Event()
        self._writer: threading.Thread | None = None
        self.dropped = 0
        self._told = 0  # of the dropped ones, those that a record in the log counts

    def start(self) -> None:
        """Begin to write in the background."""
        self._writer = threading.Thread(target=self._write_on, name="audit", daemon=True)
        self._writer.start()

    def stop(self) -> None:
        """Write what waits and end."""
        self._stop.set()
        if self._writer is not None:
            self._writer.join(timeout=5)
        self._flush()

    def record(self, *records: AuditRecord) -> None:
        """Keep records; raises `StoreError` only when records are required."""
        if self.required:
            self._log.append(records)
            return
        for record in records:
            try:
                self._queue.put_nowait(record)
            except queue.Full:
                self.dropped += 1

    def _write_on(self) -> None:
        turns = 0
        while not self._stop.wait(FLUSH_SECONDS):
            self._flush()
            turns += 1
            if turns % HEAD_EVERY == 0:
                self._note_head()

    def _flush(self) -> None:
        while batch := self._taken():
            lost = self.dropped
            try:
                self._log.append([*self._loss(lost, batch[0]), *batch])
                self._told = lost
            except Exception as error:  # noqa: BLE001 - the writer goes on, whatever a log raises
                self.dropped += len(batch)
                log.warning("audit records lost: %s", error)
                return

    def _loss(self, lost: int, first: AuditRecord) -> list[AuditRecord]:
        """Give the record that counts the lost ones which none counts yet."""
        if lost == self._told:
            return []
        count = lost - self._told
        return [AuditRecord(at=first.at, kind=RECORDS_LOST, details={"count": count})]

    def _taken(self) -> list[AuditRecord]:
        batch: list[AuditRecord] = []
        while len(batch) < BATCH:
            try:
                batch.append(self._queue.get_nowait())
            except queue.Empty:
                break
        return batch


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """Records what happened to an account, for the person and for the operator.

    Details never hold a password, code, token or seed.
    """

    audit: Audit
    clock: Clock

    def note(
        self,
        kind: str,
        visitor: Visitor,
        account: Account | str,
        **details: object,
    ) -> None:
        """Record an event at a page."""
        self.audit.record(
            AuditRecord(
                at=self.clock.now(),
                kind=kind,
                request=visitor.request,
                site=visitor.site,
                account=account if isinstance(account, str) else account.name,
                client=str(visitor.client),
                reason=str(details.pop("reason", "")),
                details={"browser": visitor.browser, **details},
            )
        )

    def note_from_terminal(
        self, kind: str, account: str, details: Mapping[str, object] | None = None
    ) -> None:
        """Record an event that an operator caused on the command line."""
        self._note(kind, account, {"by": "command line", **(details or {})})

    def note_by_itself(self, kind: str, account: str) -> None:
        """Record an event that nobody caused but the passing of time."""
        self._note(kind, account, {"by": "time"})

    def _note(self, kind: str, account: str, details: Mapping[str, object]) -> None:
        now = self.clock.now()
        self.audit.record(AuditRecord(at=now, kind=kind, account=account, details=details))
