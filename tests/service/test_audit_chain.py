"""The audit chain: one writer, a key that leads nowhere back, heads noted apart (G27)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta, timezone
from typing import cast

import pytest

from gate.core.errors import StoreUnavailable
from gate.core.ports import RECORD_TEXTS, AuditLog, AuditRecord, ChainPlace
from gate.service.audit_chain import (
    LOG_CLOSED,
    SEGMENT,
    ChainedLog,
    ChainEnd,
    ChainStart,
    chain_code,
    chain_key,
    next_key,
    record_code,
)
from gate.store.clock import FixedClock
from gate.store.memory import MemoryStore
from tests.support.broken_store import BrokenStore
from tests.support.store_values import NOON

AUDIT_KEY = bytes(range(32))
KEY = chain_key(AUDIT_KEY, "boot")
START = ChainStart(id="boot", process="pages", key_id="k1", key=KEY)
FULL = AuditRecord(
    at=NOON,
    kind="decision",
    request="r-1",
    site="wiki",
    account="alice",
    client="192.0.2.7",
    outcome="permit",
    reason="permitted",
    rule="staff",
    method="GET",
    path="/",
    version=3,
    repeats=2,
    details={"proofs": {"totp": 3}},
)


def record(request: str = "r-1") -> AuditRecord:
    return AuditRecord(at=NOON, kind="decision", request=request)


def chained(store: MemoryStore | BrokenStore) -> ChainedLog:
    return ChainedLog(store.audit, START, FixedClock(NOON))


def places(store: MemoryStore) -> list[ChainPlace | None]:
    return [each.place for each in store.audit.in_order(after=0, most=1000)]


def numbers(store: MemoryStore) -> list[int]:
    return [place.number for place in places(store) if place is not None]


def test_g27_records_are_numbered_and_each_hangs_on_the_one_before() -> None:
    store = MemoryStore()
    log = chained(store)
    log.append([record("a"), record("b")])
    log.append([record("c")])
    (chain,) = store.audit.chains()
    key = next_key(KEY)
    expected: list[ChainPlace] = []
    before = chain.code
    for number, request in enumerate("abc", start=1):
        before = record_code(key, before, record(request))
        expected.append(ChainPlace(chain="boot", number=number, code=before))
    assert places(store) == expected


def test_g27_a_chain_begins_with_its_first_record() -> None:
    store = MemoryStore()
    log = chained(store)
    log.note_head()
    log.close()
    assert store.audit.chains() == ()
    log.append([record()])
    (chain,) = store.audit.chains()
    assert (chain.number, chain.id, chain.process, chain.key_id) == (1, "boot", "pages", "k1")
    assert chain.began_at == NOON
    assert chain.code == chain_code(KEY, chain)


@pytest.mark.parametrize(
    "changed",
    [
        replace(FULL, at=NOON + timedelta(microseconds=1)),
        *[
            replace(FULL, **{name: "other"})  # type: ignore[arg-type]  # every text in turn
            for name in RECORD_TEXTS
        ],
        replace(FULL, version=None),
        replace(FULL, repeats=1),
        replace(FULL, details={"proofs": {"totp": 4}}),
    ],
)
def test_g27_the_code_covers_every_field(changed: AuditRecord) -> None:
    covered = {*RECORD_TEXTS, "at", "version", "repeats", "details"}
    assert {each.name for each in fields(AuditRecord)} - covered == {"id", "place"}
    assert record_code(KEY, "before", changed) != record_code(KEY, "before", FULL)


def test_g27_the_code_covers_the_record_before_and_the_key() -> None:
    code = record_code(KEY, "before", FULL)
    assert record_code(KEY, "other", FULL) != code
    assert record_code(next_key(KEY), "before", FULL) != code
    assert chain_key(AUDIT_KEY, "other boot") != KEY


def test_the_code_does_not_depend_on_the_zone_or_on_the_id() -> None:
    elsewhere = FULL.at.astimezone(timezone(timedelta(hours=2)))
    assert record_code(KEY, "", replace(FULL, at=elsewhere, id=9)) == record_code(KEY, "", FULL)


def test_g27_the_key_is_replaced_after_every_segment() -> None:
    store = MemoryStore()
    chained(store).append([record(str(number)) for number in range(SEGMENT + 1)])
    last, after = places(store)[SEGMENT - 1 :]
    assert last is not None
    assert after is not None
    assert after.code == record_code(next_key(next_key(KEY)), last.code, record(str(SEGMENT)))


def test_g27_neither_the_first_key_nor_that_of_a_past_segment_is_kept() -> None:
    log = chained(MemoryStore())
    log.append([record()] * SEGMENT)
    held = [log._start.key, log._end.key if log._end else b""]
    assert KEY not in held
    assert next_key(KEY) not in held


def test_keys_are_not_shown() -> None:
    end = ChainEnd(chain="boot", number=0, code="", key=KEY)
    assert repr(KEY) not in repr(START) + repr(end)


def test_g27_the_head_is_noted_when_it_moved() -> None:
    store = BrokenStore(MemoryStore())
    log = chained(store)
    log.append([record(), record()])
    log.note_head()
    log.note_head()
    assert store.calls.count("audit.note_head") == 1
    (head,) = store.audit.heads()
    assert head.number == 2
    log.append([record()])
    log.note_head()
    assert [head.number for head in store.audit.heads()] == [3]


@dataclass(slots=True)
class Anchor:
    """Keeps what it is told."""

    heads: list[ChainPlace] = field(default_factory=list)

    def __call__(self, head: ChainPlace) -> None:
        self.heads.append(head)


def test_g27_heads_go_to_the_anchor_too() -> None:
    store, anchor = MemoryStore(), Anchor()
    log = ChainedLog(store.audit, START, FixedClock(NOON), anchor)
    log.append([record()])
    log.close()
    assert anchor.heads == list(store.audit.heads())


def test_g27_a_chain_that_ends_in_order_says_so() -> None:
    store = MemoryStore()
    log = chained(store)
    log.append([record()])
    log.close()
    last = store.audit.in_order(after=1, most=1)[0]
    assert last.kind == LOG_CLOSED
    assert [head.number for head in store.audit.heads()] == [2]


def test_a_head_that_can_not_be_noted_is_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    store = BrokenStore(MemoryStore(), fail_on={"audit.note_head"})
    log = chained(store)
    log.append([record()])
    with caplog.at_level(logging.WARNING):
        log.note_head()
    assert "not noted" in caplog.text
    store.mend()
    log.note_head()
    assert [head.number for head in store.audit.heads()] == [1]


def test_a_chain_that_can_not_be_closed_only_warns(caplog: pytest.LogCaptureFixture) -> None:
    store = BrokenStore(MemoryStore())
    log = chained(store)
    log.append([record()])
    store.fail_on = {"audit.append"}
    with caplog.at_level(logging.WARNING):
        log.close()
    assert "not closed" in caplog.text


def test_a_chain_that_could_not_begin_begins_later() -> None:
    store = BrokenStore(MemoryStore(), fail_on={"audit.begin_chain"})
    log = chained(store)
    with pytest.raises(StoreUnavailable):
        log.append([record()])
    store.mend()
    log.append([record()])
    assert len(store.audit.chains()) == 1


def test_f4_a_write_that_failed_leaves_no_gap() -> None:
    inner = MemoryStore()
    store = BrokenStore(inner)
    log = chained(store)
    log.append([record("a")])
    store.fail_on = {"audit.append"}
    with pytest.raises(StoreUnavailable):
        log.append([record("lost")])
    store.mend()
    log.append([record("b")])
    assert numbers(inner) == [1, 2]


@dataclass(slots=True)
class LandsAndFails:
    """A log that keeps the records of one call and then says that it could not."""

    inner: AuditLog
    failing: bool = False

    def append(self, records: Sequence[AuditRecord]) -> None:
        self.inner.append(records)
        if self.failing:
            self.failing = False
            raise StoreUnavailable("the connection broke")

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)


def test_f4_a_write_that_landed_although_it_failed_is_counted() -> None:
    store = MemoryStore()
    shaky = LandsAndFails(store.audit)
    log = ChainedLog(cast(AuditLog, shaky), START, FixedClock(NOON))
    log.append([record("a")])
    shaky.failing = True
    with pytest.raises(StoreUnavailable):
        log.append([record("landed")])
    log.append([record("b")])
    assert numbers(store) == [1, 2, 3]
