"""Sockets: connections to upstreams, whose certificates are always verified, and who is a peer."""

from __future__ import annotations

import asyncio
import ssl
from functools import lru_cache
from typing import Final

import certifi

from gate.core.network import Address, Unusable, canonical
from gate.core.policy import Upstream
from gate.planes.mitm.patient_reader import PatientReader

CHUNK: Final = 65_536  # bytes of one read
BUFFERED: Final = 65_536  # bytes that may wait for a peer before reading from the other stops
TIMED_OUT: Final = "timed out"  # why there is no connection, when it was not refused

type Connected = tuple[asyncio.StreamReader, asyncio.StreamWriter]
type Opened = tuple[PatientReader, asyncio.StreamWriter]


async def connected(upstream: Upstream, seconds: float, *, held: bool) -> Opened | str:
    """Give a connection to an upstream, or why; `held` reads on where writing fails."""
    is_tls = upstream.scheme == "https"
    try:
        async with asyncio.timeout(seconds):
            loop = asyncio.get_running_loop()
            reader = PatientReader(limit=CHUNK, loop=loop)
            protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
            transport, _ = await loop.create_connection(
                lambda: protocol,
                upstream.host,
                upstream.port,
                ssl=_tls_context(upstream.ca) if is_tls else None,
                server_hostname=(upstream.name or upstream.host) if is_tls else None,
            )
            writer = asyncio.StreamWriter(transport, protocol, reader, loop)
            if held:
                reader.hold(writer)
            return reader, writer
    except TimeoutError:
        return TIMED_OUT
    except OSError as error:
        return str(error) or "refused"


@lru_cache(maxsize=256)
def _tls_context(ca: str | None) -> ssl.SSLContext:
    """Give the context for one set of authorities; the site's own, or everybody's."""
    context = ssl.create_default_context(cafile=ca or certifi.where())
    if ca is None:
        context.load_default_certs()  # what the machine's operator trusts counts as well
    context.set_alpn_protocols(["http/1.1"])
    return context


async def drained(writer: asyncio.StreamWriter) -> None:
    """Wait until a peer took what was written to it, or is gone."""
    try:
        await writer.drain()
    except OSError:
        return


def peer_of(writer: asyncio.StreamWriter) -> Address | str:
    """Give the peer's address, or its text where that is no address."""
    return peer_address(writer.get_extra_info("peername"))


def peer_address(peer: object) -> Address | str:
    """Give the address of a socket's other end, or its text where that is no address."""
    text = str(peer[0]) if isinstance(peer, tuple) and peer else ""
    address = canonical(text)
    return text if isinstance(address, Unusable) else address
