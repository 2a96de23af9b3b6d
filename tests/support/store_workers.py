"""Processes of their own that use a SQLite store: `python -m tests.support.store_workers JOB URL`.

Each waits for a line on its standard input, so that all begin together, and prints its count.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Final

from gate.core.ports import Limit, Reserved, Store
from gate.store.sql import open_store
from tests.support.store_values import NOON, hash_of, minutes, some_account, some_session

ROOT: Final = Path(__file__).parent.parent.parent
CALLS: Final = 100  # of each process


def accept_a_step(store: Store) -> bool:
    return store.accounts.accept_totp_step("phone", 7, NOON)


def reserve(store: Store) -> bool:
    limit = Limit(attempts=5, per=minutes(5))
    return isinstance(store.attempts.reserve("code:alice", [limit], NOON), Reserved)


def end_a_session(store: Store) -> bool:
    return store.sessions.end(hash_of("token"))


def begin_for_ever(url: str) -> None:
    """Begin and replace sessions until killed, and print each token that the store has taken."""
    store = open_store(url, None)
    alice = some_account("alice")
    for number in count():
        token = f"{os.getpid()}-{number}"
        store.sessions.begin(some_session(alice, f"{token}-old"))
        store.sessions.replace(hash_of(f"{token}-old"), some_session(alice, token))
        sys.stdout.write(f"{token}\n")
        sys.stdout.flush()


def kill_while_writing(url: str, *, after: int) -> list[str]:
    """Run `begin_for_ever`, kill it after some tokens, and give those that it had printed."""
    command = [sys.executable, "-m", "tests.support.store_workers", begin_for_ever.__name__, url]
    with subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        printed = [writer.stdout.readline() for _ in range(after)]
        writer.kill()
        printed += writer.stdout.readlines()
    return [line.removesuffix("\n") for line in printed if line.endswith("\n")]


JOBS: Final[dict[str, Callable[[Store], bool]]] = {
    job.__name__: job for job in (accept_a_step, reserve, end_a_session)
}


def together(job: Callable[[Store], bool], url: str, *, processes: int = 2) -> list[int]:
    """Run a job in several processes at once; give how often each of them succeeded."""
    command = [sys.executable, "-m", "tests.support.store_workers", job.__name__, url]
    with ExitStack() as stack:
        workers = [
            stack.enter_context(
                subprocess.Popen(
                    command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
                )
            )
            for _ in range(processes)
        ]
        for worker in workers:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "ready\n"
        return [int(worker.communicate("go\n")[0]) for worker in _started(workers)]


def _started(workers: Sequence[subprocess.Popen[str]]) -> Sequence[subprocess.Popen[str]]:
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    return workers


def main(name: str, url: str) -> None:
    """Do one job many times and print how often it succeeded."""
    store = open_store(url, None)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    succeeded = sum(JOBS[name](store) for _ in range(CALLS))
    store.close()
    sys.stdout.write(f"{succeeded}\n")


if __name__ == "__main__":
    job, url = sys.argv[1:]
    if job == begin_for_ever.__name__:
        begin_for_ever(url)
    main(job, url)
