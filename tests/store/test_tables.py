"""What the memory store holds."""

from __future__ import annotations

import pytest

from gate.core.errors import StoreCorrupt
from gate.core.subject import AccountId
from gate.store.memory.tables import Tables
from tests.support.store_values import hash_of, some_account, some_session, some_totp


def test_nothing_hangs_on_an_account_that_is_gone() -> None:
    with pytest.raises(StoreCorrupt):
        Tables().existing(AccountId("gone"))


def test_an_account_shows_what_its_factors_say() -> None:
    alice = some_account()
    tables = Tables(accounts={alice.id: alice}, totps={"phone": some_totp(alice)})
    assert tables.existing(alice.id).has_totp


def test_dropped_sessions_are_counted_once() -> None:
    session = some_session(some_account())
    tables = Tables(sessions={session.hash: session})
    assert tables.drop_sessions({session.hash, hash_of("unknown")}) == 1
    assert tables.drop_sessions({session.hash}) == 0
