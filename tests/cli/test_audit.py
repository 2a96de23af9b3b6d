"""`gate audit tail` and `search`."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest

from gate.core.ports import AuditRecord
from tests.support.command_line import CommandLine

ODD = "/a\x1b[2J\r\n2026-01-01 alice\u2028{}"


@pytest.fixture
def busy(gate: CommandLine) -> CommandLine:
    """Some decisions of the last hours, oldest first."""
    with gate.world() as world:
        now = world.clock.now()
        some = AuditRecord(
            at=now,
            kind="decision",
            request="r-1",
            site="wiki",
            account="alice",
            client="192.0.2.7",
            outcome="permit",
            reason="permitted",
            rule="staff",
            method="GET",
            path="/pages/start",
            version=1,
        )
        hour = timedelta(hours=1)
        world.store.audit.append(
            [
                replace(some, at=now - 5 * hour, request="r-0"),
                replace(some, at=now - hour),
                replace(some, request="r-2", account="bob", outcome="deny", reason="rule_denies"),
                replace(some, request="r-3", site="shop", client="2001:db8::1", path=ODD),
            ]
        )
    return gate


def requests(gate: CommandLine, *args: str) -> list[str]:
    return [each.get("request", "") for each in gate.json("audit", "search", *args)]


@pytest.mark.parametrize(
    ("args", "found"),
    [
        pytest.param(["--kind", "decision"], ["r-3", "r-2", "r-1", "r-0"], id="kind"),
        pytest.param(["--kind", "decision", "--since", "2h"], ["r-3", "r-2", "r-1"], id="age"),
        pytest.param(["--kind", "decision", "--since", "2099-01-01T00:00:00Z"], [], id="time"),
        pytest.param(["--account", "Bob", "--outcome", "deny"], ["r-2"], id="account and outcome"),
        pytest.param(["--from", "2001:DB8:0::1"], ["r-3"], id="an address in any spelling"),
        pytest.param(["--site", "shop"], ["r-3"], id="site"),
        pytest.param(["--reason", "rule_denies"], ["r-2"], id="reason"),
        pytest.param(["--request", "r-1"], ["r-1"], id="request"),
        pytest.param(["--path-prefix", "/pages/"], ["r-2", "r-1", "r-0"], id="path"),
        pytest.param(["--kind", "decision", "-n", "1"], ["r-3"], id="the newest"),
    ],
)
def test_records_are_found_by_what_they_say(
    busy: CommandLine, args: list[str], found: list[str]
) -> None:
    assert requests(busy, *args) == found


@pytest.mark.parametrize(
    "args",
    [
        pytest.param(["--since", "yesterday"], id="no age"),
        pytest.param(["--since", "2027-01-01T00:00:00"], id="a time without zone"),
        pytest.param(["--from", "home"], id="no address"),
    ],
)
def test_a_filter_that_makes_no_sense_is_a_usage_error(busy: CommandLine, args: list[str]) -> None:
    assert busy("audit", "search", *args).exit_code == 2


def test_a_line_says_who_from_where_what_and_why(busy: CommandLine) -> None:
    (line,) = busy.ok("audit", "search", "--request", "r-2").stdout.splitlines()
    assert line[20:] == (
        "bob 192.0.2.7 [wiki] GET /pages/start -> deny (rule_denies) rule `staff` #r-2"
    )


def test_t83_one_record_is_one_line_whatever_a_client_sent(busy: CommandLine) -> None:
    shown = busy.ok("audit", "search", "--request", "r-3").stdout
    assert shown.count("\n") == 1
    assert shown[:-1].isprintable()
    tailed = busy.ok("audit", "tail", "-n", "1", "--json").stdout
    assert tailed.count("\n") == 1
    assert json.loads(tailed)["path"] == ODD


def test_tail_shows_the_newest_last(busy: CommandLine) -> None:
    lines = busy.ok("audit", "tail", "-n", "2").stdout.splitlines()
    assert [line.rpartition("#")[2] for line in lines] == ["r-2", "r-3"]
    assert busy.ok("audit", "tail", "-n", "0").stdout == ""


def test_tail_follows_what_comes_and_shows_it_once(busy: CommandLine) -> None:
    command = [sys.executable, "-m", "gate.cli.main", "audit", "tail", "-n", "1", "--follow"]
    command += ["--json", "--config", str(busy.config)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as tail:
        assert tail.stdout is not None
        try:
            assert json.loads(tail.stdout.readline())["request"] == "r-3"
            busy.ok("account", "disable", "bob")
            busy.ok("account", "enable", "bob")
            kinds = [json.loads(tail.stdout.readline())["kind"] for _ in range(2)]
        finally:
            tail.terminate()
    assert kinds == ["account_disabled", "account_enabled"]
