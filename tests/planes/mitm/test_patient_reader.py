"""An upstream is read to the end of what it said, whatever became of what was written to it."""

from __future__ import annotations

import asyncio
import socket

import pytest

from gate.core.policy import Upstream
from gate.planes.mitm import new_event_loop
from gate.planes.mitm.patient_reader import PatientReader
from gate.planes.mitm.sockets import CHUNK, connected

ANSWER = b"HTTP/1.1 413 Too Large\r\n\r\n" + b"x" * 40_000  # what the kernel holds without a reader
PATIENCE = 60  # seconds, for a busy machine


def accepted(listener: socket.socket) -> socket.socket:
    """Give a connection with room for the whole answer."""
    connection, _ = listener.accept()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
    return connection


async def read(reader: PatientReader) -> bytes:
    """Give all that a reader gives."""
    said = b""
    while part := await reader.read(CHUNK):
        said += part
    return said


async def answered(*, held: bool, breaks: bool) -> tuple[bytes, bool]:
    """Give what is read of an upstream, and whether it broke off while it was written to."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        upstream = Upstream(scheme="http", host="127.0.0.1", port=port)
        opened = await connected(upstream, PATIENCE, held=held)
        assert not isinstance(opened, str)
        reader, writer = opened
        with accepted(listener) as connection:
            writer.write(b"a body that nobody reads" if breaks else b"")
            connection.sendall(ANSWER)
    while breaks and not writer.is_closing():
        writer.write(b"more of it")
        await asyncio.sleep(0)
    said = await read(reader)
    reader.release()
    writer.transport.abort()
    return said, reader.error is not None


def run(*, held: bool, breaks: bool) -> tuple[bytes, bool]:
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(asyncio.wait_for(answered(held=held, breaks=breaks), PATIENCE))


def test_f10_what_came_before_an_upstream_broke_off_is_read_to_its_end() -> None:
    assert run(held=True, breaks=True) == (ANSWER, True)


@pytest.mark.parametrize("held", [True, False])
def test_an_upstream_that_just_ends_is_no_error(held: bool) -> None:
    assert run(held=held, breaks=False) == (ANSWER, False)


def test_f10_an_upstream_that_is_not_held_gives_what_was_read_and_no_exception() -> None:
    said, broke = run(held=False, breaks=True)
    assert broke
    assert ANSWER.startswith(said)


def test_a_connection_that_has_ended_already_can_be_held_in_vain() -> None:
    async def held_late() -> bytes:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            upstream = Upstream(scheme="http", host="127.0.0.1", port=port)
            opened = await connected(upstream, PATIENCE, held=False)
            assert not isinstance(opened, str)
            reader, writer = opened
            writer.transport.abort()
            said = await read(reader)
            reader.hold(writer)
            return said + await read(reader)

    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        assert runner.run(asyncio.wait_for(held_late(), PATIENCE)) == b""
