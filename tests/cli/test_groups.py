"""How every command ends, and what may stand where."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from gate.cli.main import COMMANDS, main
from tests.support.command_line import CommandLine, new_command_line

GATE = f"{sys.executable} -m gate.cli.main"
IMPORTED = """
import sys
from gate.cli.main import main
try:
    main(["--help"])
except SystemExit:
    print("pydantic" in sys.modules, "sqlalchemy" in sys.modules)
"""


def run(*args: str) -> tuple[int, str, str]:
    found = CliRunner(env={"GATE_CONFIG": None}).invoke(main, args)
    return found.exit_code, found.stdout, found.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_table_is_there_and_explains_itself(name: str) -> None:
    code, said, _ = run(name, "--help")
    assert code == 0
    assert "Usage:" in said


def test_help_lists_every_command_without_importing_one() -> None:
    listed = subprocess.run(
        [
            sys.executable,
            "-c",
            IMPORTED,
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert all(f"  {name} " in listed.stdout for name in COMMANDS)
    assert listed.stdout.endswith("False False\n")


def test_no_command_at_all_shows_the_help_and_is_a_usage_error() -> None:
    code, said, shown = run()
    assert (code, said) == (2, "")
    assert "Commands:" in shown


@pytest.mark.parametrize(
    ("args", "message"),
    [
        pytest.param(
            ["acount"],
            "gate: there is no command `acount`; did you mean `account`?; see: gate --help",
            id="a name that was meant",
        ),
        pytest.param(
            ["xyzzy"], "gate: there is no command `xyzzy`; see: gate --help", id="no such name"
        ),
        pytest.param(
            ["account", "list", "--frob"],
            "gate: no such option '--frob'; see: gate account list --help",
            id="an option",
        ),
    ],
)
def test_a_usage_error_is_one_line_and_exit_2(args: list[str], message: str) -> None:
    code, said, shown = run(*args)
    assert (code, said) == (2, "")
    assert shown.strip() in {message, message.replace("?; see: gate --help", "?")}


def test_config_and_json_may_stand_anywhere_after_the_name(gate: CommandLine) -> None:
    config = str(gate.config)
    wanted = gate.json("account", "list")
    for args in (
        ("account", "--config", config, "--json", "list"),
        ("account", "--json", "list", f"--config={config}"),
        ("account", "list", "--json", "--config", config),
    ):
        code, said, _ = run(*args)
        assert (code, json.loads(said)) == (0, wanted)


def test_bad_settings_are_exit_78_with_every_problem(tmp_path: Path) -> None:
    gate = new_command_line(tmp_path, "lisen: 1\nworkers: none\n")
    found = gate("account", "list")
    assert found.exit_code == 78
    lines = found.stderr.splitlines()
    assert len(lines) == 2
    assert all(line.startswith(f"gate: {gate.config}:") for line in lines)


def test_a_store_that_can_not_be_used_is_exit_3_without_a_traceback(tmp_path: Path) -> None:
    gate = new_command_line(tmp_path, "state: sqlite:///gate.db\nupstream: http://127.0.0.1:9\n")
    (tmp_path / "gate.db").write_text("no database")
    found = gate("account", "list")
    assert found.exit_code == 3
    assert found.stderr.startswith("gate: ")
    assert "Traceback" not in found.output


def test_g26_a_store_without_its_key_is_exit_3(gate: CommandLine) -> None:
    (gate.folder / "state" / "master.key").unlink()
    found = gate("account", "list")
    assert found.exit_code == 3
    assert "put the key file back from your backup" in found.stderr


def test_a_reader_that_goes_away_is_no_failure(gate: CommandLine) -> None:
    piped = subprocess.run(
        [
            "bash",
            "-c",
            f"set -o pipefail; {GATE} audit tail -n 1000 --config {gate.config} | true",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (piped.returncode, piped.stderr) == (0, "")
