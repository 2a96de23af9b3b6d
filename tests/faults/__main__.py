"""Many rounds of kill -9: `python -m tests.faults [--rounds N]`; exit 1 after a finding."""

from __future__ import annotations

import argparse
import secrets
import signal
import sys
import tempfile
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Final

from tests.faults.commands import KILLED, commands
from tests.faults.installation import new_installation
from tests.faults.rounds import Hurt, Rounds, learned, rounds

MOST_IN_PEACE: Final = 4  # changes
LONGEST: Final = 80_000  # microseconds from the beginning of the next change to the kill
IN_FULL: Final = 5  # every fifth round finds too little room
MOST_ROOM: Final = 400_000  # bytes of a file
A_COMMAND: Final = 10  # after as many rounds each, a command is killed
PARTS: Final = 110  # hundredths of a command's time, up to its end
OF_ONE: Final = 50  # rounds of one installation, whose pictures grow


def arguments() -> argparse.Namespace:
    """Give the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("--rounds", type=int, default=500)
    return parser.parse_args()


def drawn(number: int) -> Hurt:
    """Draw what a round does."""
    most_bytes = 0 if number % IN_FULL else 1 + secrets.randbelow(MOST_ROOM)
    return Hurt(
        changes=secrets.randbelow(MOST_IN_PEACE + 1),
        after=secrets.randbelow(LONGEST) / 1_000_000,
        most_bytes=most_bytes,
    )


@dataclass(slots=True)
class Counted:
    """What all rounds came to."""

    rounds: int = 0
    acknowledged: int = 0
    whole: int = 0
    commands: int = 0
    findings: int = 0

    def one_installation(self, folder: Path, most: int) -> None:
        """Do up to so many rounds on one installation; a finding is printed and ends them."""
        installation = new_installation(folder)
        with rounds(installation, learned(installation)) as hurting:
            found = self._hurt(hurting, most)
        self.acknowledged += hurting.acknowledged
        self.whole += hurting.whole
        self.findings += len(found)
        for finding in found:
            print(f"round {self.rounds}: {finding}", flush=True)

    def killed_commands(self, folder: Path, count: int) -> None:
        """Kill each command in its turn."""
        with commands(folder / "installation") as hurting:
            for name in islice(cycle(KILLED), count):
                self.commands += 1
                found = hurting.hurt(name, secrets.randbelow(PARTS) / 100, folder)
                self.findings += len(found)
                for finding in found:
                    print(finding, flush=True)

    def _hurt(self, hurting: Rounds, most: int) -> list[str]:
        for _ in range(most):
            self.rounds += 1
            if found := hurting.hurt(drawn(self.rounds)):
                return found
        return []


def main() -> int:
    """Do all rounds; a signal to end takes the processes away too."""
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    total, counted = arguments().rounds, Counted()
    while counted.rounds < total:
        with tempfile.TemporaryDirectory() as folder:
            most = min(OF_ONE, total - counted.rounds)
            counted.one_installation(Path(folder) / "installation", most)
        print(f"{counted.rounds} of {total} rounds", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        counted.killed_commands(Path(folder), total // A_COMMAND)
    print(
        f"{counted.rounds} rounds: {counted.acknowledged} changes acknowledged, {counted.whole}"
        f" whole without that; {counted.commands} commands killed; {counted.findings} torn or lost"
    )
    return 1 if counted.findings else 0


if __name__ == "__main__":
    sys.exit(main())
