"""Recovery codes, as every store keeps them (G21)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from gate.core.errors import StoreCorrupt
from gate.core.ports import Store
from gate.core.subject import Account
from tests.support.store_values import NOON, minutes, some_account

CODES = [f"hash {number}" for number in range(10)]


def test_t65_a_code_is_used_once(store: Store, alice: Account) -> None:
    store.recovery_codes.replace(alice.id, CODES, NOON)
    assert store.recovery_codes.left(alice.id) == 10
    assert store.recovery_codes.use(alice.id, CODES[3], NOON) == 9
    assert store.recovery_codes.use(alice.id, CODES[3], NOON) is None
    assert store.recovery_codes.use(alice.id, CODES[4], NOON) == 8
    assert store.recovery_codes.left(alice.id) == 8
    assert store.recovery_codes.unused(alice.id) == (*CODES[:3], *CODES[5:])


def test_t65_a_code_counts_for_its_owner_only(store: Store, alice: Account, bob: Account) -> None:
    store.recovery_codes.replace(alice.id, CODES, NOON)
    assert store.recovery_codes.use(bob.id, CODES[0], NOON) is None
    assert store.recovery_codes.use(alice.id, "another hash", NOON) is None
    assert store.recovery_codes.left(alice.id) == 10
    assert store.recovery_codes.left(bob.id) == 0
    assert store.recovery_codes.unused(bob.id) == ()


def test_t65_a_new_set_kills_the_old_one(store: Store, alice: Account) -> None:
    store.recovery_codes.replace(alice.id, CODES, NOON)
    store.recovery_codes.use(alice.id, CODES[0], NOON)
    store.recovery_codes.replace(alice.id, ["fresh"], NOON + minutes(1))
    assert store.recovery_codes.made_at(alice.id) == NOON + minutes(1)
    assert store.recovery_codes.use(alice.id, CODES[1], NOON) is None
    assert store.recovery_codes.use(alice.id, "fresh", NOON) == 0


def test_a_set_that_is_used_up_still_says_when_it_was_made(store: Store, alice: Account) -> None:
    assert store.recovery_codes.made_at(alice.id) is None
    store.recovery_codes.replace(alice.id, ["only"], NOON)
    store.recovery_codes.use(alice.id, "only", NOON)
    assert store.recovery_codes.made_at(alice.id) == NOON


def test_an_empty_set_voids_what_there_was(store: Store, alice: Account) -> None:
    store.recovery_codes.replace(alice.id, CODES, NOON)
    store.recovery_codes.replace(alice.id, [], NOON)
    assert store.recovery_codes.left(alice.id) == 0
    assert store.recovery_codes.made_at(alice.id) is None


def test_f18_t65_one_code_is_used_once_however_many_ask(store: Store, alice: Account) -> None:
    store.recovery_codes.replace(alice.id, CODES, NOON)
    with ThreadPoolExecutor(8) as pool:
        used = list(
            pool.map(lambda _: store.recovery_codes.use(alice.id, CODES[0], NOON), range(50))
        )
    assert [left for left in used if left is not None] == [9]


def test_codes_need_an_account_and_go_with_it(store: Store, alice: Account) -> None:
    with pytest.raises(StoreCorrupt):
        store.recovery_codes.replace(some_account("nobody").id, CODES, NOON)
    store.recovery_codes.replace(alice.id, CODES, NOON)
    store.accounts.delete(alice.id)
    assert store.recovery_codes.left(alice.id) == 0
    assert store.recovery_codes.use(alice.id, CODES[0], NOON) is None
