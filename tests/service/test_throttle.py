"""Attempts are counted before they are checked, for the account, in lanes."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_address

import pytest

from gate.core.ports import Full, Reserved
from gate.core.subject import AccountId, SessionHash
from gate.service.throttle import Throttle
from gate.store.clock import AdjustableClock
from gate.store.memory import MemoryStore
from tests.support.store_values import NOON

ALICE = AccountId("id-of-alice")


def throttle() -> Throttle:
    return Throttle(attempts=MemoryStore().attempts, clock=AdjustableClock(NOON))


def passing(wanted: Throttle) -> AdjustableClock:
    assert isinstance(wanted.clock, AdjustableClock)
    return wanted.clock


def filled(wanted: Throttle, *, familiar: bool) -> None:
    for _ in range(5):
        assert isinstance(wanted.password("alice", familiar=familiar), Reserved)
    assert isinstance(wanted.password("alice", familiar=familiar), Full)


@pytest.mark.parametrize("first", [True, False])
def test_t63_the_lanes_of_a_name_are_apart(*, first: bool) -> None:
    wanted = throttle()
    filled(wanted, familiar=first)
    assert isinstance(wanted.password("alice", familiar=not first), Reserved)
    assert isinstance(wanted.password("bob", familiar=first), Reserved)


@pytest.mark.parametrize("spelling", ["ALICE", " alice", "alice\t", "Alice\n", "\u00a0alice"])
def test_t62_every_spelling_of_a_name_is_one_lane(spelling: str) -> None:
    wanted = throttle()
    filled(wanted, familiar=False)
    assert isinstance(wanted.password(spelling, familiar=False), Full)


def test_t62_codes_have_one_cap_over_all_pages() -> None:
    wanted = throttle()
    for _ in range(5):
        assert isinstance(wanted.code(ALICE), Reserved)
    assert wanted.code(ALICE) == Full(wait=timedelta(minutes=5))
    assert isinstance(wanted.code(AccountId("id-of-bob")), Reserved)


def test_g16_twenty_an_hour_and_fifty_a_day_are_the_most() -> None:
    wanted = throttle()
    taken = []
    for _ in range(24 * 60 // 5):
        taken.append(sum(isinstance(wanted.code(ALICE), Reserved) for _ in range(6)))
        passing(wanted).advance(timedelta(minutes=5))
    assert max(taken) == 5
    assert max(sum(taken[at : at + 12]) for at in range(len(taken))) == 20
    assert sum(taken) == 50


def test_g16_a_refund_gives_back_one_attempt() -> None:
    wanted = throttle()
    tickets = [wanted.code(ALICE) for _ in range(5)]
    assert isinstance(tickets[0], Reserved)
    wanted.refund(tickets[0])
    wanted.refund(tickets[0])
    assert isinstance(wanted.code(ALICE), Reserved)
    assert isinstance(wanted.code(ALICE), Full)


def test_g16_the_fifth_wrong_proof_of_a_session_is_its_last() -> None:
    wanted = throttle()
    said = [wanted.is_last_proof(SessionHash("one")) for _ in range(6)]
    assert said == [False, False, False, False, True, True]
    assert not wanted.is_last_proof(SessionHash("two"))


def test_an_operator_clears_both_lanes_and_the_codes_of_one_account() -> None:
    wanted = throttle()
    for name in ("alice", "bob"):
        for _ in range(5):
            wanted.password(name, familiar=False)
            wanted.password(name, familiar=True)
            wanted.code(AccountId(f"id-of-{name}"))
    wanted.clear("Alice", ALICE)
    filled(wanted, familiar=False)
    filled(wanted, familiar=True)
    assert isinstance(wanted.code(ALICE), Reserved)
    assert isinstance(wanted.password("bob", familiar=True), Full)
    assert isinstance(wanted.code(AccountId("id-of-bob")), Full)


def test_f7_a_wall_clock_that_is_set_back_empties_no_lane() -> None:
    wanted = throttle()
    filled(wanted, familiar=False)
    passing(wanted).set_wall(NOON - timedelta(days=1))
    assert isinstance(wanted.password("alice", familiar=False), Full)


@pytest.mark.parametrize(
    ("first", "neighbour", "stranger"),
    [
        ("203.0.113.9", "203.0.113.9", "203.0.113.10"),
        ("2001:db8:1:2::7", "2001:db8:1:2:ffff::1", "2001:db8:1:3::7"),
    ],
)
def test_g16_answers_of_keys_are_counted_by_address(
    first: str, neighbour: str, stranger: str
) -> None:
    wanted = throttle()
    for _ in range(30):
        assert not isinstance(wanted.key_answer(ip_address(first)), Full)
    assert isinstance(wanted.key_answer(ip_address(neighbour)), Full)
    assert not isinstance(wanted.key_answer(ip_address(stranger)), Full)
    assert not isinstance(wanted.key_options(ip_address(first)), Full)


def test_g16_many_small_networks_of_one_customer_are_counted_together() -> None:
    wanted = throttle()
    for number in range(10):
        for _ in range(30):
            assert not isinstance(wanted.key_answer(ip_address(f"2001:db8:1:{number}::7")), Full)
    assert isinstance(wanted.key_answer(ip_address("2001:db8:1:ff::7")), Full)
    fresh = wanted.key_answer(ip_address("2001:db8:2::7"))
    assert not isinstance(fresh, Full)
    assert len(fresh) == 2


def test_g16_what_the_wider_network_refuses_is_not_counted_in_the_narrower_one() -> None:
    wanted = throttle()
    for number in range(10):
        for _ in range(30):
            wanted.key_answer(ip_address(f"2001:db8:1:{number}::7"))
    for _ in range(40):
        assert isinstance(wanted.key_answer(ip_address("2001:db8:1:ff::7")), Full)
    passing(wanted).advance(timedelta(minutes=5))
    assert not isinstance(wanted.key_answer(ip_address("2001:db8:1:ff::7")), Full)


def test_g16_a_right_answer_of_a_key_is_taken_back_from_every_lane() -> None:
    wanted = throttle()
    for _ in range(400):
        counted = wanted.key_answer(ip_address("2001:db8:1::7"))
        assert not isinstance(counted, Full)
        wanted.refund(*counted)
