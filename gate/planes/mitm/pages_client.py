"""Asks the pages process for the page that belongs to a refusal; only its body is used."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

import h11

from gate.core.handoff import REFUSAL_PATH
from gate.core.headers import Headers

MOST_BYTES: Final = 524_288  # of a page
CHUNK: Final = 65_536


async def personal_page(
    pages: tuple[str, int], headers: Headers, within: timedelta
) -> bytes | None:
    """Give the page, or None when there is none within the time; the caller has another."""
    try:
        async with asyncio.timeout(within.total_seconds()):
            reader, writer = await asyncio.open_connection(*pages)
            try:
                return await _asked(reader, writer, headers)
            finally:
                writer.transport.abort()
    except (OSError, h11.ProtocolError):
        return None


async def _asked(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, headers: Headers
) -> bytes | None:
    connection = h11.Connection(h11.CLIENT)
    sent = [(b"Host", b"localhost"), *headers, (b"Connection", b"close")]
    request = h11.Request(method="GET", target=REFUSAL_PATH, headers=sent)
    writer.write(connection.send(request) + connection.send(h11.EndOfMessage()))
    body = bytearray()
    while len(body) <= MOST_BYTES:
        match connection.next_event():
            case h11.NEED_DATA:
                connection.receive_data(await reader.read(CHUNK))
            case h11.Response(status_code=status) if status >= 300:  # noqa: PLR2004 - no page
                return None
            case h11.Data(data=data):
                body += data
            case h11.EndOfMessage():
                return bytes(body)
            case h11.ConnectionClosed():
                return None
            case _:
                continue
    return None
