"""One process of the data plane, started by the supervisor as `python -O -m gate.cli.worker`."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os

import uvloop

from gate.cli import control
from gate.cli.compose import settings_of
from gate.cli.compose.worker import Worker, composed_worker
from gate.cli.logs import set_up_logs
from gate.core.errors import GateError

FAILED = 3


async def _serve(worker: Worker, pipe: control.Control) -> None:
    drain, force = asyncio.Event(), asyncio.Event()
    commands = {control.DRAIN: drain.set, control.STOP: lambda: _stop(drain, force)}
    async with asyncio.TaskGroup() as group:
        obeying = group.create_task(pipe.obey(commands))
        try:
            await worker.serve(ready=control.say_ready, drain=drain, force=force)
        finally:
            obeying.cancel()


def _stop(drain: asyncio.Event, force: asyncio.Event) -> None:
    drain.set()
    force.set()


def main() -> int:
    """Serve until told to stop; give the exit code."""
    pipe = control.read_control()
    settings = settings_of(pipe.told)
    set_up_logs(settings.log.level, f"worker {pipe.told['index']}")
    try:
        with composed_worker(pipe.told, settings) as worker:
            gc.collect()
            gc.freeze()  # what is there at start never goes; thresholds stay as they are
            with contextlib.suppress(asyncio.CancelledError):
                uvloop.run(_serve(worker, pipe))
    except GateError as error:
        os.write(2, f"gate: {error}\n".encode())
        return FAILED
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
