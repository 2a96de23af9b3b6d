"""`gate doctor`: what it finds, and that it changes nothing."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from gate.cli.doctor_network import listening_on
from tests.support.command_line import CommandLine, new_command_line
from tests.support.gate_process import free_port


def found(gate: CommandLine, about: str) -> list[str]:
    """Give the findings about one thing, each with its mark in front."""
    listed = new_findings(gate)
    return [f"{each['mark']} {each['words']}" for each in listed if each["about"] == about]


def new_findings(gate: CommandLine) -> list[dict[str, str]]:
    said = gate("doctor", "--json")
    assert said.exit_code in {0, 1}, said.stderr

    value: dict[str, list[dict[str, str]]] = json.loads(said.stdout)
    return value["findings"]


@pytest.fixture
def upstream() -> Iterator[int]:
    """A site on loopback."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def installed_site(gate: CommandLine, upstream: int) -> CommandLine:
    """An installation with everything in its place."""
    gate.config.write_text(
        "state: sqlite:///state/gate.db\n"
        f"upstream: http://127.0.0.1:{upstream}\n"
        f"listen: [127.0.0.1:{free_port()}]\n"
        "limits: {connections: 100}\n"
    )
    return gate


def test_all_is_well_with_exit_0(installed_site: CommandLine) -> None:
    said = installed_site("doctor")
    assert said.exit_code == 0, said.stdout
    marks = {line.split()[0] for line in said.stdout.splitlines()}
    assert marks <= {"ok", "warn"}
    assert "no admin" not in said.stdout


def test_it_makes_nothing(tmp_path: Path) -> None:
    gate = new_command_line(tmp_path)
    assert found(gate, "store") == ["ok there is none yet; it is made at the first start"]
    assert [path.name for path in tmp_path.iterdir()] == ["gate.yaml"]


def test_g28_an_upstream_that_listens_beyond_loopback_is_a_warning(
    installed_site: CommandLine,
) -> None:
    with socket.create_server(("0.0.0.0", 0)) as listener:
        port = listener.getsockname()[1]
        text = installed_site.config.read_text()
        installed_site.config.write_text(
            "".join(
                f"upstream: http://127.0.0.1:{port}\n" if line.startswith("upstream") else line
                for line in text.splitlines(keepends=True)
            )
        )
        words = found(installed_site, "upstream of site")
    assert words[0] == f"ok 127.0.0.1:{port} accepts connections"
    assert words[1].startswith("warn it listens on 0.0.0.0 and not on loopback alone")


def test_an_upstream_on_loopback_alone_is_fine(installed_site: CommandLine, upstream: int) -> None:
    assert found(installed_site, "upstream of site") == [
        f"ok 127.0.0.1:{upstream} accepts connections"
    ]


def test_an_upstream_that_is_down_is_a_failure(gate: CommandLine) -> None:
    gate.config.write_text(f"upstream: http://127.0.0.1:{free_port()}\n")
    assert gate("doctor").exit_code == 1
    (words,) = found(gate, "upstream of site")
    assert words.startswith("fail ")
    assert "start the site" in words


def test_a_port_that_another_program_has_is_a_failure(
    installed_site: CommandLine, upstream: int
) -> None:
    text = installed_site.config.read_text()
    installed_site.config.write_text(
        f"{text.partition('listen')[0]}listen: [127.0.0.1:{upstream}]\n"
    )
    (words,) = found(installed_site, "port")
    assert words.startswith(f"fail can't listen on 127.0.0.1:{upstream}")


def test_g26_a_key_that_others_can_read_is_a_failure(installed_site: CommandLine) -> None:
    key = installed_site.folder / "state" / "master.key"
    key.chmod(0o644)
    assert installed_site("doctor").exit_code == 1
    assert found(installed_site, "master key") == [
        f"fail others can use the master key `{key}`; run: chmod 600 {key}"
    ]


def test_g26_a_store_without_its_key_is_a_failure(installed_site: CommandLine) -> None:
    (installed_site.folder / "state" / "master.key").unlink()
    (words,) = found(installed_site, "master key")
    assert words.startswith("fail ")


def test_files_that_others_can_read_are_a_warning(installed_site: CommandLine) -> None:
    state = installed_site.folder / "state"
    os.chmod(state / "gate.db", 0o644)  # noqa: PTH101 - the mode is the test
    assert f"warn others can get at `{state}/gate.db`; run: chmod 600 {state}/gate.db" in found(
        installed_site, "store"
    )


def test_a_policy_that_does_not_load_is_a_failure(gate: CommandLine) -> None:
    policies = gate.folder / "policies"
    policies.mkdir()
    (policies / "site.yaml").write_text("sites: []\n")
    gate.config.write_text("state: sqlite:///state/gate.db\npolicies: policies\n")
    (words,) = found(gate, "policy")
    assert words.startswith("fail there is none that loads")


def test_a_missing_admin_is_a_warning(installed_site: CommandLine) -> None:
    assert found(installed_site, "accounts") == [
        "warn 2, and none may administrate; see `admins` in the policy"
    ]


def test_bad_settings_are_exit_78(gate: CommandLine) -> None:
    gate.config.write_text("lisen: 1\n")
    assert gate("doctor").exit_code == 78


def test_who_listens_on_a_port_is_read_from_the_machine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert [str(each) for each in listening_on(listener.getsockname()[1])] == ["127.0.0.1"]
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as listener:
        assert [str(each) for each in listening_on(listener.getsockname()[1])] == ["::1"]
