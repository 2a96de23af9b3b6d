"""`gate account link` and `reset-factors`: links for people, and what they end."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from gate.core.ports import Link, LinkPurpose
from gate.core.secret_text import Secret
from gate.core.subject import Account, AccountState
from gate.service.links import link_hash
from tests.support.command_line import CommandLine
from tests.support.store_values import some_session, some_totp

GOOD = "seven cups of cold tea\n"
LINK = re.compile(r"http://localhost:8080/-/gate/enrol/([A-Za-z0-9_-]{43})")


def account(gate: CommandLine, name: str) -> Account:
    with gate.world() as world:
        found = world.accounts.by_name(name)
    assert isinstance(found, Account)
    return found


def kept(gate: CommandLine, link: str) -> Link | None:
    token = LINK.fullmatch(link)
    assert token is not None, link
    with gate.world() as world:
        return world.links.peek(link_hash(Secret(token[1])))


def test_a_link_is_the_one_line_that_programs_read(gate: CommandLine) -> None:
    found = gate.ok("account", "link", "alice")
    (line,) = found.stdout.splitlines()
    link = kept(gate, line)
    assert link is not None
    assert (link.account, link.issuer) == (account(gate, "alice").id, "")
    assert "It works once, until " in found.stderr


def test_g20_it_is_good_for_a_day(gate: CommandLine) -> None:
    made = gate.json("account", "link", "alice")
    assert made.keys() == {"name", "purpose", "link", "expires"}
    expires = datetime.fromisoformat(made["expires"])
    with gate.world() as world:
        left = expires - world.clock.now()
    assert timedelta(hours=23, minutes=59) < left <= timedelta(hours=24)


def test_g20_a_new_link_voids_the_older_one(gate: CommandLine) -> None:
    first, second = (gate.json("account", "link", "alice")["link"] for _ in range(2))
    assert kept(gate, first) is None
    assert kept(gate, second) is not None


def test_what_a_link_is_for_follows_from_the_account(gate: CommandLine) -> None:
    gate.ok("account", "add", "carol", "--password-stdin", stdin=GOOD)
    gate.ok("account", "add", "dora")
    assert gate.json("account", "link", "carol")["purpose"] == "add"
    assert gate.json("account", "link", "dora")["purpose"] == "new"


@pytest.mark.parametrize("purpose", list(LinkPurpose))
def test_what_a_link_is_for_can_be_said(gate: CommandLine, purpose: LinkPurpose) -> None:
    made = gate.json("account", "link", "alice", "--purpose", purpose.value)
    assert made["purpose"] == purpose.value
    link = kept(gate, made["link"])
    assert link is not None
    assert link.purpose is purpose


@pytest.mark.parametrize("command", ["link", "reset-factors"])
@pytest.mark.parametrize(
    ("state", "way"), [(AccountState.DISABLED, "enable"), (AccountState.LOCKED, "unlock")]
)
def test_g20_who_is_turned_away_gets_no_link(
    gate: CommandLine, command: str, state: AccountState, way: str
) -> None:
    with gate.world() as world:
        world.store.accounts.set_state(account(gate, "alice").id, state)
    found = gate("account", command, "alice")
    assert found.exit_code == 1
    assert f"run first: gate account {way} alice" in found.stderr
    assert found.stdout == ""


def test_nobody_gets_no_link(gate: CommandLine) -> None:
    found = gate("account", "link", "nobody")
    assert found.exit_code == 1
    assert "no account is called `nobody`" in found.stderr


def test_the_settings_say_where_it_leads(gate: CommandLine) -> None:
    gate.config.write_text(gate.config.read_text() + "public_url: https://gate.example.com\n")
    link = gate.json("account", "link", "alice")["link"]
    assert link.startswith("https://gate.example.com/-/gate/enrol/")


def test_before_anything_is_set_up_it_leads_to_where_the_built_in_policy_serves(
    gate: CommandLine,
) -> None:
    gate.config.write_text("state: sqlite:///state/gate.db\n")
    assert LINK.fullmatch(gate.json("account", "link", "alice")["link"])


def test_g20_a_reset_ends_factors_codes_and_sessions_at_once(gate: CommandLine) -> None:
    gate.ok("account", "add", "carol", "--password-stdin", stdin=GOOD)
    carol = account(gate, "carol")
    with gate.world() as world:
        world.store.accounts.add_totp(some_totp(carol))
        world.store.recovery_codes.replace(carol.id, ["h1"], world.clock.now())
        world.store.sessions.begin(some_session(carol))
    found = gate.ok("account", "reset-factors", "carol")
    (line,) = found.stdout.splitlines()
    link = kept(gate, line)
    assert link is not None
    assert link.purpose is LinkPurpose.RESET
    assert "carol has no second factor any more and is signed out everywhere." in found.stderr
    with gate.world() as world:
        assert world.store.accounts.totps(carol.id) == ()
        assert world.store.recovery_codes.left(carol.id) == 0
        assert world.store.sessions.of_account(carol.id) == ()
        assert world.store.accounts.password_hash(carol.id) is not None


def test_acts_are_recorded_and_hold_no_token(gate: CommandLine) -> None:
    token = gate.json("account", "reset-factors", "alice")["link"].rpartition("/")[2]
    told = gate.ok("audit", "search", "--json").stdout
    assert "factors_reset" in told
    assert "link_made" in told
    assert token not in told
