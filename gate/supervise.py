"""Starts, watches and stops the processes; knows their command lines and nothing else.

A child is told what it needs by one JSON line on its standard input, so that no secret stands in an
argument or in the environment (G22). The same pipe carries commands. Its end means stop at once, so
that no orphan serves an old policy. A child says `ready` on its standard output when it accepts,
and `alive` to each `ping`. One that dies, or is silent too long, is started again with back-off.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import signal
import subprocess
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

START_SECONDS: Final = 60.0  # until a child has to be ready
BACKOFF_FIRST: Final = 0.1  # seconds before the first restart; doubles up to the longest
BACKOFF_LONGEST: Final = 5.0
STEADY_SECONDS: Final = 30.0  # a child that lived so long is restarted as if for the first time
SILENCE_SECONDS: Final = 30.0  # a child that hangs so long is replaced; loading may take a few
PINGS: Final = 6  # unanswered in a row, over that time, before it counts as silence
STOP_SECONDS: Final = 5.0  # between `stop` and a kill
UNUSABLE: Final = 3  # exit code: store, port or upstream unusable
ALIVE: Final = b"alive\n"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A process to run: its name in the log, its command, and what it is told."""

    name: str
    command: tuple[str, ...]
    told: Mapping[str, object] = field(repr=False)
    descriptors: tuple[int, ...] = ()
    anew: Callable[[], Mapping[str, object]] = dict  # told on top, made for each start


class _Running:
    """One child: the process of now, and the task that keeps there being one."""

    def __init__(self, child: Child, silence: float = SILENCE_SECONDS) -> None:
        self.child = child
        self._silence = silence
        self.process: asyncio.subprocess.Process | None = None
        self.stopping = asyncio.Event()

    async def start(self) -> int | None:
        """Start the process and wait until it is ready; give its exit code when it never is."""
        try:
            self.process = await self._begun()
        except OSError as error:
            log.error("the %s process can't be started: %s", self.child.name, error)  # noqa: TRY400 - the trace of a system call says no more
            return UNUSABLE
        self.tell(json.dumps({**self.child.told, **self.child.anew()}))
        if await self._becomes_ready(self.process):
            return None
        self._kill()
        code = await self.process.wait()
        return code if code > 0 else UNUSABLE

    async def _begun(self) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *self.child.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=self.child.descriptors,
            start_new_session=True,  # a Ctrl-C at the terminal reaches the supervisor alone
        )

    async def _becomes_ready(self, process: asyncio.subprocess.Process) -> bool:
        if process.stdout is not None:
            with contextlib.suppress(TimeoutError, ValueError):  # none in time, or without end
                line = await asyncio.wait_for(process.stdout.readline(), START_SECONDS)
                return line.strip() == b"ready"
        return False

    async def keep(self) -> None:
        """Start the process again whenever it ends, until told otherwise."""
        wait = BACKOFF_FIRST
        loop = asyncio.get_running_loop()
        while not self.stopping.is_set():
            began = loop.time()
            code = await self._ended()
            if self.stopping.is_set():
                return
            wait = BACKOFF_FIRST if loop.time() - began > STEADY_SECONDS else wait
            say = "the %s process ended with %s; starting it again in %.1f s"
            log.error(say, self.child.name, code, wait)
            if await _within(wait, self.stopping.wait()):
                return
            wait = min(wait * 2, BACKOFF_LONGEST)
            await self.start()

    async def _ended(self) -> int:
        """Give the exit code once the process has ended, by itself or because it hung."""
        if self.process is None:
            return UNUSABLE
        async with asyncio.TaskGroup() as group:
            watch = group.create_task(self._watch(self.process))
            code = await self.process.wait()
            watch.cancel()
        return code

    async def _watch(self, process: asyncio.subprocess.Process) -> None:
        """End the process when its event loop answers none of several pings.

        A supervisor that was itself held up misses one answer by that and not all of them.
        """
        heard = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            hearing = group.create_task(_hear(process, heard))
            missed = 0
            while missed < PINGS:
                heard.clear()
                self.tell("ping")
                await asyncio.sleep(self._silence / PINGS)
                missed = 0 if heard.is_set() else missed + 1
            hearing.cancel()
        if not self.stopping.is_set():
            log.error("the %s process answers nothing any more and is ended", self.child.name)
            self._kill()

    def tell(self, line: str) -> None:
        """Send one line; a child that is gone hears nothing."""
        if self.process is None or self.process.stdin is None:
            return
        with contextlib.suppress(OSError, RuntimeError):
            self.process.stdin.write(line.encode() + b"\n")

    async def stop(self, *, drain: float) -> None:
        """Let the process finish within `drain` seconds, then make it stop."""
        self.stopping.set()
        if self.process is not None:
            if drain:
                self.tell("drain")
                await _within(drain, self.process.wait())
            self.tell("stop")
            await _within(STOP_SECONDS, self.process.wait())
            self._kill()
            await self.process.wait()

    def _kill(self) -> None:
        """End it for good; it may be gone already."""
        if self.process is not None and self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.kill()


