"""`gate test`: runs the tests of a policy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from gate.cli.main import main
from tests.support.policies import SITE

CASES = """\
tests:
  - {name: strangers, request: GET http://wiki.example.com/, from: 10.0.0.1, expect: sign_in}
  - {name: bob, request: GET http://wiki.example.com/, from: 10.0.0.1, as: bob, expect: permit}
"""


def run(tmp_path: Path, text: str, *args: str) -> Result:
    file = tmp_path / "wiki.yaml"
    file.write_text(text)
    return CliRunner(env={"GATE_CONFIG": None}).invoke(main, ["test", str(file), *args])


def test_each_test_is_told(tmp_path: Path) -> None:
    found = run(tmp_path, SITE + CASES)
    assert found.exit_code == 1
    assert found.stdout == (
        "ok    strangers\n"
        f"FAIL  bob ({tmp_path}/wiki.yaml:9:12): expected `permit`, came `step_up second_factor`"
        " (needs_second_factor), rule `staff` (wiki.yaml:6:9)\n"
        "1 passed, 1 failed\n"
    )


def test_a_policy_whose_tests_pass_is_exit_0(tmp_path: Path) -> None:
    assert run(tmp_path, SITE + CASES.replace("permit", "step_up")).exit_code == 0


def test_a_policy_without_tests_is_exit_1(tmp_path: Path) -> None:
    found = run(tmp_path, SITE)
    assert found.exit_code == 1
    assert found.stderr == "gate: the policy has no tests; write some under `tests:`\n"


def test_a_broken_policy_is_exit_1(tmp_path: Path) -> None:
    found = run(tmp_path, "sites: []")
    assert found.exit_code == 1
    assert found.stderr.startswith(f"gate: {tmp_path}/wiki.yaml:1:8: ")


def test_json_is_one_array(tmp_path: Path) -> None:
    value: Any = json.loads(run(tmp_path, SITE + CASES, "--json").stdout)
    assert [(each["name"], each["passed"]) for each in value] == [
        ("strangers", True),
        ("bob", False),
    ]
    assert value[1]["came"] == "step_up second_factor"
    assert value[1]["rule"] == "staff"
    assert json.loads(run(tmp_path, SITE, "--json").stdout) == []
