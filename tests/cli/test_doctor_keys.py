"""Where security keys work, and that keys of another name are noticed (G5)."""

from __future__ import annotations

import pytest

from gate.cli.doctor_keys import security_key_findings
from gate.cli.findings import Mark
from gate.cli.options import settings_from
from tests.support.command_line import CommandLine
from tests.support.policies import SITE, policy_of
from tests.support.store_values import some_account, some_key

POLICY = policy_of(SITE)


def said(gate: CommandLine, public_url: str = "") -> list[tuple[Mark, str]]:
    where = f"public_url: {public_url}\n" if public_url else ""
    gate.config.write_text(f"state: sqlite:///state/gate.db\n{where}")
    settings = settings_from({"config": gate.config})
    return [(each.mark, each.words) for each in security_key_findings(settings, POLICY)]


def test_it_says_for_which_name_keys_are(gate: CommandLine) -> None:
    (finding,) = said(gate, "https://wiki.example.com:8443")
    assert finding == (
        Mark.OK,
        "they are for wiki.example.com, on pages of https://wiki.example.com:8443",
    )


@pytest.mark.parametrize("public_url", ["https://203.0.113.7", "http://127.0.0.1:8080"])
def test_an_address_is_a_warning(gate: CommandLine, public_url: str) -> None:
    ((mark, words),) = said(gate, public_url)
    assert mark is Mark.WARN
    assert "set `public_url` to a name" in words


@pytest.mark.parametrize(
    ("count", "begin"), [(1, "1 in the store was"), (2, "2 in the store were")]
)
def test_keys_of_another_name_are_a_warning(gate: CommandLine, count: int, begin: str) -> None:
    with gate.world() as world:
        world.store.accounts.add(some_account("kim"))
        for number in range(count):
            assert world.store.keys.add(some_key(some_account("kim"), f"key-{number}")) is None
    assert len(said(gate, "https://wiki.example.com")) == 1
    _, (mark, words) = said(gate, "https://gate.example.com")
    assert mark is Mark.WARN
    assert words.startswith(begin)
    assert "won't work at gate.example.com" in words


def test_where_nobody_can_sign_in_nothing_is_said_about_keys(gate: CommandLine) -> None:
    assert said(gate) == []
    settings = settings_from({"config": gate.config})
    assert list(security_key_findings(settings, None)) == []
