"""Which policy is in force, and how it becomes another one."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gate.config.policy_folder import read_folder
from gate.config.policy_replacement import PLAN
from gate.config.policy_yaml import Loaded, load_policy
from gate.core.errors import StoreCorrupt, StoreUnavailable
from gate.core.located import Location, Problem, Problems
from gate.core.policy import Policy
from gate.core.ports import PolicyText
from gate.service.policies import (
    Held,
    PolicyKeeper,
    Published,
    Refused,
    Unchanged,
)
from gate.store.clock import FixedClock
from gate.store.memory import MemoryStore
from tests.support.broken_policies import BROKEN
from tests.support.broken_store import BrokenStore
from tests.support.policies import SITE, STAFF, policy_text, site_text

NOW = datetime(2027, 3, 31, 12, tzinfo=UTC)
ONE = policy_text(SITE)
TWO = policy_text(site_text("- {name: two, when: any, then: {require: security_key}}"))
BOB = policy_text("accounts: {bob: {networks: 10.0.0.0/8}}\n" + SITE)
TESTS = "tests: [{name: t, request: GET http://wiki.example.com/, from: 10.0.0.1, expect: %s}]\n"
PASSES = policy_text(SITE + TESTS % "sign_in")
FAILS = policy_text(SITE + TESTS % "permit")


class Counting:
    """A loader that counts what it loads."""

    def __init__(self) -> None:
        self.texts: list[PolicyText] = []

    def __call__(self, text: PolicyText) -> Loaded | Problems:
        self.texts.append(text)
        return load_policy(text)


def keeper_of(store: MemoryStore | BrokenStore, folder: Path | None = None) -> PolicyKeeper:
    return PolicyKeeper(store=store, clock=FixedClock(NOW), folder=folder)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def keeper(store: MemoryStore) -> PolicyKeeper:
    return keeper_of(store)


def rules(keeper: PolicyKeeper) -> list[str]:
    return [rule.ref.name for rule in keeper.policy().sites["wiki"].rules]


# --- what is in force ------------------------------------------------------------------------


def test_t101_nothing_in_force_is_no_policy(keeper: PolicyKeeper) -> None:
    with pytest.raises(StoreCorrupt, match="no policy is in force"):
        keeper.current()


def test_a_text_of_the_folder_comes_into_force(keeper: PolicyKeeper) -> None:
    assert keeper.take_folder(ONE) == Published(number=1)
    assert keeper.current().number == 1
    assert rules(keeper) == ["staff"]
    (version,) = keeper.history()
    assert (version.author, version.text, version.at) == ("folder", ONE, NOW)


def test_another_process_takes_the_version_that_is_in_force(store: MemoryStore) -> None:
    worker, pages = keeper_of(store), keeper_of(store)
    pages.take_folder(ONE)
    first = worker.current()
    assert worker.current() is first
    pages.take_folder(TWO)
    assert (worker.current().number, rules(worker)) == (2, ["two"])


def test_a_text_is_loaded_once(store: MemoryStore) -> None:
    load = Counting()
    keeper = PolicyKeeper(store=store, clock=FixedClock(NOW), load=load)
    for text in (ONE, TWO, ONE, TWO, ONE):
        keeper.take_folder(text)
        keeper.current()
    assert load.texts == [ONE, TWO]


def test_only_a_few_texts_are_remembered(store: MemoryStore) -> None:
    load = Counting()
    keeper = PolicyKeeper(store=store, clock=FixedClock(NOW), load=load)
    several = [policy_text(site_text(STAFF.replace("staff", f"s{number}"))) for number in range(6)]
    for text in (*several, several[0]):
        keeper.take_folder(text)
    assert len(load.texts) == 7


def test_a_version_that_does_not_load_is_never_replaced_by_a_former_one(
    store: MemoryStore, keeper: PolicyKeeper
) -> None:
    keeper.take_folder(ONE)
    keeper.current()
    store.policies.publish(policy_text("sites: {}"), author="a", message="b", at=NOW)
    with pytest.raises(StoreCorrupt, match=r"version 2 of the policy does not load: p\.yaml:1:8: "):
        keeper.current()


def test_f6_a_store_that_fails_is_an_error_and_no_policy() -> None:
    store = MemoryStore()
    keeper_of(store).take_folder(ONE)
    broken = keeper_of(BrokenStore(store, fail_on={"policies.active_number"}))
    with pytest.raises(StoreUnavailable):
        broken.current()


def test_f12_threads_see_one_version_or_the_next(store: MemoryStore) -> None:
    keeper, seen = keeper_of(store), set[tuple[int, str]]()
    keeper.take_folder(ONE)

    def look() -> None:
        for _ in range(200):
            now = keeper.current()
            seen.add((now.number % 2, now.policy.sites["wiki"].rules[0].ref.name))

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(50):
        keeper.take_folder(TWO)
        keeper.take_folder(ONE)
    for thread in threads:
        thread.join()
    assert seen <= {(1, "staff"), (0, "two")}


# --- the folder ------------------------------------------------------------------------------


def test_a_folder_that_brings_nothing_new_changes_nothing(keeper: PolicyKeeper) -> None:
    keeper.take_folder(ONE)
    assert keeper.take_folder(ONE) == Unchanged(number=1)
    assert len(keeper.history()) == 1


@pytest.mark.parametrize("name", BROKEN)
def test_f11_a_broken_folder_leaves_the_policy_in_force(keeper: PolicyKeeper, name: str) -> None:
    keeper.take_folder(ONE)
    taken = keeper.take_folder(policy_text(BROKEN[name]))
    assert isinstance(taken, Held)
    assert not taken.waits
    assert rules(keeper) == ["staff"]
    held = keeper.held()
    assert held is not None
    assert held.why == taken.why


def test_t101_a_folder_that_can_not_be_read_leaves_the_policy_in_force(
    keeper: PolicyKeeper, tmp_path: Path
) -> None:
    keeper.take_folder(ONE)
    taken = keeper.take_folder(read_folder(tmp_path / "lost"))
    assert isinstance(taken, Held)
    assert rules(keeper) == ["staff"]


def test_r12_a_policy_with_a_failing_test_is_refused_whole(keeper: PolicyKeeper) -> None:
    keeper.take_folder(PASSES)
    taken = keeper.take_folder(FAILS)
    assert isinstance(taken, Held)
    assert taken.why[0].startswith(
        "p.yaml:7:16: test `t` failed: expected `permit`, came `sign_in`"
    )
    assert keeper.current().number == 1


def test_g9_a_folder_that_loosens_waits(keeper: PolicyKeeper) -> None:
    keeper.take_folder(BOB)
    expected = Held(why=("the entry of account `bob` is gone",), waits=True)
    assert keeper.take_folder(ONE) == expected
    assert "bob" in keeper.policy().accounts
    held = keeper.held()
    assert held is not None
    assert (held.text, held.why, held.at) == (ONE, expected.why, NOW)


def test_g9_what_waits_is_forgotten_when_the_folder_is_as_before(keeper: PolicyKeeper) -> None:
    keeper.take_folder(BOB)
    keeper.take_folder(ONE)
    keeper.take_folder(BOB)
    assert keeper.held() is None


def test_g9_what_waits_is_noted_once(store: MemoryStore) -> None:
    counted = BrokenStore(store)
    keeper = keeper_of(counted)
    keeper.take_folder(BOB)
    for _ in range(3):
        keeper.take_folder(ONE)
    assert counted.calls.count("policies.hold") == 2


def test_g9_a_policy_that_can_not_be_compared_waits(
    store: MemoryStore, keeper: PolicyKeeper
) -> None:
    store.policies.publish(policy_text("sites: {}"), author="a", message="b", at=NOW)
    taken = keeper.take_folder(ONE)
    assert isinstance(taken, Held)
    assert taken.waits
    assert taken.why[0].startswith("it can't be compared with the policy in force:")


# --- people ----------------------------------------------------------------------------------


def test_g9_a_publish_takes_what_loosens_and_says_what(keeper: PolicyKeeper) -> None:
    keeper.take_folder(BOB)
    keeper.take_folder(ONE)
    lost = ("the entry of account `bob` is gone",)
    assert keeper.losses_of(ONE) == lost
    assert keeper.publish(ONE, author="alice", message="why") == Published(number=2, lost=lost)
    assert keeper.held() is None
    assert (keeper.history()[0].author, keeper.history()[0].message) == ("alice", "why")
    assert keeper.take_folder(ONE) == Unchanged(number=2)


@pytest.mark.parametrize("text", [FAILS, policy_text("sites: []")])
def test_a_publish_of_something_broken_is_refused(keeper: PolicyKeeper, text: PolicyText) -> None:
    keeper.take_folder(ONE)
    assert isinstance(keeper.losses_of(text), Problems)
    assert isinstance(keeper.publish(text, author="a", message="b"), Refused)
    assert keeper.current().number == 1


def test_a_publish_writes_the_folder(store: MemoryStore, tmp_path: Path) -> None:
    keeper = keeper_of(store, tmp_path)
    (tmp_path / "p.yaml").write_text("# old\n")
    assert keeper.publish(TWO, author="a", message="b") == Published(number=1)
    assert read_folder(tmp_path) == TWO
    assert keeper.take_folder(read_folder(tmp_path)) == Unchanged(number=1)


def test_a_publish_is_refused_when_the_folder_can_not_be_written(
    store: MemoryStore, tmp_path: Path
) -> None:
    keeper = keeper_of(store, tmp_path / "lost")
    refused = keeper.publish(ONE, author="a", message="b")
    assert isinstance(refused, Refused)
    assert "can't be written: No such file or directory" in refused.why[0]
    assert keeper.history() == ()


def test_f3_a_publish_that_the_store_refuses_leaves_the_folder(
    store: MemoryStore, tmp_path: Path
) -> None:
    (tmp_path / "p.yaml").write_text("# old\n")
    keeper = keeper_of(BrokenStore(store, fail_on={"policies.publish"}), tmp_path)
    with pytest.raises(StoreUnavailable):
        keeper.publish(TWO, author="a", message="b")
    assert [each.name for each in tmp_path.iterdir()] == ["p.yaml"]
    assert (tmp_path / "p.yaml").read_text() == "# old\n"


def test_f3_a_publish_that_the_folder_refuses_at_last_is_an_error(
    store: MemoryStore, tmp_path: Path
) -> None:
    broken = BrokenStore(store, rivals={"policies.publish": (tmp_path / PLAN).mkdir})
    with pytest.raises(StoreUnavailable, match=r"version 1 is in force, but .* can't be written"):
        keeper_of(broken, tmp_path).publish(TWO, author="a", message="b")
    assert [each.name for each in tmp_path.iterdir()] == [PLAN]


def test_a_rollback_writes_the_folder_and_is_a_new_version(
    store: MemoryStore, tmp_path: Path
) -> None:
    keeper = keeper_of(store, tmp_path)
    keeper.publish(BOB, author="a", message="one")
    keeper.publish(ONE, author="a", message="two")
    assert keeper.rollback(1, author="b", message="back") == Published(number=3)
    assert read_folder(tmp_path) == BOB
    assert keeper.take_folder(read_folder(tmp_path)) == Unchanged(number=3)


def test_a_rollback_pins_where_the_folder_can_not_be_written(
    store: MemoryStore, tmp_path: Path
) -> None:
    keeper = keeper_of(store, tmp_path / "lost")
    keeper.take_folder(BOB)
    keeper.take_folder(TWO)
    back = keeper.rollback(1, author="b", message="back")
    assert back == Published(number=1, pinned=True)
    assert "bob" in keeper.policy().accounts


def test_a_pinned_version_holds_until_the_folder_changes(keeper: PolicyKeeper) -> None:
    keeper.take_folder(ONE)
    keeper.take_folder(TWO)
    assert keeper.rollback(1, author="a", message="b") == Published(number=1, pinned=True)
    assert keeper.take_folder(TWO) == Unchanged(number=1)
    assert rules(keeper) == ["staff"]
    assert keeper.take_folder(BOB) == Published(number=3)


def test_an_unpinned_version_gives_way_to_the_folder(keeper: PolicyKeeper) -> None:
    keeper.take_folder(ONE)
    keeper.take_folder(TWO)
    keeper.rollback(1, author="a", message="b")
    assert keeper.unpin()
    assert not keeper.unpin()
    assert keeper.take_folder(TWO) == Published(number=3)


def test_a_rollback_to_nothing_is_refused(store: MemoryStore, keeper: PolicyKeeper) -> None:
    keeper.take_folder(ONE)
    refused = Refused(why=("there is no version 7; see: gate policy history",))
    assert keeper.rollback(7, author="a", message="b") == refused
    store.policies.publish(policy_text("sites: []"), author="a", message="b", at=NOW)
    assert isinstance(keeper.rollback(2, author="a", message="b"), Refused)


# --- what the installation can serve ---------------------------------------------------------


def refuse_two(policy: Policy) -> Problem | None:
    rule = policy.sites["wiki"].rules[0]
    return Problem(at=rule.ref.at, message="no") if rule.ref.name == "two" else None


def test_what_can_not_be_served_is_neither_taken_nor_published(store: MemoryStore) -> None:
    keeper = PolicyKeeper(store=store, clock=FixedClock(NOW), misfit=refuse_two)
    keeper.take_folder(ONE)
    why = ("p.yaml:6:9: no",)
    assert keeper.take_folder(TWO) == Held(why=why)
    problem = Problem(at=Location("p.yaml", 6, 9), message="no")
    assert keeper.losses_of(TWO) == Problems(items=(problem,))
    assert keeper.publish(TWO, author="alice", message="two") == Refused(why=why)
    assert rules(keeper) == ["staff"]


def test_a_version_that_can_no_longer_be_served_is_not_brought_back(store: MemoryStore) -> None:
    keeper_of(store).take_folder(TWO)
    keeper = PolicyKeeper(store=store, clock=FixedClock(NOW), misfit=refuse_two)
    keeper.take_folder(ONE)
    assert keeper.rollback(1, author="alice", message="back") == Refused(why=("p.yaml:6:9: no",))
    assert keeper.current().number == 2
