"""Each store in turn: every test of this folder holds all of them to the same promises."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from gate.core.ports import Store
from gate.core.subject import Account
from gate.store.memory import MemoryStore
from tests.support.sql_stores import POSTGRESQL, new_server_store, new_sqlite_store
from tests.support.store_values import some_account

STORES: Final[dict[str, Callable[[Path], Store]]] = {
    "memory": lambda _: MemoryStore(),
    "sqlite": new_sqlite_store,
}
if POSTGRESQL:
    STORES["postgresql"] = lambda _: new_server_store(POSTGRESQL)


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store of each kind."""
    opened = STORES[request.param](tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def alice(store: Store) -> Account:
    """An account in the store."""
    added = store.accounts.add(some_account("alice"))
    assert isinstance(added, Account)
    return added


@pytest.fixture
def bob(store: Store) -> Account:
    """Another account in the store."""
    added = store.accounts.add(some_account("bob"))
    assert isinstance(added, Account)
    return added
