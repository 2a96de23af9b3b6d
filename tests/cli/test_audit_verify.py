"""`gate audit verify` tells a crash, a deletion and an edit apart (G27)."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest

from gate.cli.compose.audit import chained_log, new_chain
from gate.core.ports import AuditRecord
from tests.support.command_line import CommandLine


@pytest.fixture
def recorded(gate: CommandLine) -> CommandLine:
    """Some records in chains that ended in order."""
    gate.ok("account", "disable", "alice")
    gate.ok("account", "enable", "alice")
    return gate


def change(gate: CommandLine, statement: str, file: str = "gate-live.db") -> None:
    with closing(sqlite3.connect(gate.folder / "state" / file)) as connection:
        assert connection.execute(statement).rowcount > 0
        connection.commit()


def found(gate: CommandLine, *, code: int) -> list[tuple[str, str]]:
    """Give the flaws that programs read, after looking at the exit code."""
    result = gate("audit", "verify", "--json")
    assert result.exit_code == code, result.stderr
    return [(each["flaw"], each["words"]) for each in json.loads(result.stdout)["findings"]]


def test_g27_a_whole_log_is_verified(recorded: CommandLine) -> None:
    said = recorded.ok("audit", "verify").stdout
    assert said == "7 records in 3 chains were verified; none was taken away or changed\n"
    assert recorded.json("audit", "verify") == {
        "sound": True,
        "records": 7,
        "chains": 3,
        "unchained": 0,
        "findings": [],
    }


def test_g27_an_edit_is_told(recorded: CommandLine) -> None:
    change(recorded, "UPDATE audit SET account = 'bob' WHERE account = 'alice'")
    assert {flaw for flaw, _ in found(recorded, code=1)} == {"edit"}
    result = recorded("audit", "verify")
    assert result.exit_code == 1
    assert "edit: command on " in result.stdout
    assert "record 1 was changed" in result.stdout
    assert result.stdout.endswith("some were taken away or changed\n")


def test_g27_a_deletion_is_told(recorded: CommandLine) -> None:
    change(recorded, "DELETE FROM audit WHERE id = (SELECT max(id) FROM audit)")
    assert found(recorded, code=1) == [("drop", "record 2 is missing at the end")]


def test_g27_a_crash_is_told_and_is_no_failure(recorded: CommandLine) -> None:
    with recorded.world() as world:
        start = new_chain(world.keyring, "command")
        log = chained_log(world.store, world.clock, world.settings, start)
        log.append([AuditRecord(at=world.clock.now(), kind="signed_in")])
    recorded.ok("account", "disable", "alice")
    ((flaw, words),) = found(recorded, code=0)
    assert flaw == "crash_gap"
    assert words == "ended in a crash behind record 1; the last moments are missing"
    assert "crash gap: command on " in recorded.ok("audit", "verify").stdout


def test_g27_records_that_are_older_than_the_chains_are_counted(gate: CommandLine) -> None:
    change(gate, "DELETE FROM audit")
    change(gate, "DELETE FROM audit_chains")
    change(gate, "DELETE FROM audit_heads", "gate.db")
    with gate.world() as world:
        world.store.audit.append([AuditRecord(at=world.clock.now(), kind="signed_in")])
    assert "1 are older than the chains" in gate.ok("audit", "verify").stdout


def test_g27_the_anchor_shows_what_the_store_has_lost(gate: CommandLine) -> None:
    with gate.config.open("a") as config:
        config.write(f"audit:\n  anchor: {gate.folder}/anchor\n")
    gate.ok("account", "disable", "alice")
    gate.ok("audit", "verify")
    change(gate, "DELETE FROM audit WHERE chain = (SELECT id FROM audit_chains WHERE number = 2)")
    change(gate, "DELETE FROM audit_heads", "gate.db")
    assert found(gate, code=1) == [("drop", "records 1 to 2 are missing at the end")]
