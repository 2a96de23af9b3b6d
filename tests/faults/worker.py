"""Works through the cycle of changes until it is killed: `python -m tests.faults.worker FOLDER`.

An order says at which change to begin, from which one on the process may be killed, and how many
bytes a file may then have (0: any). What was acknowledged lies in a file beside the installation:
how many changes, and the picture after the last of them.
"""

from __future__ import annotations

import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import Final

from gate.core.errors import GateError
from tests.faults.changes import CYCLE, NotDoneError
from tests.faults.forks import carry_out_orders, go
from tests.faults.installation import Installation
from tests.faults.picture import Picture, picture_from

KEPT: Final = "acknowledged"


def work(installation: Installation, order: str) -> int:
    """Change until killed; once a change is refused for want of room, wait for that."""
    first, hurt_from, most_bytes = map(int, order.split())
    with installation.scene() as scene:
        for number in count(first):
            scene.store.attempts.clear("")
            if number == hurt_from:
                go()
            try:
                with _room(most_bytes if number >= hurt_from else 0):
                    CYCLE[number % len(CYCLE)](scene)
            except (GateError, NotDoneError):
                signal.pause()
            keep(installation, number + 1)
    return 0


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


if __name__ == "__main__":
    carry_out_orders(partial(work, Installation(Path(sys.argv[1]))))
