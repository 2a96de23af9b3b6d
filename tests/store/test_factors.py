"""Passwords, seeds and one-time values at rest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gate.core.errors import SealedAway, StoreCorrupt
from gate.core.secret_text import Secret
from gate.core.subject import Account
from gate.store.sql import SqlStore, open_store
from gate.store.sql.address import SqliteFile
from gate.store.sql.connections import connect_sqlite
from tests.support.sql_stores import FILES, SEALER, new_sqlite_store, sqlite_url
from tests.support.store_values import (
    NOON,
    SEED,
    hash_of,
    minutes,
    some_account,
    some_session,
    some_totp,
)

HASH = Secret("$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$aGFzaGhhc2hoYXNo")
ALICE: Account = some_account("alice")
BOB: Account = some_account("bob")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = new_sqlite_store(tmp_path)
    for account in (ALICE, BOB):
        opened.accounts.add(account)
        opened.accounts.set_password_hash(account.id, HASH, NOON)
        opened.accounts.add_totp(some_totp(account, f"phone of {account.name}"))
    opened.one_time.put("enrol", "key", f"seed {SEED.reveal()}", NOON + minutes(5))
    opened.sessions.begin(some_session(ALICE, "a token"))
    yield opened
    opened.close()


def change(folder: Path, statement: str) -> None:
    connection = connect_sqlite(SqliteFile(name=str(folder / "gate.db")))
    connection.execute(statement)
    connection.close()


@pytest.mark.usefixtures("store")
def test_t71_no_file_holds_a_secret_in_plain_text(tmp_path: Path) -> None:
    everything = b"".join(path.read_bytes() for path in tmp_path.glob("gate*"))
    assert b"phone of alice" in everything
    assert hash_of("a token").encode() in everything
    for secret in (SEED, HASH, Secret("argon2id"), Secret("a token\n"), Secret("seed JBSW")):
        assert secret.reveal().encode() not in everything


def test_r30_a_seed_copied_to_another_account_does_not_open(
    store: SqlStore, tmp_path: Path
) -> None:
    change(tmp_path, "UPDATE totps SET sealed = (SELECT min(sealed) FROM totps)")
    opened = 0
    for account in (ALICE, BOB):
        try:
            opened += len(store.accounts.totps(account.id))
        except StoreCorrupt:
            continue
    assert opened == 1


def test_r30_a_password_copied_to_another_account_does_not_open(
    store: SqlStore, tmp_path: Path
) -> None:
    change(
        tmp_path,
        "UPDATE passwords SET sealed = "
        "(SELECT sealed FROM passwords WHERE account = 'id-of-alice')",
    )
    assert store.accounts.password_hash(ALICE.id) == HASH
    with pytest.raises(StoreCorrupt):
        store.accounts.password_hash(BOB.id)
    with pytest.raises(StoreCorrupt):
        store.accounts.upgrade_password_hash(BOB.id, old=HASH, new=Secret("new"))


def test_g26_a_plane_reads_no_secret(store: SqlStore, tmp_path: Path) -> None:
    plane = open_store(sqlite_url(tmp_path), None)
    try:
        assert plane.sessions.find(hash_of("a token")) is not None
        assert plane.accounts.by_name("alice") is not None
        with pytest.raises(SealedAway):
            plane.accounts.password_hash(ALICE.id)
        with pytest.raises(SealedAway):
            plane.accounts.totps(ALICE.id)
        with pytest.raises(SealedAway):
            plane.accounts.set_password_hash(ALICE.id, Secret("mine"), NOON)
        with pytest.raises(SealedAway):
            plane.one_time.peek("enrol", "key", NOON)
    finally:
        plane.close()
    assert store.accounts.password_hash(ALICE.id) == HASH


def test_secrets_are_there_when_the_store_is_opened_again(store: SqlStore, tmp_path: Path) -> None:
    store.close()
    again = open_store(sqlite_url(tmp_path), SEALER)
    try:
        assert again.accounts.password_hash(ALICE.id) == HASH
        assert [totp.secret for totp in again.accounts.totps(BOB.id)] == [SEED]
        assert again.one_time.take("enrol", "key", NOON) == f"seed {SEED.reveal()}"
    finally:
        again.close()


@pytest.mark.usefixtures("store")
def test_all_files_belong_to_the_owner_alone(tmp_path: Path) -> None:
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.glob("gate*")}
    assert set(FILES) < modes.keys()
    assert set(modes.values()) == {0o600}
