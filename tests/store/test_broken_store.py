"""The store that fails where a test says so."""

from __future__ import annotations

import threading

import pytest

from gate.core.errors import StoreCorrupt, StoreUnavailable
from gate.core.ports import Store
from gate.store.memory import MemoryStore
from tests.support.broken_store import BrokenStore
from tests.support.store_values import NOON, hash_of, some_account


def test_only_the_named_calls_fail() -> None:
    broken = BrokenStore(MemoryStore(), fail_on={"sessions.find"})
    store: Store = broken
    store.accounts.add(some_account("alice"))
    with pytest.raises(StoreUnavailable):
        store.sessions.find(hash_of("token"))
    assert store.epoch() == 2
    assert broken.calls == ["accounts.add", "sessions.find", "epoch"]


def test_f3_the_nth_call_of_all_fails_and_every_later_one() -> None:
    store = BrokenStore(MemoryStore(), fail_on={"*"}, from_call=2, error=StoreCorrupt("bad"))
    assert store.policies.active_number() is None
    for _ in range(2):
        with pytest.raises(StoreCorrupt):
            store.epoch()
    store.mend()
    assert store.epoch() == 1
    store.close()


def test_a_call_hangs_until_it_is_released() -> None:
    store = BrokenStore(MemoryStore(), hang_on={"audit.append", "one_time.put", "attempts.clear"})
    waiting = threading.Thread(target=store.audit.append, args=([],))
    waiting.start()
    assert waiting.is_alive()
    store.mend()
    waiting.join(timeout=60)
    assert not waiting.is_alive()
    assert store.attempts.clear("") == 0
    assert store.one_time.peek("link", "key", NOON) is None
