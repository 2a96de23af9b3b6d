"""`gate init`: files that pass the checks, and nothing overwritten."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gate.cli.main import main


def run(*args: object) -> Result:
    return CliRunner(env={"GATE_CONFIG": None}).invoke(main, [*map(str, args)])


@pytest.mark.parametrize(
    ("args", "url"),
    [
        pytest.param([], "http://localhost:8080", id="nothing said"),
        pytest.param(["--host", "Wiki.Example.com"], "https://wiki.example.com", id="a host"),
        pytest.param(
            ["--upstream", "https://10.1.2.3:8443/"], "http://localhost:8080", id="a site"
        ),
    ],
)
def test_what_it_writes_passes_check_and_test(tmp_path: Path, args: list[str], url: str) -> None:
    made = run("init", tmp_path / "new", *args)
    assert made.exit_code == 0
    config = tmp_path / "new" / "gate.yaml"
    assert f"public_url: {url}\n" in config.read_text()
    for command in (("check",), ("test",)):
        found = run(*command, "--config", config)
        assert (found.exit_code, found.stderr) == (0, "")


def test_it_says_the_next_steps(tmp_path: Path) -> None:
    made = run("init", tmp_path)
    assert made.stdout.splitlines() == [
        f"wrote {tmp_path}/gate.yaml",
        f"wrote {tmp_path}/policies/site.yaml",
    ]
    assert f"gate serve --config {tmp_path}/gate.yaml" in made.stderr
    assert "open http://localhost:8080" in made.stderr


def test_programs_get_what_was_written(tmp_path: Path) -> None:
    made = run("init", tmp_path, "--json")
    assert json.loads(made.stdout) == {
        "written": [f"{tmp_path}/gate.yaml", f"{tmp_path}/policies/site.yaml"]
    }


@pytest.mark.parametrize("name", ["gate.yaml", "policies/site.yaml"])
def test_nothing_is_overwritten(tmp_path: Path, name: str) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / name).write_text("mine\n")
    found = run("init", tmp_path)
    assert found.exit_code == 1
    assert f"{tmp_path / name} exists" in found.stderr
    assert (tmp_path / name).read_text() == "mine\n"
    assert [path.name for path in tmp_path.rglob("*.yaml")] == [Path(name).name]


@pytest.mark.parametrize(
    "args",
    [
        pytest.param(["--host", "a b"], id="no host"),
        pytest.param(["--host", "wiki:80"], id="a port"),
        pytest.param(["--upstream", "wiki"], id="no address"),
        pytest.param(["--upstream", "http://x/path"], id="a path"),
    ],
)
def test_values_that_make_no_sense_write_nothing(tmp_path: Path, args: list[str]) -> None:
    assert run("init", tmp_path, *args).exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_can_not_be_written_is_exit_1(tmp_path: Path) -> None:
    (tmp_path / "policies").write_text("a file in the way")
    found = run("init", tmp_path)
    assert found.exit_code == 1
    assert "can't be written" in found.stderr
