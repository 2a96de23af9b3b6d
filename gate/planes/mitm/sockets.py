"""Sockets: connections to upstreams, whose certificates are always verified, and who is a peer."""

from __future__ import annotations

import asyncio
import ssl
from functools import lru_cache
from typing import Final

import certifi

from gate.core.network import Address, Unusable, canonical
from gate.core.policy import Upstream

CHUNK: Final = 65_536  # bytes of one read
BUFFERED: Final = 65_536  # bytes that may wait for a peer before reading from the other stops
TIMED_OUT: Final = "timed out"  # why there is no connection, when it was not refused

type Connected = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def connected(upstream: Upstream, seconds: float) -> Connected | str:
    """Give a connection to an upstream, or why there is none."""
    is_tls = upstream.scheme == "https"
    try:
        async with asyncio.timeout(seconds):
            return await asyncio.open_connection(
                upstream.host,
                upstream.port,
                ssl=_tls_context(upstream.ca) if is_tls else None,
                server_hostname=(upstream.name or upstream.host) if is_tls else None,
            )
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
