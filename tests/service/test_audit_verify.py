"""Verifying the audit tells a crash, records taken away and records changed apart (G27)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gate.core.ports import AuditRecord, Chain, ChainPlace
from gate.service.audit_chain import SEGMENT, ChainedLog, ChainStart, chain_key
from gate.service.audit_verify import PAGE, Finding, Flaw, Verdict, verify
from gate.store.clock import FixedClock
from gate.store.sql import SqlStore
from gate.store.sql.address import SqliteFile
from gate.store.sql.connections import connect_sqlite
from tests.support.sql_stores import new_sqlite_store
from tests.support.store_values import NOON

AUDIT_KEY = bytes(range(32))


@dataclass(frozen=True, slots=True)
class Log:
    """An audit in files that somebody can change behind the gate's back."""

    store: SqlStore
    folder: Path

    def chained(self, chain: str = "first", process: str = "pages") -> ChainedLog:
        key = chain_key(AUDIT_KEY, chain)
        start = ChainStart(id=chain, process=process, key_id="k1", key=key)
        return ChainedLog(self.store.audit, start, FixedClock(NOON))

    def written(self, count: int, chain: str = "first", *, close: bool = True) -> ChainedLog:
        """Write a whole chain of records; a closing one comes on top."""
        log = self.chained(chain)
        log.append([record(f"{chain} {number}") for number in range(1, count + 1)])
        if close:
            log.close()
        return log

    def change(self, statement: str, file: str = "gate-live.db") -> None:
        connection = connect_sqlite(SqliteFile(name=str(self.folder / file)))
        assert connection.execute(statement).rowcount > 0
        connection.close()

    def verdict(self, *anchored: ChainPlace) -> Verdict:
        return verify(self.store.audit, key_of, anchored)

    def flaws(self, *anchored: ChainPlace) -> list[tuple[Flaw, str]]:
        return [(found.flaw, found.words) for found in self.verdict(*anchored).findings]


def key_of(chain: Chain) -> bytes | None:
    return chain_key(AUDIT_KEY, chain.id) if chain.key_id == "k1" else None


def record(request: str) -> AuditRecord:
    return AuditRecord(at=NOON, kind="decision", request=request, details={"a": [1, {"b": None}]})


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    store = new_sqlite_store(tmp_path)
    yield Log(store, tmp_path)
    store.close()


def test_g27_what_was_written_in_order_is_sound(log: Log) -> None:
    log.store.audit.append([record("of an older version")])
    log.written(3 * SEGMENT)
    log.written(2, "second")
    assert log.verdict() == Verdict(
        records=1 + 3 * SEGMENT + 1 + 3, chains=2, unchained=1, findings=()
    )
    assert log.verdict().is_sound


def test_an_empty_log_is_sound(log: Log) -> None:
    assert log.verdict() == Verdict(records=0, chains=0, unchained=0, findings=())


def test_g27_a_log_of_several_pages_is_read_whole(log: Log) -> None:
    log.written(PAGE + 5)
    assert log.verdict() == Verdict(records=PAGE + 6, chains=1, unchained=0, findings=())


def test_g27_chains_of_two_processes_may_alternate(log: Log) -> None:
    pages, worker = log.chained(), log.chained("second", "worker 1")
    for number in range(5):
        for chain in (pages, worker):
            chain.append([record(str(number))])
    assert log.verdict().findings == ()


def test_g27_a_process_that_still_runs_is_no_crash(log: Log) -> None:
    log.written(3, close=False)
    assert log.verdict().findings == ()


def test_g27_a_crash_is_told_and_is_neither_a_drop_nor_an_edit(log: Log) -> None:
    log.written(3, close=False).note_head()
    log.written(1, "second")
    assert log.verdict().findings == (
        Finding(
            flaw=Flaw.CRASH_GAP,
            words="ended in a crash behind record 3; the last moments are missing",
            chain="first",
            process="pages",
        ),
    )
    assert log.verdict().is_sound


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET account = 'bob' WHERE number = 2",
        "UPDATE audit SET details = '{}' WHERE number = 2",
        "UPDATE audit SET at = at + 1 WHERE number = 2",
        "UPDATE audit SET version = 1 WHERE number = 2",
    ],
)
def test_g27_a_changed_record_is_an_edit(log: Log, statement: str) -> None:
    log.written(3)
    log.change(statement)
    assert log.verdict().findings == (
        Finding(
            flaw=Flaw.EDIT,
            words="record 2 was changed",
            chain="first",
            process="pages",
            record=2,
        ),
    )
    assert not log.verdict().is_sound


def test_g27_a_changed_code_shows_in_the_record_and_in_the_next(log: Log) -> None:
    log.written(3)
    log.change("UPDATE audit SET code = 'ab' WHERE number = 2")
    assert log.flaws() == [
        (Flaw.EDIT, "record 2 was changed"),
        (Flaw.EDIT, "record 3 was changed"),
    ]


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("number = 2", "record 2 is missing"),
        ("number IN (1, 2)", "records 1 to 2 are missing"),
        (f"number BETWEEN 3 AND {2 * SEGMENT + 1}", f"records 3 to {2 * SEGMENT + 1} are missing"),
        (f"number = {SEGMENT}", f"record {SEGMENT} is missing"),
        (f"number = {3 * SEGMENT + 1}", f"record {3 * SEGMENT + 1} is missing at the end"),
        (
            f"number > {SEGMENT}",
            f"records {SEGMENT + 1} to {3 * SEGMENT + 1} are missing at the end",
        ),
    ],
)
def test_g27_records_taken_away_are_a_drop_and_nothing_else(
    log: Log, where: str, words: str
) -> None:
    log.written(3 * SEGMENT)
    log.change(f"DELETE FROM audit WHERE {where}")
    assert log.flaws() == [(Flaw.DROP, words)]
    assert not log.verdict().is_sound


