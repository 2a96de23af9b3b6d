"""Rounds: a process changes an installation until it is killed, and then all is looked at (F1, F2).

What may be there is exactly what was acknowledged, or that and the whole of the one change that was
being made. The next round goes on from there.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import override

from tests.faults.changes import CYCLE, INSTEAD, Change
from tests.faults.forks import Forks, forks
from tests.faults.installation import Installation
from tests.faults.picture import Picture, Shape, shape
from tests.faults.worker import keep, kept

type Shapes = Mapping[Change, tuple[Shape, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hurt:
    """What a round does: when it kills, and how large a file may become (0: as it likes)."""

    changes: int  # that are made in peace
    after: float  # seconds from the next change
    most_bytes: int = 0

    @override
    def __str__(self) -> str:
        room = f", no file above {self.most_bytes} bytes" if self.most_bytes else ""
        return f"killed {self.after * 1000:.1f} ms after {self.changes} changes{room}"


@dataclass(slots=True)
class Rounds:
    """An installation that is hurt again and again, and what came of it."""

    installation: Installation
    shapes: Shapes
    worker: Forks
    at: int = 0  # the next change
    acknowledged: int = 0
    whole: int = 0  # changes that were made and not acknowledged

    def hurt(self, how: Hurt) -> list[str]:
        """Do one round and give what was found; after a finding there is none to go on from."""
        keep(self.installation, self.at)
        order = f"{self.at} {self.at + how.changes} {how.most_bytes}"
        ended = self.worker.killed(order, how.after)
        found = [] if ended == -signal.SIGKILL else [f"it ended by itself, with {ended}"]
        found += self.look()
        return [f"{how}, in or before `{self._next.__name__}`: {each}" for each in found]

    def look(self) -> list[str]:
        """Say what is not as it was acknowledged, nor as after the next change."""
        done, before = kept(self.installation)
        self.acknowledged += done - self.at
        self.at = done
        return [*self._torn(before), *self.installation.problems()]

    @property
    def _next(self) -> Change:
        return CYCLE[self.at % len(CYCLE)]

    def _torn(self, before: Picture) -> Iterator[str]:
        after, wanted = self.installation.picture(), self.shapes[self._next]
        made = shape(before.tables, after.tables)
        if made in wanted:
            self.whole += 1
            self.at += 1
        elif made:
            yield f"torn or lost: {made}, where {wanted} or nothing was to be"
        for app, step in before.steps.items():
            if after.steps.get(app, step) < step:
                yield f"the code app {app} would take a code again"


@contextmanager
def rounds(installation: Installation, shapes: Shapes) -> Iterator[Rounds]:
    """Lend an installation to be hurt, with a process that makes changes to it."""
    with forks("tests.faults.worker", str(installation.folder)) as worker:
        yield Rounds(installation, shapes, worker)


def learned(installation: Installation) -> Shapes:
    """Go through the cycle in peace, and give what each change does: the same each time."""
    _gone_through(installation)  # once: from then on there are names that were in use before
    made, again = _gone_through(installation), _gone_through(installation)
    assert made == again
    instead = {change: (made[other],) for change, other in INSTEAD.items()}
    return {change: (each, *instead.get(change, ())) for change, each in made.items()}


def _gone_through(installation: Installation) -> dict[Change, Shape]:
    shapes: dict[Change, Shape] = {}
    with installation.scene() as scene:
        for change in CYCLE:
            scene.store.attempts.clear("")
            before = installation.picture().tables
            change(scene)
            shapes[change] = shape(before, installation.picture().tables)
    return shapes
