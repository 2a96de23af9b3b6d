"""Processes to be killed: one has imported everything and forks another one for each order.

The module that is run calls `carry_out_orders`; whoever kills uses `Forks`. An order is a line. The
forked process says `go` when it is about to begin, and the other one how it ended.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

ROOT: Final = Path(__file__).parents[2]


def carry_out_orders(carry_out: Callable[[str], int]) -> None:
    """Fork for each line of the standard input; `carry_out` gives the exit code."""
    _say("ready")
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os._exit(_end(carry_out, line))
        _, status = os.waitpid(child, 0)
        _say(str(os.waitstatus_to_exitcode(status)))


def _end(carry_out: Callable[[str], int], line: str) -> int:
    """Give the exit code; whatever is raised, the process must not go on as the one it was."""
    try:
        return carry_out(line)
    except BaseException:  # noqa: BLE001 - it is told, and the process ends
        traceback.print_exc()
        return 1


def go() -> None:
    """Say in the forked process that it may be killed from now on."""
    _say(f"go {os.getpid()}")


def _say(word: str) -> None:
    os.write(1, f"{word}\n".encode())  # in one piece, whoever is killed


@dataclass(frozen=True, slots=True)
class Forks:
    """A running module that carries out orders."""

    orders: IO[str]
    said: IO[str]

    def killed(self, order: str, after: float) -> int:
        """Give an order, kill its process so many seconds after its `go`, and give its exit code.

        A process that has ended by then has its own exit code.
        """
        pid = self._began(order)
        time.sleep(after)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        return self._ended()

    def done(self, order: str) -> int:
        """Give an order and the exit code of its process."""
        self._began(order)
        return self._ended()

    def _began(self, order: str) -> int:
        self.orders.write(f"{order}\n")
        self.orders.flush()
        word, _, pid = self.said.readline().partition(" ")
        assert word == "go", f"it did not begin: {word}"
        return int(pid)

    def _ended(self) -> int:
        return int(self.said.readline())


@contextmanager
def forks(module: str, *arguments: str) -> Iterator[Forks]:
    """Run a module that carries out orders."""
    command = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(
        command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield Forks(process.stdin, process.stdout)
