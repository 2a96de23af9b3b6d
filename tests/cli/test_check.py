"""`gate check`: problems, warnings and exit codes; no store is opened."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gate.cli.main import main
from tests.support.broken_policies import BROKEN, WHY
from tests.support.policies import SITE

GOOD = f"admins: {{account: a}}\n{SITE}"
OWN = {"GATE_PUBLIC_URL": "https://gate.example.com"}
FAILS = (
    "tests: [{name: t, request: GET http://wiki.example.com/, from: 10.0.0.1, expect: permit}]\n"
)


def run(*args: object, env: dict[str, str] | None = None) -> Result:
    return CliRunner(env={"GATE_CONFIG": None}).invoke(
        main, ["check", *map(str, args)], env=OWN if env is None else env
    )


def folder(tmp_path: Path, **files: str) -> Path:
    policies = tmp_path / "policies"
    policies.mkdir()
    for name, text in files.items():
        (policies / f"{name}.yaml").write_text(text)
    return policies


def test_a_good_policy_is_exit_0(tmp_path: Path) -> None:
    found = run(folder(tmp_path, wiki=GOOD))
    assert (found.exit_code, found.stdout) == (
        0,
        "1 file, 1 site, 1 rule, 0 tests: 0 problems, 0 warnings\n",
    )


@pytest.mark.parametrize("name", BROKEN)
def test_f11_a_broken_policy_is_exit_1_with_every_place(tmp_path: Path, name: str) -> None:
    policies = folder(tmp_path, p=BROKEN[name])
    found = run(policies)
    assert found.exit_code == 1
    lines = found.stdout.splitlines()
    first = WHY[name][0].split(": ")[0]
    assert lines[0].startswith(f"{policies}/p.yaml:{first}: ")
    assert len(lines) == len(WHY[name]) + 1


def test_files_are_named_as_they_were_given(tmp_path: Path) -> None:
    policies = folder(tmp_path, p="sites: []", q=GOOD)
    assert run(policies / "p.yaml").stdout.startswith(f"{policies}/p.yaml:1:8: ")
    assert run(policies / "q.yaml").exit_code == 0


def test_warnings_are_exit_0_and_strict_ones_1(tmp_path: Path) -> None:
    policies = folder(tmp_path, wiki=SITE)
    found = run(policies)
    assert found.exit_code == 0
    assert ": warning: nobody may open the admin pages;" in found.stdout
    assert run(policies, "--strict").exit_code == 1
    assert run("--strict", folder(tmp_path / "policies", good=GOOD)).exit_code == 0


def test_r12_a_failing_test_is_a_problem_at_its_place(tmp_path: Path) -> None:
    policies = folder(tmp_path, wiki=GOOD + FAILS)
    found = run(policies)
    assert found.exit_code == 1
    assert found.stdout.startswith(f"{policies}/wiki.yaml:8:16: test `t` failed: expected `permit`")


def test_json_is_one_object_wherever_the_option_stands(tmp_path: Path) -> None:
    policies = folder(tmp_path, wiki=SITE + FAILS)
    for args in ((policies, "--json"), ("--json", policies)):
        value: Any = json.loads(run(*args).stdout)
        assert (value["ok"], len(value["problems"])) == (False, 1)
        assert value["problems"][0]["line"] == 7
        assert value["warnings"][0]["id"] == "W05 no-admins"


def test_t83_what_a_policy_says_does_not_move_the_terminal(tmp_path: Path) -> None:
    policies = folder(tmp_path, wiki='sites: {"\\e[2J": {}}')
    assert "\x1b" not in run(policies).stdout


@pytest.mark.parametrize("args", [(), ("lost",)])
def test_a_policy_that_is_not_named_is_a_mistake_of_usage(args: tuple[str, ...]) -> None:
    assert run(*args).exit_code == 2


def test_two_folders_are_a_mistake_of_usage(tmp_path: Path) -> None:
    policies = folder(tmp_path, wiki=GOOD)
    assert run(policies, policies / "wiki.yaml").exit_code == 2


def test_t101_bad_settings_are_exit_78(tmp_path: Path) -> None:
    (tmp_path / "gate.yaml").write_text("polices: policies\n")
    found = run("--config", tmp_path / "gate.yaml")
    assert found.exit_code == 78
    assert "unknown setting `polices`; did you mean `policies`?" in found.stderr


def test_the_folder_of_the_settings_is_checked(tmp_path: Path) -> None:
    policies = folder(tmp_path, wiki="sites: []")
    (tmp_path / "gate.yaml").write_text("policies: policies\n")
    found = run("--config", tmp_path / "gate.yaml")
    assert found.stdout.startswith(f"{policies}/wiki.yaml:1:8: ")
    assert list(tmp_path.iterdir()) != [tmp_path / "gate-state"]


def test_the_built_in_policy_is_checked() -> None:
    found = run(env={"GATE_UPSTREAM": "http://127.0.0.1:8000"})
    assert found.exit_code == 0
    assert "2 tests: 0 problems" in found.stdout


def test_t101_a_folder_that_can_not_be_read_is_a_problem(tmp_path: Path) -> None:
    found = run(env={"GATE_POLICIES": str(tmp_path / "lost")})
    assert (found.exit_code, "can't be read" in found.stdout) == (1, True)


def test_no_store_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    policies = folder(tmp_path, wiki=GOOD)
    monkeypatch.chdir(tmp_path)
    assert run(policies).exit_code == 0
    assert list(tmp_path.iterdir()) == [policies]