class Supervisor:
    """Runs the pages process and the workers of a plane until it is told to stop.

    INT is TERM: requests in progress may finish for `drain` seconds; a second one forces. HUP is
    passed to the pages process, which reads the policy folder again. Times are in seconds.
    """

    def __init__(
        self,
        pages: Child,
        workers: Sequence[Child],
        *,
        drain: float,
        silence: float = SILENCE_SECONDS,
    ) -> None:
        """Take what to run; nothing starts before `run`."""
        self._pages = _Running(pages, silence)
        self._workers = [_Running(worker, silence) for worker in workers]
        self._drain = drain
        self._stop = asyncio.Event()
        self._force = asyncio.Event()

    async def run(self, on_ready: Callable[[], None]) -> int:
        """Run until told to stop, and give the exit code; `on_ready` when all processes accept."""
        self._obey_signals()
        failed = await _unless(self._stop, self._started())
        if failed is not None or self._stop.is_set():
            await self._stopped(drain=0)
            return failed or 0
        on_ready()
        async with asyncio.TaskGroup() as keepers:
            kept = [
                keepers.create_task(running.keep(), name=running.child.name)
                for running in (self._pages, *self._workers)
            ]
            await self._stop.wait()
            await _unless(self._force, self._stopped(drain=self._drain))
            if self._force.is_set():
                await self._stopped(drain=0)
            for keeper in kept:
                keeper.cancel()
        return 0

    def stop(self) -> None:
        """Stop as after a TERM; the second call forces."""
        (self._force if self._stop.is_set() else self._stop).set()

    def _obey_signals(self) -> None:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self.stop)
        loop.add_signal_handler(signal.SIGINT, self.stop)
        loop.add_signal_handler(signal.SIGHUP, self._pages.tell, "reload")

    async def _started(self) -> int | None:
        """Start the pages first, so that a worker never hands over to nobody."""
        for together in ([self._pages], self._workers):
            codes = await asyncio.gather(*(running.start() for running in together))
            for running, code in zip(together, codes, strict=True):
                if code is not None:
                    log.error("the %s process did not start", running.child.name)
                    return code
        return None

    async def _stopped(self, *, drain: float) -> None:
        """Stop the workers, then the pages, which have to answer while workers finish."""
        await asyncio.gather(*(worker.stop(drain=drain) for worker in self._workers))
        await self._pages.stop(drain=0)


async def _hear(process: asyncio.subprocess.Process, heard: asyncio.Event) -> None:
    """Note every `alive` among whatever the process says, until it says no more."""
    said = b""
    while process.stdout is not None and (more := await process.stdout.read(65_536)):
        said = said[1 - len(ALIVE) :] + more
        if ALIVE in said:
            heard.set()


async def _within(seconds: float, awaited: Coroutine[None, None, object]) -> bool:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(awaited, seconds)
        return True
    return False


async def _unless[T](event: asyncio.Event, work: Coroutine[None, None, T]) -> T | None:
    """Give what the work gives; None, and the work cancelled, when the event comes first."""
    async with asyncio.TaskGroup() as group:
        working = group.create_task(work)
        waiting = group.create_task(event.wait())
        await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
        done = working.done()
        working.cancel()
        waiting.cancel()
    return working.result() if done else None
