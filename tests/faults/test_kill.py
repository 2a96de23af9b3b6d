"""A short form of `make faults`: kill -9 at some moments, and too little room (F1, F2, F4)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from tests.faults.changes import CYCLE
from tests.faults.installation import Installation, new_installation
from tests.faults.rounds import Hurt, Rounds, Shapes, learned, rounds
from tests.faults.worker import keep

MILLISECONDS: Final = (0, 1, 2, 4, 7, 11, 16, 22, 29, 37, 46, 56, 67, 80)
ROOM: Final = (1, 4096, 20_000, 60_000, 200_000)  # bytes


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> tuple[Installation, Shapes]:
    """An installation, and what each change does to one."""
    installation = new_installation(tmp_path_factory.mktemp("known") / "installation")
    return installation, learned(installation)


@pytest.fixture
def hurting(tmp_path: Path, known: tuple[Installation, Shapes]) -> Iterator[Rounds]:
    installation, shapes = known
    with rounds(installation.copy(tmp_path / "installation"), shapes) as made:
        yield made


def test_f1_f2_what_was_acknowledged_is_there_and_the_rest_is_old_or_new(hurting: Rounds) -> None:
    for milliseconds in MILLISECONDS:
        assert hurting.hurt(Hurt(changes=1, after=milliseconds / 1000)) == []
    assert hurting.acknowledged >= len(MILLISECONDS)


def test_f4_a_change_for_which_there_is_no_room_is_whole_or_nothing(hurting: Rounds) -> None:
    for most_bytes in ROOM:
        assert hurting.hurt(Hurt(changes=3, after=0.1, most_bytes=most_bytes)) == []


def test_a_change_that_was_lost_is_found(hurting: Rounds) -> None:
    with hurting.installation.scene() as scene:
        CYCLE[0](scene)
    keep(hurting.installation, 1)
    with closing(sqlite3.connect(hurting.installation.database)) as connection:
        connection.execute("DELETE FROM sessions")
        connection.commit()
    (found,) = hurting.look()
    assert found.startswith("torn or lost: {")


def test_a_change_that_is_half_is_found(hurting: Rounds) -> None:
    number = next(n for n, change in enumerate(CYCLE) if change.__name__ == "adds_a_key")
    keep(hurting.installation, number)
    with closing(sqlite3.connect(hurting.installation.database)) as connection:
        connection.execute("UPDATE accounts SET factor_version = factor_version + 1")
        connection.commit()
    (found,) = hurting.look()
    assert found.startswith("torn or lost: {'accounts': (0, 0, ('factor_version',))")


def test_a_policy_that_is_half_is_found(hurting: Rounds) -> None:
    keep(hurting.installation, 0)
    (hurting.installation.policies / "two.yaml").unlink()
    (found,) = hurting.look()
    assert found.startswith("the policy folder is neither old nor new")


def test_a_process_that_ends_by_itself_is_found(hurting: Rounds) -> None:
    hurting.at = 2  # nobody is signed in, so the change can't be made
    (found,) = hurting.hurt(Hurt(changes=0, after=5))
    assert found.endswith("it ended by itself, with 1")
