"""The audit: nothing waits for the log unless it is required, and then nothing goes without it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

import pytest

from gate.core.errors import StoreUnavailable
from gate.core.ports import AuditFilter, AuditLog, AuditRecord
from gate.core.subject import Account
from gate.service import audit as audit_module
from gate.service.audit import BATCH, CAPACITY, Audit, Events
from gate.store.clock import FixedClock
from gate.store.memory import MemoryStore
from tests.support.broken_store import BrokenStore
from tests.support.store_values import NOON, some_account
from tests.support.use_cases import FIREFOX, HOME, at


def record(request: str = "r-1") -> AuditRecord:
    return AuditRecord(at=NOON, kind="decision", request=request)


def kept(log: AuditLog) -> list[AuditRecord]:
    return list(log.search(AuditFilter(most=CAPACITY * 2)))


def test_records_are_written_behind_in_their_order() -> None:
    log = MemoryStore().audit
    audit = Audit(log)
    for number in range(BATCH + 5):
        audit.record(record(str(number)))
    assert kept(log) == []
    audit.stop()
    assert [each.request for each in reversed(kept(log))] == [str(n) for n in range(BATCH + 5)]


def test_f26_a_full_queue_drops_and_counts_and_blocks_nobody() -> None:
    audit = Audit(MemoryStore().audit)
    for _ in range(CAPACITY + 3):
        audit.record(record())
    assert audit.dropped == 3


def test_f26_a_broken_log_loses_a_batch_counts_it_and_goes_on_later() -> None:
    broken = BrokenStore(MemoryStore(), fail_on={"audit.append"})
    audit = Audit(broken.audit)
    audit.record(record("lost"))
    audit.stop()
    assert audit.dropped == 1
    broken.mend()
    audit.record(record("kept"))
    audit.stop()
    lost = AuditRecord(at=NOON, kind="records_lost", details={"count": 1}, id=1)
    assert kept(broken.audit) == [replace(record("kept"), id=2), lost]
    audit.record(record("later"))
    audit.stop()
    assert len(kept(broken.audit)) == 3


def test_f26_a_log_that_hangs_blocks_nobody() -> None:
    broken = BrokenStore(MemoryStore(), hang_on={"audit.append"})
    audit = Audit(broken.audit)
    audit.start()
    for number in range(10):
        audit.record(record(str(number)))
    broken.mend()
    audit.stop()
    assert len(kept(broken.audit)) == 10


def test_f4_a_required_record_is_written_before_it_returns_or_raises() -> None:
    broken = BrokenStore(MemoryStore())
    audit = Audit(broken.audit, required=True)
    audit.record(record())
    assert len(kept(broken.audit)) == 1
    broken.fail_on = {"audit.append"}
    with pytest.raises(StoreUnavailable):
        audit.record(record())


def test_the_writer_writes_without_being_stopped() -> None:
    written = threading.Event()

    class Log:
        def append(self, records: object) -> None:
            written.set()

        def search(self, wanted: AuditFilter) -> list[AuditRecord]:
            return []

    audit = Audit(Log())
    audit.start()
    audit.record(record())
    assert written.wait(30)
    audit.stop()
    assert audit_module.FLUSH_SECONDS < 1


def events(log: AuditLog) -> Events:
    return Events(audit=Audit(log, required=True), clock=FixedClock(NOON))


@pytest.mark.parametrize("who", ["alice", some_account()], ids=["name", "account"])
def test_an_event_says_what_happened_to_whom_from_where(who: Account | str) -> None:
    log = MemoryStore().audit
    events(log).note("signed_in", at(), who, reason="permitted", method="password")
    (event,) = kept(log)
    assert (event.kind, event.account, event.client, event.request, event.reason) == (
        "signed_in",
        "alice",
        HOME,
        "request-1",
        "permitted",
    )
    assert event.details == {"browser": FIREFOX, "method": "password"}


def test_an_event_of_the_command_line_says_so() -> None:
    log = MemoryStore().audit
    events(log).note_from_terminal("account_deleted", "alice")
    events(log).note_from_terminal("sessions_ended", "alice", {"count": 2})
    assert [each.details for each in kept(log)] == [
        {"by": "command line", "count": 2},
        {"by": "command line"},
    ]


class Moody:
    """A log that fails once in a way that nobody foresaw."""

    def __init__(self) -> None:
        self.log = MemoryStore().audit
        self.failed = threading.Event()

    def append(self, records: Sequence[AuditRecord]) -> None:
        if not self.failed.is_set():
            self.failed.set()
            raise RuntimeError("nobody foresaw this")
        self.log.append(records)


def test_f26_an_error_that_nobody_foresaw_does_not_end_the_writer() -> None:
    moody = Moody()
    audit = Audit(moody)
    audit.start()
    audit.record(record("lost"))
    assert moody.failed.wait(10)
    audit.record(record("kept"))
    audit.stop()
    assert [(each.kind, each.request) for each in kept(moody.log)] == [
        ("decision", "kept"),
        ("records_lost", ""),
    ]
    assert audit.dropped == 1


def test_g27_how_far_the_log_has_come_is_noted_while_the_writer_runs() -> None:
    noted = threading.Event()
    audit = Audit(MemoryStore().audit, note_head=noted.set)
    audit.start()
    assert noted.wait(60)
    audit.stop()