def test_g27_a_chain_taken_away_is_a_drop(log: Log) -> None:
    for chain in ("first", "second", "third"):
        log.written(2, chain)
    log.change("DELETE FROM audit WHERE chain = 'second'")
    log.change("DELETE FROM audit_chains WHERE id = 'second'")
    assert log.flaws() == [
        (Flaw.DROP, "chain number 2 is gone"),
        (Flaw.DROP, "a chain that was noted is gone"),
    ]
    log.change("DELETE FROM audit_heads WHERE chain = 'second'", "gate.db")
    assert log.flaws() == [(Flaw.DROP, "chain number 2 is gone")]


def test_g27_chains_can_not_be_numbered_anew(log: Log) -> None:
    for chain in ("first", "second"):
        log.written(1, chain)
    log.change("DELETE FROM audit WHERE chain = 'first'")
    log.change("DELETE FROM audit_chains WHERE id = 'first'")
    log.change("DELETE FROM audit_heads WHERE chain = 'first'", "gate.db")
    log.change("UPDATE audit_chains SET number = 1")
    assert log.flaws() == [(Flaw.EDIT, "its beginning was changed")]


def test_g27_the_anchor_shows_what_was_cut_off_together_with_the_noted_head(log: Log) -> None:
    log.written(5)
    (head,) = log.store.audit.heads()
    log.change("DELETE FROM audit WHERE number > 2")
    log.change("DELETE FROM audit_heads", "gate.db")
    assert log.flaws() == []
    assert log.flaws(head) == [(Flaw.DROP, "records 3 to 6 are missing at the end")]


def test_g27_a_record_that_is_not_the_noted_one_is_an_edit(log: Log) -> None:
    log.written(2)
    other = ChainPlace(chain="first", number=2, code="ab")
    assert log.flaws(other) == [(Flaw.EDIT, "record 2 is not the one that was noted")]


def test_g27_a_record_put_in_is_an_edit(log: Log) -> None:
    log.written(2)
    log.store.audit.append([record("no chain")])
    foreign = ChainPlace(chain="foreign", number=1, code="ab")
    log.store.audit.append([AuditRecord(at=NOON, kind="decision", place=foreign)])
    again = ChainPlace(chain="first", number=2, code="ab")
    log.store.audit.append([AuditRecord(at=NOON, kind="decision", place=again)])
    further = ChainPlace(chain="first", number=4, code="ab")
    log.store.audit.append([AuditRecord(at=NOON, kind="decision", place=further)])
    assert log.flaws() == [
        (Flaw.EDIT, "a record has no chain"),
        (Flaw.EDIT, "a chain never began"),
        (Flaw.EDIT, "record 2 stands where it does not belong"),
        (Flaw.EDIT, "record 4 was changed"),
    ]


def test_g27_a_number_that_somebody_made_up_does_not_hold_up_the_rest(log: Log) -> None:
    log.written(2)
    far = ChainPlace(chain="first", number=10**15, code="ab")
    log.store.audit.append([AuditRecord(at=NOON, kind="decision", place=far)])
    assert log.flaws() == [(Flaw.DROP, f"records 4 to {10**15 - 1} are missing")]


def test_g27_a_chain_whose_key_is_not_there_is_not_taken_for_sound(log: Log) -> None:
    log.written(2)
    log.change("UPDATE audit_chains SET key_id = 'unknown'")
    assert log.flaws() == [(Flaw.EDIT, "its key is not there")]
    log.change("DELETE FROM audit WHERE number = 1")
    assert (Flaw.DROP, "record 1 is missing") in log.flaws()


@pytest.mark.parametrize("column", ["process", "began_at"])
def test_g27_a_changed_beginning_is_an_edit(log: Log, column: str) -> None:
    log.written(1)
    log.change(f"UPDATE audit_chains SET {column} = 5")
    assert (Flaw.EDIT, "its beginning was changed") in log.flaws()


@pytest.mark.parametrize("code", ["'\u00e9'", "x'ff00'", "12", "''"])
def test_g27_a_code_that_is_none_was_changed(log: Log, code: str) -> None:
    log.written(2)
    log.change(f"UPDATE audit SET code = {code} WHERE number = 1")
    assert (Flaw.EDIT, "record 1 was changed") in log.flaws()
    log.change(f"UPDATE audit_chains SET code = {code}")
    assert (Flaw.EDIT, "its beginning was changed") in log.flaws()


def test_g27_a_chain_number_that_somebody_made_up_keeps_nobody_busy(log: Log) -> None:
    log.written(2)
    log.change("UPDATE audit_chains SET number = 900000000000")
    assert (Flaw.DROP, "chain numbers 1 to 899999999999 are gone") in log.flaws()


def test_g27_a_text_that_is_none_was_changed(log: Log) -> None:
    log.written(2)
    log.change("UPDATE audit SET kind = x'ff' WHERE number = 1")
    assert log.flaws() == [(Flaw.EDIT, "record 1 was changed")]
