"""Listening, draining and stopping: one process of the plane from ready to gone."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Final

import uvloop

from gate.core.decision import Reason
from gate.planes.mitm.answers import whole_answer
from gate.planes.mitm.caller import Caller
from gate.planes.mitm.connection import ClientConnection
from gate.planes.mitm.entrance import BACKLOG, Entrance
from gate.planes.mitm.guard import Enforcer, Guard
from gate.planes.mitm.plane import Plane
from gate.planes.mitm.self_test import self_test
from gate.planes.mitm.settings import MitmSettings
from gate.planes.mitm.sockets import CHUNK, peer_of
from gate.planes.mitm.tls import ServerNames

POLLED: Final = 0.05  # seconds between looks at whether everybody has left


def new_event_loop() -> asyncio.AbstractEventLoop:
    """Give the loop that the plane runs on."""
    return uvloop.new_event_loop()


async def serve(
    enforcer: Enforcer,
    settings: MitmSettings,
    *,
    ready: Callable[[], None],
    stop: asyncio.Event,
    force: asyncio.Event,
) -> None:
    """Serve until `stop` drains or `force` ends it; `ready` is called once it accepts.

    Raises PlaneIncompatible before anything is accepted.
    """
    self_test()
    plane = Plane(Guard(enforcer, settings), settings)
    names = None if settings.tls is None else ServerNames(settings.tls)
    async with asyncio.TaskGroup() as background:
        tasks = [
            background.create_task(plane.reap()),
            background.create_task(plane.exchanges.watch(settings.limits.enforcer_check)),
        ]
        if names is not None:
            tasks.append(background.create_task(names.watch()))
        doors = await _opened(plane, names)
        ready()
        await _first(stop, force)
        for door in doors:
            door.close()
        await _drained(plane, force)
        for task in tasks:
            task.cancel()


async def _opened(plane: Plane, names: ServerNames | None) -> list[asyncio.Server | Entrance]:
    """Listen; what comes before HTTP, if anything does, is met at an entrance."""
    settings = plane.settings
    doors: list[asyncio.Server | Entrance] = []
    for sock in settings.sockets:
        if settings.proxies is None:
            doors.append(await _listening(plane, sock))
        else:
            doors.append(Entrance(plane, sock, None))
    doors += [Entrance(plane, sock, names) for sock in settings.tls_sockets if names is not None]
    return doors


async def _listening(plane: Plane, sock: socket.socket) -> asyncio.Server:
    async def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _serve_client(plane, reader, writer)

    return await asyncio.start_server(accepted, sock=sock, limit=CHUNK, backlog=BACKLOG)


async def _serve_client(
    plane: Plane, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    peer = peer_of(writer)
    with plane.counted(peer) as within:
        if within:
            await ClientConnection((reader, writer), plane, Caller(peer=peer)).serve()
            return
    respond = plane.guard.failed(Reason.TOO_MANY_CONNECTIONS, 503, html=False, close=True)
    writer.write(whole_answer(respond))
    writer.close()


async def _drained(plane: Plane, force: asyncio.Event) -> None:
    """Wait until everybody has left, for as long as the settings say, or until forced."""
    loop = asyncio.get_running_loop()
    plane.drain()
    end = loop.time() + plane.settings.drain.total_seconds()
    while plane.connections and not force.is_set() and loop.time() < end:  # noqa: ASYNC110 - three things end it
        await asyncio.sleep(POLLED)
    plane.cut()
    while plane.connections:  # noqa: ASYNC110 - every connection leaves by itself, soon
        await asyncio.sleep(POLLED)


async def _first(*events: asyncio.Event) -> None:
    """Wait for whichever of the events comes first."""
    async with asyncio.TaskGroup() as waiting:
        tasks = [waiting.create_task(event.wait()) for event in events]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
