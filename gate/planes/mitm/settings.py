"""What the plane is told at start: where it listens, whom it hands to, and every limit.

Limits are those of one process. Times are how long nothing may happen, except `header`, which is
how long a whole request head may take.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from datetime import timedelta

from gate.core.network import Allowlist
from gate.planes.mitm.tls import TlsSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on what clients and upstreams may take of this process."""

    connections: int = 20_000
    connections_per_address: int = 1_024
    requests_per_connection: int = 500

    header: timedelta = timedelta(seconds=10)
    body_idle: timedelta = timedelta(seconds=30)
    body_rate: int = 500  # bytes a second of a request body, over each `body_span`
    body_span: timedelta = timedelta(seconds=30)
    reader_idle: timedelta = timedelta(seconds=60)  # a client that takes nothing of its answer
    stream_idle: timedelta = timedelta(seconds=600)  # answers and WebSockets without a byte
    keepalive: timedelta = timedelta(seconds=75)
    linger: timedelta = timedelta(seconds=2)  # for a client to read why it was turned away
    pages_response: timedelta = timedelta(seconds=30)
    enforcer_check: timedelta = timedelta(milliseconds=250)  # between looks at open exchanges

    head_bytes: int = 65_536  # of a request or a response
    line_bytes: int = 16_384  # of a chunk's size line or of trailers
    pipelined_bytes: int = 65_536
    discarded_bytes: int = 262_144  # of a body that nobody wants
    pages_body_bytes: int = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class MitmSettings:
    """Where one process of the plane listens and where the pages live.

    `sockets` are bound and not listening; on `tls_sockets` connections begin with a handshake as
    `tls` says. Connections from `uncounted` networks, the trusted proxies, are under no cap an
    address. Those from `proxies` begin with a PROXY header.
    """

    sockets: tuple[socket.socket, ...]
    tls_sockets: tuple[socket.socket, ...] = ()
    tls: TlsSettings | None = None
    proxies: Allowlist | None = None
    pages: tuple[str, int]
    pages_timeout: timedelta = timedelta(seconds=2)
    drain: timedelta = timedelta(seconds=30)
    limits: Limits = field(default_factory=Limits)
    uncounted: Allowlist | None = None
