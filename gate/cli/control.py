"""A child's side of the supervisor's pipe: what it was told, and the commands that follow (G22).

The end of the pipe means stop at once: a process without its supervisor serves nobody. A `ping`
is answered from the event loop, so that a loop that hangs is noticed.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

DRAIN: Final = "drain"
STOP: Final = "stop"
RELOAD: Final = "reload"
PING: Final = "ping"
CHUNK: Final = 65_536

type Commands = Mapping[str, Callable[[], None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """What a child was told at its start, and bytes that came behind it."""

    told: Mapping[str, Any] = field(repr=False)
    rest: bytes = field(default=b"", repr=False)

    async def obey(self, commands: Commands) -> None:
        """Carry out commands until the pipe ends, then stop."""
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader()
        reader.feed_data(self.rest)
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := await reader.readline():
            said = line.decode("ascii", "replace").strip()
            command = say_alive if said == PING else commands.get(said)
            if command is not None:
                command()
        commands[STOP]()


def read_control() -> Control:
    """Give what the supervisor says first; waits for it, before any loop runs."""
    said = b""
    while b"\n" not in said:
        chunk = os.read(sys.stdin.fileno(), CHUNK)
        if not chunk:
            raise SystemExit("gate: this process is started by `gate serve` and not by hand")
        said += chunk
    line, _, rest = said.partition(b"\n")
    return Control(told=json.loads(line), rest=rest)


def say_ready() -> None:
    """Tell the supervisor that this process accepts."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()


def say_alive() -> None:
    """Tell the supervisor that the event loop goes round; one that is gone need not hear it."""
    with contextlib.suppress(OSError):
        os.write(sys.stdout.fileno(), b"alive\n")
