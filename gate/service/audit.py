"""Decision records and events, written behind a bounded queue.

Nothing waits for the log unless the operator asked for `audit.required`: then a record is written
before the answer, and what can't be recorded is not permitted.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gate.core.ports import AuditLog, AuditRecord, Clock
from gate.core.subject import Account
from gate.service.visitor import Visitor

CAPACITY: Final = 10_000  # records that may wait
BATCH: Final = 500
FLUSH_SECONDS: Final = 0.2

log = logging.getLogger(__name__)


class Audit:
    """Keeps records; `dropped` counts those that found the queue full or the log broken.

    With `required`, no answer stands without its own record.
    """

    def __init__(self, audit_log: AuditLog, *, required: bool = False) -> None:
        """Write to a log; with `required` every record is written before `record` returns."""
        self._log = audit_log
        self.required = required
        self._queue: queue.Queue[AuditRecord] = queue.Queue(CAPACITY)
        self._stop = threading.Event()
        self._writer: threading.Thread | None = None
        self.dropped = 0

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

    def record(self, record: AuditRecord) -> None:
        """Keep a record; raises `StoreError` only when records are required."""
        if self.required:
            self._log.append([record])
            return
        try:
            self._queue.put_nowait(record)
        except queue.Full:
            self.dropped += 1

    def _write_on(self) -> None:
        while not self._stop.wait(FLUSH_SECONDS):
            self._flush()

    def _flush(self) -> None:
        while batch := self._taken():
            try:
                self._log.append(batch)
            except Exception as error:  # noqa: BLE001 - the writer goes on, whatever a log raises
                self.dropped += len(batch)
                log.warning("audit records lost: %s", error)
                return

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
        self.audit.record(
            AuditRecord(
                at=self.clock.now(),
                kind=kind,
                account=account,
                details={"by": "command line", **(details or {})},
            )
        )
