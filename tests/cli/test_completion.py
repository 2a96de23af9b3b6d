"""`gate completion`: the scripts, and what a shell is told."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from gate.cli.main import main


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_a_script(shell: str) -> None:
    found = CliRunner().invoke(main, ["completion", shell])
    assert found.exit_code == 0
    assert "_GATE_COMPLETE" in found.stdout
    said = CliRunner().invoke(main, ["completion", shell, "--json"])
    assert json.loads(said.stdout) == {"shell": shell, "script": found.stdout[:-1]}


def test_a_shell_that_is_not_known_is_a_usage_error() -> None:
    assert CliRunner().invoke(main, ["completion", "tcsh"]).exit_code == 2


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        pytest.param("gate a", ["account", "audit"], id="a command"),
        pytest.param("gate account un", ["unlock"], id="a command of a group"),
        pytest.param("gate account networks --re", ["--remove"], id="an option"),
    ],
)
def test_a_shell_is_told_what_could_follow(typed: str, offered: list[str]) -> None:
    asked = {"_GATE_COMPLETE": "bash_complete", "COMP_WORDS": typed}
    asked["COMP_CWORD"] = str(typed.count(" "))
    told = subprocess.run(
        [sys.executable, "-c", "from gate.cli.main import main; main(prog_name='gate')"],
        env={**os.environ, **asked},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == [f"plain,{each}" for each in offered]
