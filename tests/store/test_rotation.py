"""Rotating the master key under processes that use the store (G26, F23)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from gate.config.secret import Keyring, Purpose, Sealer, new_keyring
from gate.core.errors import SealedAway, StoreCorrupt, StoreUnavailable
from gate.core.secret_text import Secret
from gate.store.sql import SqlStore, open_store
from gate.store.sql.address import SqliteFile
from gate.store.sql.connections import connect_sqlite
from gate.store.sql.rotation import BATCH
from tests.support.sql_stores import new_sqlite_store, sqlite_url
from tests.support.store_values import NOON, SEED, minutes, some_account, some_totp

OLD: Keyring = new_keyring()
NEW: Keyring = OLD.with_new_key()
ALONE: Keyring = NEW.without_old_keys()
ALICE = some_account("alice")


def sealer(keyring: Keyring) -> Sealer:
    return Sealer(keys=keyring.derive(Purpose.SEALING))


@dataclass(frozen=True, slots=True)
class Rotated:
    """A store that the command rotates, and one that another process has open."""

    command: SqlStore
    other: SqlStore
    folder: Path

    def hand_over(self) -> None:
        self.command.rotation.hand_over(NEW.derive(Purpose.SEALING), OLD.current_id)

    def under_the_new_key_alone(self) -> SqlStore:
        return open_store(sqlite_url(self.folder), sealer(ALONE))


def reads_all(store: SqlStore) -> bool:
    assert store.accounts.password_hash(ALICE.id) == Secret("hash")
    assert [totp.secret for totp in store.accounts.totps(ALICE.id)] == [SEED]
    assert store.one_time.peek("enrol", "key", NOON) == "payload"
    return True


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Rotated]:
    command = new_sqlite_store(tmp_path, sealer=sealer(OLD))
    command.accounts.add(ALICE)
    command.accounts.set_password_hash(ALICE.id, Secret("hash"), NOON)
    command.accounts.add_totp(some_totp(ALICE))
    command.one_time.put("enrol", "key", "payload", NOON + minutes(5))
    other = open_store(sqlite_url(tmp_path), sealer(OLD))
    yield Rotated(command, other, tmp_path)
    command.close()
    other.close()


def test_f23_everything_is_sealed_anew_and_nothing_is_lost(stores: Rotated) -> None:
    stores.command.master_keys.retire("older still", {Purpose.AUDIT: bytes(32)})
    epoch = stores.command.epoch()
    stores.hand_over()
    assert stores.command.rotation.seal_anew() == 4
    assert stores.command.rotation.seal_anew() == 0
    stores.command.rotation.finish()
    assert stores.command.epoch() == epoch
    assert reads_all(stores.command)
    alone = stores.under_the_new_key_alone()
    assert reads_all(alone)
    assert alone.master_keys.kept() == {"older still": {Purpose.AUDIT: bytes(32)}}
    alone.close()


def test_f23_more_rows_than_a_batch_are_sealed_anew(stores: Rotated) -> None:
    for number in range(2 * BATCH + 1):
        key = f"key {number}"
        stores.command.one_time.put("enrol", key, "payload", NOON + minutes(5))
    stores.hand_over()
    assert stores.command.rotation.seal_anew() == 2 * BATCH + 1 + 3


def test_f23_a_process_that_serves_takes_the_new_key_over(stores: Rotated) -> None:
    assert stores.other.rotation.follow()
    stores.hand_over()
    assert stores.other.rotation.follow()
    stores.command.rotation.seal_anew()
    assert reads_all(stores.other)
    stores.other.accounts.set_password_hash(ALICE.id, Secret("newer"), NOON)
    stores.command.rotation.finish()
    assert stores.command.rotation.seal_anew() == 0
    assert stores.command.accounts.password_hash(ALICE.id) == Secret("newer")
    assert stores.other.rotation.follow()


def test_f23_a_process_that_did_not_follow_reads_nothing_wrong(stores: Rotated) -> None:
    stores.hand_over()
    stores.command.rotation.seal_anew()
    with pytest.raises(StoreCorrupt):
        stores.other.accounts.password_hash(ALICE.id)


def test_f23_a_process_that_missed_the_rotation_learns_so(stores: Rotated) -> None:
    stores.hand_over()
    stores.command.master_keys.retire(OLD.current_id, {Purpose.AUDIT: bytes(32)})
    stores.command.rotation.finish()
    assert not stores.other.rotation.follow()
    assert stores.command.rotation.follow()


WRITES: Final[dict[str, Callable[[SqlStore], object]]] = {
    "a password": lambda s: s.accounts.set_password_hash(ALICE.id, Secret("newer"), NOON),
    "a code app": lambda s: s.accounts.add_totp(some_totp(ALICE, "tablet")),
    "another hash": lambda s: s.accounts.upgrade_password_hash(
        ALICE.id, old=Secret("hash"), new=Secret("newer")
    ),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_f23_what_missed_the_rotation_keeps_nothing_that_nobody_can_open(
    stores: Rotated, write: Callable[[SqlStore], object]
) -> None:
    stores.hand_over()
    stores.command.master_keys.retire(OLD.current_id, {Purpose.AUDIT: bytes(32)})
    with pytest.raises(StoreUnavailable, match="run the command again"):
        write(stores.other)
    stores.command.rotation.seal_anew()
    assert reads_all(stores.command)


def test_f23_a_rotation_that_was_cut_short_goes_on(stores: Rotated) -> None:
    stores.hand_over()
    stores.other.accounts.set_password_hash(ALICE.id, Secret("hash"), NOON)  # still the old key
    resumed = open_store(sqlite_url(stores.folder), sealer(NEW))
    resumed.rotation.hand_over(NEW.derive(Purpose.SEALING), OLD.current_id)
    assert resumed.rotation.seal_anew() == 3
    assert reads_all(resumed)
    resumed.close()


def test_g26_a_plane_takes_no_key_over(stores: Rotated) -> None:
    stores.hand_over()
    plane = open_store(sqlite_url(stores.folder), None)
    with pytest.raises(SealedAway):
        plane.rotation.follow()
    plane.close()


def test_g26_what_is_handed_over_is_sealed_under_the_old_key(stores: Rotated) -> None:
    stores.hand_over()
    key = NEW.derive(Purpose.SEALING).current
    for file in stores.folder.glob("gate.db*"):
        content = file.read_bytes()
        assert key not in content
        assert key.hex().encode() not in content
    stranger = open_store(sqlite_url(stores.folder), sealer(new_keyring()))
    with pytest.raises(StoreCorrupt):
        stranger.rotation.follow()
    stranger.close()


def test_f23_a_value_that_does_not_open_stops_the_rotation(stores: Rotated) -> None:
    connection = connect_sqlite(SqliteFile(name=str(stores.folder / "gate.db")))
    connection.execute("UPDATE totps SET sealed = x'00'")
    connection.close()
    stores.hand_over()
    with pytest.raises(StoreCorrupt):
        stores.command.rotation.seal_anew()
