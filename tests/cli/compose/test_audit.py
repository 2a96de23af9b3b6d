"""The audit of a process: a chain of its own at every start (G27)."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

from gate.cli.compose.audit import (
    chain_told,
    chained_log,
    first_key,
    kept_audit,
    new_chain,
    told_chain,
)
from gate.config.secret import Purpose, new_keyring
from gate.config.settings import Settings
from gate.core.ports import AuditRecord
from gate.service.audit_chain import LOG_CLOSED, chain_key
from gate.service.audit_verify import verify
from gate.store.anchor import AnchorFile
from gate.store.clock import FixedClock
from tests.support.sql_stores import new_sqlite_store
from tests.support.store_values import NOON, some_chain

KEYRING = new_keyring()
AUDIT = KEYRING.derive(Purpose.AUDIT)
CLOCK = FixedClock(NOON)


def settings(folder: Path) -> Settings:
    return Settings.from_written({"audit": {"anchor": str(folder / "anchor")}})


def test_g27_a_process_is_told_its_own_chain_and_not_what_all_come_from() -> None:
    told = json.loads(json.dumps(told_chain(KEYRING, "worker 1")))
    start = chain_told(told)
    assert start.process.startswith("worker 1 on ")
    assert start.key_id == KEYRING.current_id
    assert start.key == chain_key(AUDIT.current, start.id)
    assert AUDIT.current.hex() not in json.dumps(told)
    assert told_chain(KEYRING, "worker 1")["id"] != start.id


def test_g27_a_chain_under_a_key_that_nobody_has_has_no_key() -> None:
    assert first_key(AUDIT, some_chain(1)) is None


def test_g27_what_a_process_records_is_chained_anchored_and_closed(tmp_path: Path) -> None:
    with closing(new_sqlite_store(tmp_path)) as store:
        chained = chained_log(store, CLOCK, settings(tmp_path), new_chain(KEYRING, "pages"))
        with kept_audit(chained, settings(tmp_path)) as audit:
            audit.record(AuditRecord(at=NOON, kind="signed_in"))
        kinds = [record.kind for record in store.audit.in_order(after=0, most=9)]
        assert kinds == ["signed_in", LOG_CLOSED]
        anchor = AnchorFile(path=tmp_path / "anchor", clock=CLOCK)
        assert list(anchor.heads()) == list(store.audit.heads())
        verdict = verify(store.audit, lambda chain: first_key(AUDIT, chain), anchor.heads())
        assert (verdict.records, verdict.chains, verdict.findings) == (2, 1, ())


def test_a_process_without_an_anchor_needs_none(tmp_path: Path) -> None:
    with closing(new_sqlite_store(tmp_path)) as store:
        chained = chained_log(store, CLOCK, Settings(), new_chain(KEYRING, "pages"))
        chained.append([AuditRecord(at=NOON, kind="signed_in")])
        chained.close()
        assert len(store.audit.heads()) == 1
