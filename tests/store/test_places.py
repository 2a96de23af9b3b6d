"""Familiar places, each kept once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from gate.core.ports import FamiliarPlace
from gate.core.subject import AccountId
from gate.store.sql.address import SqliteFile
from gate.store.sql.database import opened
from gate.store.sql.places import PlaceRows
from tests.support.sql_stores import new_sqlite_store
from tests.support.store_values import NOON, minutes

ALICE = AccountId("alice")
PLACE = FamiliarPlace(account=ALICE, device="d", address_range="192.0.2.0/24", at=NOON)


def test_a_place_never_turns_the_time_back(tmp_path: Path) -> None:
    new_sqlite_store(tmp_path).close()
    with opened(SqliteFile(name=str(tmp_path / "gate-live.db"))) as database:
        places = PlaceRows(database)
        for at in (NOON, NOON + minutes(5), NOON - minutes(5)):
            places.remember(replace(PLACE, at=at))
        assert places.has_device(ALICE, "d")
        assert not places.has_device(ALICE, "e")
        assert places.has_range(ALICE, "192.0.2.0/24", NOON + minutes(5))
        assert not places.has_range(ALICE, "192.0.2.0/24", NOON + minutes(6))


def test_a_browser_without_a_device_cookie_is_known_by_its_range(tmp_path: Path) -> None:
    new_sqlite_store(tmp_path).close()
    with opened(SqliteFile(name=str(tmp_path / "gate-live.db"))) as database:
        places = PlaceRows(database)
        places.remember(replace(PLACE, device=None))
        assert not places.has_device(ALICE, "d")
        assert places.has_range(ALICE, "192.0.2.0/24", NOON)
