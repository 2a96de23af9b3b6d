"""The pages process, started by the supervisor as `python -m gate.cli.pages`.

It serves the pages on the inherited loopback socket and, where one is set, health, readiness and
metrics on the admin listener; and it watches the policy folder and keeps house in the store.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, override

from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server
from starlette.types import ASGIApp

from gate.cli import control
from gate.cli.certificates import on_disk, remind
from gate.cli.compose import settings_of
from gate.cli.compose.pages import Pages, composed_pages
from gate.cli.listening import BACKLOG
from gate.cli.logs import set_up_logs
from gate.config.policy_folder import read_folder, watch_folder
from gate.config.setting_types import Endpoint, UnixSocket
from gate.config.settings import Settings
from gate.core.errors import GateError
from gate.service.policies import Held, PolicyKeeper, Published, Taken, Unchanged
from ui.operations import Condition, operations_app

FAILED = 3
FOLLOW_SECONDS = 1.0  # between two looks for a master key that is being rotated in
TRIALS_SECONDS = 1.0  # between two looks for trials past their end
SWEEP_SECONDS = 60.0  # between two rounds that drop what time has ended

log = logging.getLogger(__name__)


class InheritedServer(Server):
    """Granian on a socket that the supervisor bound and holds for life (G22)."""

    def __init__(self, app: ASGIApp, listener: socket.socket) -> None:
        """Serve an application on a listening socket."""
        super().__init__(
            app,
            interface=Interfaces.ASGINL,
            http=HTTPModes.http1,
            websockets=False,
            log_enabled=False,
        )
        self._listener = listener

    @override
    def _init_shared_socket(self) -> None:
        """Take the inherited socket in place of binding one."""
        holder: Any = SocketHolder  # its stub leaves the constructor out
        descriptor = self._listener.fileno()
        on_unix_socket = False
        taken = {"_shd": holder(descriptor, on_unix_socket, BACKLOG), "_sfd": descriptor}
        for name, value in taken.items():  # granian types them as what they hold at first
            setattr(self, name, value)


def admin_server(app: ASGIApp, where: Endpoint | UnixSocket) -> Server:
    """Give the server of the admin listener."""
    place: dict[str, Any] = (
        {"uds": where.path}
        if isinstance(where, UnixSocket)
        else {"address": where.host, "port": where.port}
    )
    return Server(
        app,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        websockets=False,
        log_enabled=False,
        **place,
    )


async def _serve(pipe: control.Control, settings: Settings, pages: Pages) -> None:
    listener = socket.socket(fileno=pipe.told["descriptor"])
    servers: list[Server] = [InheritedServer(pages.app, listener)]
    if settings.admin_listen is not None:
        app = operations_app(lambda: _condition(settings, pages))
        servers.append(admin_server(app, settings.admin_listen))
    stop, reload = asyncio.Event(), asyncio.Event()
    commands = {control.STOP: stop.set, control.DRAIN: stop.set, control.RELOAD: reload.set}
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(server.serve()) for server in servers]
        tasks.append(group.create_task(pipe.obey(commands)))
        tasks.append(group.create_task(remind(settings, pages.clock)))
        tasks.append(group.create_task(_follow_keys(pages, stop)))
        tasks.append(group.create_task(_regularly(pages.end_trials, TRIALS_SECONDS)))
        tasks.append(group.create_task(_regularly(pages.sweep, SWEEP_SECONDS)))
        if settings.policies is not None:
            taking = _take_changes(settings.policies, pages.policies, reload)
            tasks.append(group.create_task(taking))
            watching = _watch(settings.policies, reload, stop)
            tasks.append(group.create_task(watching))
        control.say_ready()
        await stop.wait()
        for server in servers:
            server.stop()  # type: ignore[no-untyped-call]  # granian's stop has no annotation
        for task in tasks:
            task.cancel()


async def _follow_keys(pages: Pages, stop: asyncio.Event) -> None:
    """Take over a master key that is being rotated in; begin anew when a rotation was missed."""
    while not stop.is_set():
        await asyncio.sleep(FOLLOW_SECONDS)
        try:
            followed = await asyncio.to_thread(pages.follow_keys)
        except GateError as error:
            log.warning("whether the master key is rotated is not known: %s", error)
            continue
        if not followed:
            log.error("the master key was rotated without this process, which starts again")
            stop.set()


async def _regularly(act: Callable[[], None], seconds: float) -> None:
    """Keep house from the start on, for what ended while nothing ran too; a failure waits."""
    while True:
        try:
            await asyncio.to_thread(act)
        except GateError as error:
            log.warning("`%s` has to wait: %s", act.__name__, error)
        await asyncio.sleep(seconds)


def _condition(settings: Settings, pages: Pages) -> Condition:
    """Say how the gate stands, its certificates included."""
    return replace(pages.condition(), certificates=on_disk(settings, pages.clock.now()).ends)


async def _watch(folder: Path, changed: asyncio.Event, stop: asyncio.Event) -> None:
    async for _ in watch_folder(folder, stop):
        changed.set()


async def _take_changes(folder: Path, policies: PolicyKeeper, changed: asyncio.Event) -> None:
    """Bring the folder into force whenever it changed; loading and its tests take a thread."""
    said = ""
    while True:
        await changed.wait()
        changed.clear()
        try:
            taken = await asyncio.to_thread(lambda: policies.take_folder(read_folder(folder)))
            say = _words(taken)
        except GateError as error:
            say = f"the policy folder was not read: {error}"
        if say and say != said:
            log.warning("%s", say)
        said = say


def _words(taken: Taken) -> str:
    """Say what became of the folder; nothing when it says what is in force."""
    match taken:
        case Published(number=number):
            return f"policy version {number} is in force"
        case Held(why=why, waits=waits):
            what = "waits for `gate policy publish`" if waits else "is not taken"
            return f"the policy folder {what}: {'; '.join(why)}"
        case Unchanged():
            return ""


def main() -> int:
    """Serve until told to stop; give the exit code."""
    pipe = control.read_control()
    settings = settings_of(pipe.told)
    set_up_logs(settings.log.level, "pages")
    try:
        with composed_pages(pipe.told, settings) as pages:
            asyncio.run(_serve(pipe, settings, pages))
    except GateError as error:
        os.write(2, f"gate: {error}\n".encode())
        return FAILED
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
