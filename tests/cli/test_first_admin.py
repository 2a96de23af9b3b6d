"""The first admin: made once for ever, let in by a link that stands in no log (G20, T103)."""

from __future__ import annotations

import logging
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from gate.cli.compose import World
from gate.cli.first_admin import FILE, admins_of, welcome_first_admin
from gate.config.setting_types import Origin
from gate.core.policy import Policy
from gate.core.ports import AuditFilter, LinkPurpose
from gate.core.secret_text import Secret
from gate.service.accounts import NewAccount
from gate.service.links import link_hash
from tests.support.command_line import CommandLine, new_command_line
from tests.support.policies import SITE, policy_of

ORIGIN = Origin(scheme="http", host="localhost", port=8080)
ADMIN = policy_of(f"groups: {{admins: [admin]}}\nadmins: {{group: admins}}\n{SITE}")
ALICE = policy_of(f"admins: {{account: alice}}\n{SITE}")
SEVERAL = policy_of(f"admins: {{account: [alice, bob]}}\n{SITE}")
AMONG = policy_of(f"admins: {{account: [admin, bob]}}\n{SITE}")
NOBODY = policy_of(SITE)


@pytest.fixture
def empty(tmp_path: Path) -> CommandLine:
    return new_command_line(tmp_path, f"state: sqlite:///{tmp_path}/state/gate.db\n")


@pytest.fixture
def world(empty: CommandLine) -> Iterator[World]:
    with empty.world() as world:
        yield world


def names(world: World) -> list[str]:
    return [account.name for account in world.store.accounts.all()]


def file(world: World) -> Path:
    return world.settings.key_file.with_name(FILE)


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        pytest.param(ADMIN, ["admin"], id="the admin of the built-in policy"),
        pytest.param(ALICE, ["alice"], id="the only one"),
        pytest.param(AMONG, ["admin"], id="admin among several"),
        pytest.param(SEVERAL, [], id="several of whom none is admin"),
        pytest.param(NOBODY, [], id="nobody"),
    ],
)
def test_t103_who_is_made(world: World, policy: Policy, expected: list[str]) -> None:
    welcome_first_admin(world, policy, ORIGIN)
    assert names(world) == expected
    assert world.store.accounts.admin_ever_existed() is bool(expected)


def test_g20_the_link_lies_in_a_file_of_the_owner_and_in_no_log(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        welcome_first_admin(world, ADMIN, ORIGIN)
    assert stat.S_IMODE(file(world).stat().st_mode) == 0o600
    link = file(world).read_text().strip()
    start, _, token = link.rpartition("/")
    assert start == "http://localhost:8080/-/gate/enrol"
    assert token not in caplog.text
    assert str(file(world)) in caplog.text
    kept = world.links.peek(link_hash(Secret(token)))
    assert kept is not None
    assert kept.purpose is LinkPurpose.NEW
    assert kept.expires - world.clock.now() <= timedelta(hours=1)


def test_t103_later_starts_make_no_other_one(world: World) -> None:
    welcome_first_admin(world, ADMIN, ORIGIN)
    before = file(world).read_text()
    welcome_first_admin(world, ADMIN, ORIGIN)
    assert file(world).read_text() == before
    admin = world.store.accounts.by_name("admin")
    assert admin is not None
    world.store.accounts.delete(admin.id)
    welcome_first_admin(world, ADMIN, ORIGIN)
    welcome_first_admin(world, ALICE, ORIGIN)
    assert names(world) == []


def test_t103_starts_at_once_make_one(empty: CommandLine) -> None:
    with empty.world():
        pass

    def start(_: int) -> None:
        with empty.world() as world:
            welcome_first_admin(world, ADMIN, ORIGIN)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(start, range(4)))
    with empty.world() as world:
        assert names(world) == ["admin"]
        made = world.store.audit.search(AuditFilter(kind="link_made", most=9))
    assert len(made) == 1


def test_an_admin_who_is_there_needs_no_link(world: World) -> None:
    world.accounts.add(NewAccount(name="alice", password=Secret("seven cups of cold tea")))
    welcome_first_admin(world, SEVERAL, ORIGIN)
    assert names(world) == ["alice"]
    assert world.store.accounts.admin_ever_existed()
    assert not file(world).exists()


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        pytest.param(SEVERAL, "run gate account add NAME for one of alice, bob", id="several"),
        pytest.param(ADMIN, "admin gets a link by: gate account link admin", id="not set up"),
    ],
)
def test_the_way_on_is_said(
    world: World, caplog: pytest.LogCaptureFixture, policy: Policy, words: str
) -> None:
    if policy is ADMIN:
        world.accounts.add(NewAccount(name="admin"))
    welcome_first_admin(world, policy, ORIGIN)
    assert words in caplog.text
    assert not file(world).exists()


def test_a_name_that_was_deleted_is_not_taken_again(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    added = world.accounts.add(NewAccount(name="admin"))
    world.accounts.delete(added)  # type: ignore[arg-type]  # it was added
    welcome_first_admin(world, ADMIN, ORIGIN)
    assert names(world) == []
    assert "a deleted name needs --reuse" in caplog.text


def test_admins_are_those_of_groups_and_names() -> None:
    policy = policy_of(
        f"groups: {{ops: [carol, bob]}}\nadmins: {{group: ops, account: alice}}\n{SITE}"
    )
    assert admins_of(policy) == ("alice", "bob", "carol")
