"""Rounds: a process changes an installation until it is killed, and then all is looked at (F1, F2).

What may be there is exactly what was acknowledged, or that and the whole of the one change that was
being made. The next round goes on from there.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, override

from tests.faults.changes import CYCLE, INSTEAD, Change
from tests.faults.installation import Installation
from tests.faults.picture import Picture, Shape, shape
from tests.faults.worker import keep, kept

ROOT: Final = Path(__file__).parents[2]

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
    orders: IO[str]
    said: IO[str]
    at: int = 0  # the next change
    acknowledged: int = 0
    whole: int = 0  # changes that were made and not acknowledged

    def hurt(self, how: Hurt) -> list[str]:
        """Do one round and give what was found; after a finding there is none to go on from."""
        keep(self.installation, self.at)
        ended = self._killed(how)
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

    def _killed(self, how: Hurt) -> int:
        """Let the process make changes, kill it, and give its exit code."""
        self.orders.write(f"{self.at} {self.at + how.changes} {how.most_bytes}\n")
        self.orders.flush()
        word, _, pid = self.said.readline().partition(" ")
        if word != "go":
            return int(word)
        time.sleep(how.after)
        with suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)
        return int(self.said.readline())

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
    command = [sys.executable, "-m", "tests.faults.worker", str(installation.folder)]
    with subprocess.Popen(
        command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as worker:
        assert worker.stdin is not None
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
        yield Rounds(installation, shapes, worker.stdin, worker.stdout)


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
