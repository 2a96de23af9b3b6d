"""Rows that do not hold what they must."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gate.core.errors import StoreCorrupt
from gate.core.network import Allowlist
from gate.core.ports import AuditFilter, AuditRecord, HeldPolicy, PolicyText
from gate.store.sql import SqlStore
from gate.store.sql.address import SqliteFile
from gate.store.sql.connections import connect_sqlite
from gate.store.sql.rows import networks_text
from tests.support.sql_stores import new_sqlite_store
from tests.support.store_values import (
    NOON,
    allowlist,
    hash_of,
    some_account,
    some_key,
    some_link,
    some_session,
    some_totp,
)

type Read = Callable[[SqlStore], object]

ALICE = some_account("alice")
LINK = some_link(ALICE).hash
TEXT = PolicyText(files=(("wiki.yaml", "sites: {}\n"),))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = new_sqlite_store(tmp_path)
    opened.accounts.add(ALICE)
    opened.accounts.add_totp(some_totp(ALICE))
    opened.keys.add(some_key(ALICE))
    opened.links.put(some_link(replace(ALICE, factor_version=2)))
    opened.sessions.begin(some_session(ALICE))
    opened.policies.publish(TEXT, author="a", message="m", at=NOON)
    opened.policies.hold(HeldPolicy(text=TEXT, why=("why",), at=NOON))
    opened.audit.append([AuditRecord(at=NOON, kind="decision")])
    yield opened
    opened.close()


def find(store: SqlStore) -> object:
    return store.sessions.find(hash_of("token"))


@pytest.mark.parametrize(
    ("file", "change", "read"),
    [
        ("gate.db", "UPDATE accounts SET state = 'admin'", find),
        ("gate.db", "UPDATE accounts SET networks = 'everywhere'", find),
        ("gate.db", "UPDATE accounts SET trial = 'in part'", find),
        ("gate.db", "UPDATE accounts SET trial_until = 1", find),
        ("gate.db", "UPDATE sessions SET proofs = 'none'", find),
        ("gate.db", "UPDATE sessions SET proofs = '[[\"totp\"]]'", find),
        ("gate.db", "UPDATE sessions SET proofs = '[[\"magic\", 1, false, true]]'", find),
        ("gate.db", "UPDATE sessions SET address = 'localhost'", find),
        ("gate.db", "UPDATE sessions SET created_at = 'noon'", find),
        ("gate.db", "UPDATE sessions SET idle = 1e30", find),
        ("gate.db", "UPDATE sessions SET last_seen = 9223372036854775807", find),
        ("gate.db", "UPDATE accounts SET state = ''", lambda s: s.accounts.all()),
        ("gate.db", "UPDATE totps SET added_with = 'x'", lambda s: s.accounts.totps(ALICE.id)),
        ("gate.db", "UPDATE totps SET sealed = x'00'", lambda s: s.accounts.totps(ALICE.id)),
        ("gate.db", "UPDATE security_keys SET counts_from = 1e30", find),
        (
            "gate.db",
            "UPDATE security_keys SET origins = '1'",
            lambda s: s.keys.of_account(ALICE.id),
        ),
        ("gate.db", "UPDATE links SET purpose = 'x'", lambda s: s.links.peek(LINK, NOON)),
        ("gate.db", "UPDATE policy_versions SET files = '{'", lambda s: s.policies.active()),
        ("gate.db", "UPDATE policy_versions SET files = '[1]'", lambda s: s.policies.history()),
        ("gate.db", "UPDATE held_policy SET why = '}'", lambda s: s.policies.held()),
        ("gate-live.db", "UPDATE audit SET details = ''", lambda s: s.audit.search(AuditFilter())),
    ],
)
def test_a_row_that_holds_something_else_is_never_half_read(
    store: SqlStore, tmp_path: Path, file: str, change: str, read: Read
) -> None:
    read(store)
    connection = connect_sqlite(SqliteFile(name=str(tmp_path / file)))
    connection.execute(change)
    connection.close()
    with pytest.raises(StoreCorrupt):
        read(store)


def test_a_text_that_says_other_than_its_list_is_not_stored() -> None:
    list_of_one = allowlist("192.0.2.0/24")
    lying = Allowlist(entries=list_of_one.entries, text="0.0.0.0/0")
    assert networks_text(lying) == "192.0.2.0/24\n"
    assert networks_text(Allowlist.of(list_of_one.networks)) == "192.0.2.0/24\n"
    assert networks_text(Allowlist()) == ""
    assert networks_text(None) is None
