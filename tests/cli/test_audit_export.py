"""`gate audit export`: what is exported can be verified elsewhere (G27)."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from gate.config.secret import Purpose
from gate.core.ports import AuditRecord, Chain
from gate.service.audit_chain import chain_code, chain_key, next_key, record_code
from tests.support.command_line import CommandLine


def exported(gate: CommandLine, *args: object) -> list[dict[str, Any]]:
    return [json.loads(line) for line in gate.ok("audit", "export", *args).stdout.splitlines()]


def test_g27_an_export_holds_the_chains_and_every_record_in_order(gate: CommandLine) -> None:
    gate.ok("account", "disable", "alice")
    lines = exported(gate)
    began = [line for line in lines if line["kind"] == "chain_began"]
    records = lines[len(began) :]
    assert [line["number"] for line in began] == [1, 2]
    assert [record["kind"] for record in records[-2:]] == ["account_disabled", "log_closed"]
    assert [record["id"] for record in records] == sorted(record["id"] for record in records)
    assert {record["chain"] for record in records} == {line["chain"] for line in began}


def test_g27_the_codes_of_an_export_can_be_computed_again(gate: CommandLine) -> None:
    began, *_, first, _ = exported(gate)
    with gate.world() as world:
        key = chain_key(world.keys(Purpose.AUDIT).by_id[began["key"]], began["chain"])
    chain = Chain(
        number=began["number"],
        id=began["chain"],
        process=began["process"],
        key_id=began["key"],
        began_at=datetime.fromisoformat(began["time"]),
        code="",
    )
    assert chain_code(key, chain) == began["code"]
    records = exported(gate)[1:]
    before = began["code"]
    for line in records[: first["number"]]:
        record = AuditRecord(
            at=datetime.fromisoformat(line["time"]),
            kind=line["kind"],
            account=line.get("account", ""),
            details=line.get("details", {}),
        )
        before = record_code(next_key(key), before, record)
        assert before == line["code"]


def test_an_export_goes_on_where_the_last_one_ended(gate: CommandLine) -> None:
    last = exported(gate)[-1]["id"]
    gate.ok("account", "disable", "alice")
    newer = [line for line in exported(gate, "--after", last) if line["kind"] != "chain_began"]
    assert [line["id"] for line in newer] == [last + 1, last + 2]


def test_records_without_a_chain_are_exported_too(gate: CommandLine) -> None:
    with gate.world() as world:
        world.store.audit.append([AuditRecord(at=world.clock.now(), kind="signed_in")])
    last = exported(gate)[-1]
    assert last["kind"] == "signed_in"
    assert "chain" not in last
