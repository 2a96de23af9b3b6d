"""The n-th operation below a change fails: the state is the old or the new one, never between (F3).

Whoever asked for the change is told so by an error of the store or by a refusal, which the pages
answer with 503; and the same store goes on as soon as it can.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from gate.config.policy_folder import read_folder
from gate.core.errors import GateError
from tests.faults.changes import CYCLE, INSTEAD, Change, NotDoneError, ready
from tests.faults.failing import Operations, failing
from tests.faults.installation import FIRST, OTHER, Installation, new_installation
from tests.faults.picture import Shape, shape


@dataclass(frozen=True, slots=True)
class Step:
    """A change of the cycle, the installation before it, and what it does."""

    change: Change
    before: Installation
    shapes: tuple[Shape, ...]  # the second one when it is done otherwise where it can't be so


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> list[Step]:
    """Every change of the cycle, each with an installation that is ready for it."""
    folder = tmp_path_factory.mktemp("steps")
    living = new_installation(folder / "living")
    before: dict[Change, Installation] = {}
    shapes: dict[Change, Shape] = {}
    for number, change in enumerate(CYCLE):
        before[change] = living.copy(folder / str(number))
        with living.scene() as scene:
            change(scene)
        shapes[change] = shape(before[change].picture().tables, living.picture().tables)
    instead = {change: (shapes[other],) for change, other in INSTEAD.items()}
    return [Step(each, before[each], (shapes[each], *instead.get(each, ()))) for each in CYCLE]


@pytest.mark.parametrize("number", range(len(CYCLE)), ids=[each.__name__ for each in CYCLE])
def test_f3_a_change_whose_nth_operation_fails_is_whole_or_nothing(
    steps: list[Step], number: int, tmp_path: Path
) -> None:
    step, first, ends = steps[number], 1, set[str]()
    while first:
        hurt = step.before.copy(tmp_path / "hurt")
        first = until_it_is_done(step, hurt, first, ends)
        assert hurt.problems() == []
    assert "not done" in ends


def until_it_is_done(step: Step, hurt: Installation, first: int, ends: set[str]) -> int:
    """Let one operation after the other fail until the change is done; give the next one."""
    operations = Operations()
    before = hurt.picture()
    with failing(operations), hurt.scene() as scene:
        for number in count(first):
            scene.store.attempts.clear("")
            change = ready(step.change, scene)
            with operations.failing(number):
                told = outcome(change)
            ends.add(told)
            after = hurt.picture()
            if after.tables != before.tables:
                assert shape(before.tables, after.tables) in step.shapes, operations.failed
                return number + 1 if operations.failed else 0
            assert told != "done", operations.failed
            assert read_folder(hurt.policies) in (FIRST, OTHER), operations.failed
    return 0


def outcome(change: Callable[[], object]) -> str:
    """Say what somebody is told who asked for a change; any other error is a bug."""
    try:
        change()
    except (GateError, NotDoneError):
        return "not done"
    return "done"
