"""Commands that are killed on their way lose nothing, and come to their end when run again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.faults.commands import KILLED, Commands, commands

PARTS: Final = (0.5, 0.8)  # of the time that a command takes


@pytest.fixture(scope="module")
def hurting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commands]:
    with commands(tmp_path_factory.mktemp("installed")) as made:
        yield made


@pytest.mark.parametrize("name", KILLED)
def test_f1_f21_f22_f23_a_killed_command_leaves_old_or_new(
    hurting: Commands, tmp_path: Path, name: str
) -> None:
    assert [found for part in PARTS for found in hurting.hurt(name, part, tmp_path)] == []
