"""Works through the cycle of changes until it is killed: `python -m tests.faults.worker FOLDER`.

It reads orders from its standard input, one a line, and carries each out in a process of its own,
which costs no imports: at which change to begin, from which one on it may be killed, and how many
bytes a file may then have (0: any). It prints `go` with the process's number, and how it ended.
What was acknowledged lies in a file beside the installation: how many changes, and the picture
after the last of them.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Final

from gate.core.errors import GateError
from tests.faults.changes import CYCLE, NotDoneError
from tests.faults.installation import Installation
from tests.faults.picture import Picture, picture_from

KEPT: Final = "acknowledged"


def work(installation: Installation, first: int, hurt_from: int, most_bytes: int) -> None:
    """Change until killed; once a change is refused for want of room, wait for that."""
    with installation.scene() as scene:
        for number in count(first):
            scene.store.attempts.clear("")
            if number == hurt_from:
                _say(f"go {os.getpid()}")
            try:
                with _room(most_bytes if number >= hurt_from else 0):
                    CYCLE[number % len(CYCLE)](scene)
            except (GateError, NotDoneError):
                signal.pause()
            keep(installation, number + 1)


@contextmanager
def _room(most_bytes: int) -> Iterator[None]:
    """Let no file grow further, as on a disk that is full."""
    before, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    if most_bytes:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, hard))


def keep(installation: Installation, done: int) -> None:
    """Acknowledge changes: keep how many there are with a picture, both or none."""
    draft = installation.folder.parent / f".{KEPT}"
    draft.write_text(f"{done}\n{installation.picture().to_json()}")
    draft.replace(installation.folder.parent / KEPT)


def kept(installation: Installation) -> tuple[int, Picture]:
    """Give how many changes were acknowledged, and the picture after them."""
    done, text = (installation.folder.parent / KEPT).read_text().split("\n")
    return int(done), picture_from(text)


def _say(word: str) -> None:
    os.write(sys.stdout.fileno(), f"{word}\n".encode())  # in one piece, whoever is killed


def main(folder: str) -> None:
    """Carry out orders until the input ends."""
    _say("ready")
    for line in sys.stdin:
        first, hurt_from, most_bytes = map(int, line.split())
        child = os.fork()
        if child == 0:
            with suppress(BaseException):  # whatever it is, the process must not go on from here
                work(Installation(Path(folder)), first, hurt_from, most_bytes)
            os._exit(1)
        _, status = os.waitpid(child, 0)
        _say(str(os.waitstatus_to_exitcode(status)))


if __name__ == "__main__":
    main(sys.argv[1])
