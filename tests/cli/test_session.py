"""`gate session list` and `revoke`."""

from __future__ import annotations

import pytest

from gate.core.subject import Account
from tests.support.command_line import CommandLine
from tests.support.store_values import minutes, some_child, some_session


@pytest.fixture
def signed_in(gate: CommandLine) -> CommandLine:
    """Two sessions of alice, one of bob, and one that time has ended."""
    with gate.world() as world:
        now = world.clock.now()
        for name, token, age in (
            ("alice", "old", 20),
            ("alice", "new", 10),
            ("bob", "one", 5),
            ("bob", "over", 600),
        ):
            account = world.accounts.by_name(name)
            assert isinstance(account, Account)
            world.store.sessions.begin(some_session(account, token, at=now - minutes(age)))
    return gate


def ids(gate: CommandLine, *args: str) -> list[str]:
    return [each["id"] for each in gate.json("session", "list", *args)]


def test_live_sessions_are_listed_newest_first(signed_in: CommandLine) -> None:
    assert ids(signed_in) == ["id-of-one", "id-of-new", "id-of-old"]
    assert ids(signed_in, "--account", "alice") == ["id-of-new", "id-of-old"]


def test_a_session_is_listed_with_what_was_proved_and_from_where(signed_in: CommandLine) -> None:
    (listed,) = signed_in.json("session", "list", "--account", "bob")
    assert (listed["account"], listed["address"], listed["host"], listed["browser"]) == (
        "bob",
        "192.0.2.7",
        "wiki.example.com",
        "Firefox on Linux",
    )
    assert list(listed["proofs"]) == ["password", "totp"]
    shown = signed_in.ok("session", "list", "--account", "bob").stdout
    assert "password+totp" in shown
    assert "5m ago" in shown


def test_g5_a_browser_is_one_line_with_the_hosts_on_which_it_is_signed_in(
    signed_in: CommandLine,
) -> None:
    with signed_in.world() as world:
        (parent,) = [each for each in world.store.sessions.all() if each.id == "id-of-one"]
        world.store.sessions.begin(some_child(parent, "child"))
    (listed,) = signed_in.json("session", "list", "--account", "bob")
    assert listed["id"] == "id-of-one"
    assert listed["hosts"] == ["wiki.example.com", "shop.example.com"]
    shown = signed_in.ok("session", "list", "--account", "bob").stdout
    assert "wiki.example.com,shop.example.com" in shown
    assert signed_in.json("session", "revoke", "id-of-child") == {"ended": 1}
    assert ids(signed_in, "--account", "bob") == []


def test_t71_no_token_and_no_hash_is_listed(signed_in: CommandLine) -> None:
    with signed_in.world() as world:
        hashes = [session.hash for session in world.store.sessions.all()]
    shown = (
        signed_in.ok("session", "list").output + signed_in.ok("session", "list", "--json").output
    )
    assert not [each for each in hashes if each in shown]


def test_t43_one_session_is_revoked_by_its_id(signed_in: CommandLine) -> None:
    assert signed_in.json("session", "revoke", "id-of-new") == {"ended": 1}
    assert ids(signed_in) == ["id-of-one", "id-of-old"]


@pytest.mark.parametrize(
    ("args", "ended", "left"),
    [
        pytest.param(["--account", "alice"], 2, ["id-of-one"], id="an account's"),
        pytest.param(["--account", "alice", "--all"], 2, ["id-of-one"], id="all of an account"),
        pytest.param(["--all"], 4, [], id="everybody's, those that time ended included"),
    ],
)
def test_sessions_are_revoked_together(
    signed_in: CommandLine, args: list[str], ended: int, left: list[str]
) -> None:
    assert signed_in.json("session", "revoke", *args) == {"ended": ended}
    assert ids(signed_in) == left


@pytest.mark.parametrize(
    ("args", "code"),
    [
        pytest.param(["nothing"], 1, id="no such session"),
        pytest.param(["id-of-one", "--account", "bob"], 2, id="one and all of an account"),
        pytest.param(["--account", "nobody"], 1, id="no such account"),
        pytest.param([], 2, id="nothing said"),
        pytest.param(["id-of-one", "--all"], 2, id="one and all"),
    ],
)
def test_what_is_unclear_revokes_nothing(
    signed_in: CommandLine, args: list[str], code: int
) -> None:
    assert signed_in("session", "revoke", *args).exit_code == code
    assert len(ids(signed_in)) == 3
