"""`gate account list`, `show`, `disable`, `enable` and `unlock`."""

from __future__ import annotations

import pytest

from gate.core.subject import Account
from tests.support.command_line import CommandLine, new_command_line
from tests.support.store_values import some_key, some_session, some_totp


def test_list_is_one_array_by_name(gate: CommandLine) -> None:
    listed = gate.json("account", "list")
    assert [each["name"] for each in listed] == ["alice", "bob"]
    assert listed[0] == {
        "id": listed[0]["id"],
        "name": "alice",
        "display_name": "",
        "email": None,
        "state": "enabled",
        "networks": None,
        "second_factor": False,
        "always_second_factor": False,
    }


def test_list_is_a_table_for_people(gate: CommandLine) -> None:
    lines = gate.ok("account", "list").stdout.splitlines()
    assert lines[0].split() == [
        "NAME",
        "STATE",
        "SECOND",
        "FACTOR",
        "NETWORKS",
        "DISPLAY",
        "NAME",
        "EMAIL",
    ]
    assert lines[1].split() == ["alice", "enabled", "none", "anywhere"]


def test_an_empty_list_says_how_to_begin(tmp_path_factory: pytest.TempPathFactory) -> None:
    gate = new_command_line(tmp_path_factory.mktemp("empty"))
    assert "gate account add NAME" in gate.ok("account", "list").stdout
    assert gate.json("account", "list") == []


def test_show_says_what_is_known(gate: CommandLine) -> None:
    with gate.world() as world:
        account = world.accounts.by_name("alice")
        assert isinstance(account, Account)
        world.store.accounts.add_totp(some_totp(account))
        world.store.sessions.begin(some_session(account, at=world.clock.now()))
    shown = gate.json("account", "show", "Alice")
    assert (shown["password"], shown["sessions"], shown["admin"]) == (True, 1, False)
    assert shown["code_apps"] == [
        {"name": "the phone", "added": "2026-03-02T12:00:00Z", "last_used": None}
    ]
    assert (shown["security_keys"], shown["recovery_codes"]) == ([], 0)
    assert "code apps:" in gate.ok("account", "show", "alice").stdout


def test_keys_and_recovery_codes_are_shown(gate: CommandLine) -> None:
    with gate.world() as world:
        account = world.accounts.by_name("alice")
        assert isinstance(account, Account)
        world.store.accounts.add_totp(some_totp(account))
        assert world.store.keys.add(some_key(account)) is None
        world.store.recovery_codes.replace(account.id, ["h1", "h2"], world.clock.now())
    shown = gate.json("account", "show", "alice")
    assert [key["name"] for key in shown["security_keys"]] == [some_key(account).name]
    assert shown["recovery_codes"] == 2
    listed = gate.ok("account", "list").stdout.splitlines()
    assert listed[1].startswith("alice  enabled  security key, code app")


def test_t71_no_command_shows_a_hash_or_a_seed(gate: CommandLine) -> None:
    added = gate.json(
        "account", "add", "carol", "--password-stdin", "--totp", stdin="a very long password 1865\n"
    )
    seed = added["totp"].partition("secret=")[2].partition("&")[0]
    with gate.world() as world:
        account = world.accounts.by_name("carol")
        assert isinstance(account, Account)
        encoded = world.store.accounts.password_hash(account.id)
        assert encoded is not None
    shown = [
        gate.ok(*words, *form).output
        for words in (("account", "list"), ("account", "show", "carol"), ("audit", "search"))
        for form in ((), ("--json",))
    ]
    assert not [text for text in shown if seed in text or encoded.reveal()[-20:] in text]


@pytest.mark.parametrize("command", ["show", "disable", "enable", "unlock", "networks"])
def test_an_unknown_name_is_exit_1(gate: CommandLine, command: str) -> None:
    found = gate("account", command, "nobody")
    assert found.exit_code == 1
    assert found.stderr == "gate: no account is called `nobody`; see `gate account list`\n"


def test_disabling_ends_the_sessions_and_enabling_brings_none_back(gate: CommandLine) -> None:
    with gate.world() as world:
        account = world.accounts.by_name("alice")
        assert isinstance(account, Account)
        world.store.sessions.begin(some_session(account, at=world.clock.now()))
    assert gate.json("account", "disable", "alice")["state"] == "disabled"
    assert gate.json("session", "list") == []
    assert gate.json("account", "enable", "alice")["state"] == "enabled"
    assert gate.json("session", "list") == []


def test_unlocking_forgets_wrong_guesses(gate: CommandLine) -> None:
    with gate.world() as world:
        throttle = world.accounts.throttle
        while not hasattr(throttle.password("alice", familiar=False), "wait"):
            pass
        assert gate.json("account", "unlock", "alice")["state"] == "enabled"
        assert not hasattr(throttle.password("alice", familiar=False), "wait")


def test_each_act_is_in_the_audit_log(gate: CommandLine) -> None:
    gate.ok("account", "disable", "bob")
    gate.ok("account", "enable", "bob")
    gate.ok("account", "unlock", "bob")
    kinds = [each["kind"] for each in gate.json("audit", "search", "--account", "bob")]
    assert kinds == ["account_unlocked", "account_enabled", "account_disabled", "account_added"]
