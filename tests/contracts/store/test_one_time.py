"""Values that can be taken once, as every store keeps them."""

from __future__ import annotations

import threading

from gate.core.ports import Store
from tests.support.store_values import NOON, minutes


def test_a_value_is_looked_at_often_and_taken_once(store: Store) -> None:
    store.one_time.put("link", "key", "payload ✓", NOON + minutes(1))
    assert store.one_time.peek("link", "key", NOON) == "payload ✓"
    assert store.one_time.peek("link", "key", NOON) == "payload ✓"
    assert store.one_time.take("link", "key", NOON) == "payload ✓"
    assert store.one_time.take("link", "key", NOON) is None
    assert store.one_time.peek("link", "key", NOON) is None


def test_a_value_ends_with_its_time(store: Store) -> None:
    store.one_time.put("link", "key", "payload", NOON)
    assert store.one_time.peek("link", "key", NOON) is None
    assert store.one_time.take("link", "key", NOON) is None


def test_kinds_do_not_know_each_other(store: Store) -> None:
    store.one_time.put("link", "key", "a link", NOON + minutes(1))
    store.one_time.put("form", "key", "a form", NOON + minutes(1))
    assert store.one_time.take("form", "key", NOON) == "a form"
    assert store.one_time.peek("link", "key", NOON) == "a link"
    assert store.one_time.peek("lin", "kkey", NOON) is None


def test_a_value_is_replaced_under_its_key(store: Store) -> None:
    store.one_time.put("form", "key", "old", NOON)
    store.one_time.put("form", "key", "new", NOON + minutes(1))
    assert store.one_time.take("form", "key", NOON) == "new"


def test_f18_of_parallel_takers_one_gets_the_value(store: Store) -> None:
    store.one_time.put("code", "key", "payload", NOON + minutes(1))
    taken: list[str | None] = []

    def take() -> None:
        taken.extend(store.one_time.take("code", "key", NOON) for _ in range(10))

    threads = [threading.Thread(target=take) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 200
    assert [value for value in taken if value is not None] == ["payload"]
