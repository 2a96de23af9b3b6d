"""`gate migrate`: a store is made, looked at, and brought to this version."""

from __future__ import annotations

from pathlib import Path

from gate.store.sql.migrate import head
from gate.store.sql.revisions import MAIN_CHAIN
from tests.support.command_line import CommandLine, new_command_line


def test_a_store_that_is_not_there_is_made(tmp_path: Path) -> None:
    gate = new_command_line(tmp_path)
    found = gate("migrate", "--check")
    assert found.exit_code == 1
    assert "there is no store yet" in found.stdout
    assert not (tmp_path / "state").exists()
    made = gate.json("migrate")
    assert made == {"before": None, "after": head(), "needed": head(), "current": True}


def test_what_the_store_makes_is_for_its_owner_alone(gate: CommandLine) -> None:
    state = gate.folder / "state"
    modes = {path.name: path.stat().st_mode & 0o777 for path in (state, *state.iterdir())}
    assert modes.pop("state") == 0o700
    assert set(modes.values()) == {0o600}


def test_a_store_of_this_version_is_left_alone(gate: CommandLine) -> None:
    assert gate.json("migrate", "--check")["current"] is True
    assert "as this version needs it" in gate.ok("migrate").stdout


def test_steps_back_end_at_the_first_schema_and_lead_forward_again(gate: CommandLine) -> None:
    steps = len(MAIN_CHAIN.revisions()) - 1
    assert {gate("migrate", "--back").exit_code for _ in range(steps)} == {0}
    assert gate("migrate", "--check").exit_code == 1
    found = gate("migrate", "--back")
    assert found.exit_code == 3
    assert "no step back" in found.stderr
    assert gate.json("migrate")["current"] is True


def test_a_check_that_would_change_something_is_a_usage_error(gate: CommandLine) -> None:
    assert gate("migrate", "--check", "--back").exit_code == 2
