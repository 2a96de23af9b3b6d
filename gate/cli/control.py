"""A child's side of the supervisor's pipe: what it was told, and the commands that follow (G22).

The end of the pipe means stop at once: a process without its supervisor serves nobody.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

DRAIN = "drain"
STOP = "stop"
RELOAD = "reload"


def told() -> Mapping[str, Any]:
    """Give what the supervisor says first; waits for it, before any loop runs."""
    line = sys.stdin.buffer.readline()
    if not line.endswith(b"\n"):
        raise SystemExit("gate: this process is started by `gate serve` and not by hand")
    found: dict[str, Any] = json.loads(line)
    return found


def say_ready() -> None:
    """Tell the supervisor that this process accepts."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()


async def obey(commands: Mapping[str, Callable[[], None]]) -> None:
    """Carry out commands until the pipe ends, then stop."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        command = commands.get(line.decode("ascii", "replace").strip())
        if command is not None:
            command()
    commands[STOP]()
