"""`gate account networks` and `clear-networks`."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.command_line import CommandLine
from tests.support.decisions import trial


def test_without_an_option_the_list_is_shown(gate: CommandLine) -> None:
    assert gate.json("account", "networks", "bob") == {"name": "bob", "networks": None}
    assert "from anywhere" in gate.ok("account", "networks", "bob").stdout


def test_networks_are_added_and_removed(gate: CommandLine) -> None:
    added = gate.json("account", "networks", "bob", "--add", "10.9.9.0/24", "--add", "192.0.2.7")
    assert added["networks"] == ["10.9.9.0/24", "192.0.2.7/32"]
    left = gate.json("account", "networks", "bob", "--remove", "10.9.9.0/24")
    assert left["networks"] == ["192.0.2.7/32"]


def test_a_network_that_is_there_is_not_added_again(gate: CommandLine) -> None:
    gate.ok("account", "networks", "bob", "--add", "192.0.2.7")
    again = gate.json("account", "networks", "bob", "--add", "192.0.2.7/32")
    assert again["networks"] == ["192.0.2.7/32"]


def test_a_file_replaces_the_list_and_its_comments_stay(gate: CommandLine) -> None:
    text = "# home\n192.0.2.0/24 # router\n"
    assert gate.ok("account", "networks", "bob", "--set", "-", stdin=text).stdout == text
    more = gate.ok("account", "networks", "bob", "--add", "10.9.9.0/24").stdout
    assert more == f"{text}10.9.9.0/24\n"


@pytest.mark.parametrize(
    ("args", "stdin", "code", "message"),
    [
        pytest.param(
            ["--add", "10.9.9.1/24"],
            "",
            2,
            "did you mean 10.9.9.0/24 or the one address 10.9.9.1?",
            id="bits behind the prefix",
        ),
        pytest.param(["--add", "x", "--add", "y"], "", 2, "`y` is no network", id="all at once"),
        pytest.param(["--remove", "10.0.0.0/8"], "", 1, "is not in the list", id="not there"),
        pytest.param(["--set", "-"], "# nobody\n", 1, "clear-networks bob", id="an empty file"),
        pytest.param(["--set", "-", "--add", "::1"], "", 2, "leave out", id="both"),
        pytest.param(["--set", "-"], "1.2.3.4/33\n", 2, "<stdin>:1:1: ", id="a bad line"),
    ],
)
def test_what_is_refused_changes_nothing(
    gate: CommandLine, args: list[str], stdin: str, code: int, message: str
) -> None:
    gate.ok("account", "networks", "bob", "--add", "192.0.2.7")
    found = gate("account", "networks", "bob", *args, stdin=stdin)
    assert found.exit_code == code
    assert message in found.stderr
    assert gate.json("account", "networks", "bob")["networks"] == ["192.0.2.7/32"]


def test_the_last_network_is_not_taken_away_by_the_way(gate: CommandLine) -> None:
    gate.ok("account", "networks", "bob", "--add", "192.0.2.7")
    found = gate("account", "networks", "bob", "--remove", "192.0.2.7")
    assert found.exit_code == 1
    assert gate.json("account", "networks", "bob")["networks"] == ["192.0.2.7/32"]
    assert gate.json("account", "clear-networks", "bob")["networks"] is None


@pytest.mark.parametrize(
    ("args", "left"),
    [
        (["networks", "bob", "--add", "192.0.2.8"], ["192.0.2.7/32", "192.0.2.8/32"]),
        (["clear-networks", "bob"], None),
    ],
)
def test_g15_a_change_ends_a_list_that_is_tried_and_says_so(
    gate: CommandLine, args: list[str], left: list[str] | None
) -> None:
    gate.ok("account", "networks", "bob", "--add", "192.0.2.7")
    with gate.world() as world:
        bob = world.store.accounts.by_name("bob")
        assert bob is not None
        tried = trial("10.9.9.0/24", until=world.clock.now() + timedelta(minutes=5))
        world.store.accounts.try_networks(bob.id, tried)
    shown = gate.ok("account", "networks", "bob")
    assert shown.stdout == "192.0.2.7/32\n"
    assert "bob is trying another list in its place until" in shown.stderr
    assert gate.json("account", "show", "bob")["networks_tried"] == ["10.9.9.0/24"]
    changed = gate.ok("account", *args)
    assert "bob was trying another list, which is over: 10.9.9.0/24" in changed.stderr
    found = gate.json("account", "show", "bob")
    assert (found["networks"], found["networks_tried"]) == (left, None)


def test_what_is_remarkable_is_said(gate: CommandLine) -> None:
    found = gate.ok("account", "networks", "bob", "--add", "0.0.0.0/0")
    assert "gate: note: 0.0.0.0/0 covers every address" in found.stderr


def test_g2_a_change_raises_the_epoch(gate: CommandLine) -> None:
    with gate.world() as world:
        before = world.store.epoch()
        gate.ok("account", "networks", "bob", "--add", "192.0.2.7")
        assert world.store.epoch() > before
