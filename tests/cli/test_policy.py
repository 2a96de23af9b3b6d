"""`gate policy`: versions, what waits, and which one is in force; with a real store."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gate.cli.main import main
from tests.support.policies import SITE

BOB = f"accounts: {{bob: {{networks: 10.0.0.0/8}}}}\n{SITE}"
SETTINGS = """\
policies: policies
state: sqlite:///state/gate.db
public_url: https://wiki.example.com
"""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "gate.yaml").write_text(SETTINGS)
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "wiki.yaml").write_text(BOB)
    return tmp_path


def run(here: Path, *args: str) -> Result:
    runner = CliRunner(env={"GATE_CONFIG": str(here / "gate.yaml")})
    return runner.invoke(main, ["policy", *args])


def publish(here: Path, text: str) -> Result:
    (here / "policies" / "wiki.yaml").write_text(text)
    return run(here, "publish", "--reason", "because")


def test_the_folder_is_published_with_a_reason(here: Path) -> None:
    found = publish(here, BOB)
    assert (found.exit_code, found.stdout) == (0, "version 1 is in force\n")
    versions: Any = json.loads(run(here, "history", "--json").stdout)
    assert [(each["version"], each["message"], each["in_force"]) for each in versions] == [
        (1, "because", True)
    ]


def test_g9_a_publish_says_what_it_loosens(here: Path) -> None:
    publish(here, BOB)
    found = publish(here, SITE)
    assert found.exit_code == 0
    assert found.stderr == (
        "this loosens the policy in force:\n  the entry of account `bob` is gone\n"
    )


def test_a_policy_that_this_installation_can_not_serve_is_not_published(here: Path) -> None:
    settings = SETTINGS.replace("public_url: https://wiki.example.com\n", "")
    (here / "gate.yaml").write_text(settings)
    found = publish(here, SITE)
    assert (found.exit_code, found.stdout) == (1, "")
    assert "set `public_url` to https://wiki.example.com" in found.stderr
    assert json.loads(run(here, "history", "--json").stdout) == []


def test_g9_a_publish_without_a_reason_is_none(here: Path) -> None:
    found = run(here, "publish")
    assert found.exit_code == 2
    assert "a publish needs a reason; give --reason TEXT" in found.stderr
    assert json.loads(run(here, "history", "--json").stdout) == []


def test_a_broken_folder_is_not_published(here: Path) -> None:
    found = publish(here, "sites: []")
    assert found.exit_code == 1
    assert "wiki.yaml:1:8: " in found.stderr
    (here / "policies" / "wiki.yaml").write_bytes(b"\xff")
    assert run(here, "publish", "--reason", "x").exit_code == 1


def test_t101_without_a_folder_there_is_nothing_to_publish(here: Path) -> None:
    (here / "gate.yaml").write_text("upstream: http://127.0.0.1:1\nstate: sqlite:///state/a.db\n")
    assert run(here, "publish", "--reason", "x").exit_code == 78


def test_a_version_is_shown_with_its_files(here: Path) -> None:
    publish(here, BOB)
    found = run(here, "show")
    assert found.exit_code == 0
    assert "# --- wiki.yaml\naccounts: {bob:" in found.stdout
    value: Any = json.loads(run(here, "show", "1", "--json").stdout)
    assert value["files"] == {"wiki.yaml": BOB}
    assert value["held"] is None
    assert run(here, "show", "7").exit_code == 1


def test_a_rollback_brings_a_version_and_the_folder_back(here: Path) -> None:
    publish(here, BOB)
    publish(here, SITE)
    found = run(here, "rollback", "1")
    assert (found.exit_code, found.stdout) == (0, "version 3 is in force\n")
    assert (here / "policies" / "wiki.yaml").read_text() == BOB
    assert run(here, "rollback", "9").exit_code == 1
    assert run(here, "rollback", "one").exit_code == 2


def test_a_rollback_pins_where_there_is_no_folder(here: Path) -> None:
    publish(here, BOB)
    publish(here, SITE)
    (here / "policies").rename(here / "gone")
    found = run(here, "rollback", "1")
    assert found.stdout == "version 1 is in force, pinned until `gate policy unpin`\n"
    assert "in force, pinned" in run(here, "history").stdout
    assert run(here, "unpin").stdout == "the folder rules again\n"
    assert run(here, "unpin").exit_code == 1


def test_without_versions_there_is_none_to_show(here: Path) -> None:
    assert run(here, "history").stdout == "there is no version yet\n"
    assert run(here, "show").exit_code == 1


def test_common_options_may_stand_before_the_name(here: Path) -> None:
    found = run(here, "--json", "--config", str(here / "gate.yaml"), "history")
    assert json.loads(found.stdout) == []


def test_what_was_done_is_recorded(here: Path) -> None:
    publish(here, BOB)
    runner = CliRunner(env={"GATE_CONFIG": str(here / "gate.yaml")})
    found = runner.invoke(main, ["audit", "search", "--json"])
    assert "policy_changed" in found.stdout
