"""Sockets: the plane's addresses, the pages' loopback port, and whether they are free."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Sequence
from typing import Final

from gate.config.setting_types import Endpoint
from gate.core.errors import PortTaken

BACKLOG: Final = 1024
LOOPBACK: Final = "127.0.0.1"


def free_endpoints(endpoints: Sequence[Endpoint]) -> tuple[Endpoint, ...]:
    """Give the addresses that can be listened on; raises `PortTaken`.

    They are bound here without SO_REUSEPORT, so that a second gate is noticed. An IPv6 address on
    a machine without IPv6 is left out as long as another address is left.
    """
    usable: list[Endpoint] = []
    for endpoint in endpoints:
        try:
            _bound(endpoint, shared=False).close()
        except OSError as error:
            if not _has_family(endpoint) and len(endpoints) > 1:
                continue
            raise PortTaken(f"can't listen on {endpoint}: {error.strerror}") from None
        usable.append(endpoint)
    return tuple(usable)


def shared_sockets(endpoints: Sequence[Endpoint]) -> tuple[socket.socket, ...]:
    """Give sockets that several processes bind to the same addresses, not yet listening."""
    return tuple(_bound(endpoint, shared=True) for endpoint in endpoints)


def loopback_listener() -> socket.socket:
    """Give a listening socket on a free loopback port, for a child to inherit."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.bind((LOOPBACK, 0))
    listener.listen(BACKLOG)
    listener.settimeout(0)  # never blocks
    listener.set_inheritable(True)
    return listener


def _bound(endpoint: Endpoint, *, shared: bool) -> socket.socket:
    family = socket.AF_INET6 if ":" in endpoint.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((endpoint.host, endpoint.port))
        if not shared:
            listener.listen(1)  # bind alone does not notice a listener with SO_REUSEADDR
    except OSError:
        listener.close()
        raise
    return listener


def _has_family(endpoint: Endpoint) -> bool:
    """Say whether the machine has addresses of the endpoint's family at all."""
    if ":" not in endpoint.host:
        return True
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
        probe.bind(("::1", 0))
        return True
    return False
