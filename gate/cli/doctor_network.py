"""The doctor's look at ports and upstreams.

An upstream that believes `Remote-User` must be reached through the gate alone: one that listens
beyond loopback can be asked by others, who then say who they are (G28).
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Final

from gate.cli.findings import Finding, fail, ok, warn
from gate.cli.listening import free_endpoints
from gate.config.setting_types import LOOPBACK_NAME, Endpoint, is_loopback
from gate.config.settings import Settings
from gate.core.errors import PortTaken
from gate.core.network import Address, Unusable, canonical
from gate.core.policy import Upstream

PATIENCE: Final = 2.0  # seconds
LISTENING: Final = "0A"  # TCP_LISTEN, include/net/tcp_states.h
TABLES: Final = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
PROBE: Final = "/-/GATE/"  # a spelling of the prefix that every gate refuses by itself
MARK: Final = b"x-gate-request"  # a header of every answer that a gate makes itself
NOBODY: Final = b"PROXY UNKNOWN\r\n"  # where every connection has to begin with a PROXY header
HEAD_END: Final = b"\r\n\r\n"
LONGEST_HEAD: Final = 65_536  # bytes


def listener_findings(settings: Settings) -> Iterator[Finding]:
    """Say of each address whether it is free, or a gate already listens there."""
    for endpoint in settings.listen:
        try:
            usable = free_endpoints([endpoint])
        except PortTaken as error:
            yield _taken(endpoint, settings, error)
            continue
        yield ok("port", f"{usable[0]} is free; the gate is not running")


def _taken(endpoint: Endpoint, settings: Settings, error: PortTaken) -> Finding:
    if ":" in endpoint.host and not socket.has_ipv6:
        return warn("port", f"{endpoint} needs IPv6, which this machine does not have")
    if _is_gate(endpoint, settings):
        return ok("port", f"a gate answers at {endpoint}")
    return fail("port", f"{error}; end the other program, or set `listen`")


def _is_gate(endpoint: Endpoint, settings: Settings) -> bool:
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(endpoint.host, endpoint.host)  # noqa: S104 - compared only
    try:
        with socket.create_connection((reached, endpoint.port), PATIENCE) as bare:
            return MARK in _head(bare, endpoint, settings).lower()
    except OSError:
        return False


def _head(bare: socket.socket, endpoint: Endpoint, settings: Settings) -> bytes:
    """Give the head of an answer; who the other side is stays open, whatever it shows."""
    origin = settings.public_url
    host = origin.host if origin else LOOPBACK_NAME
    port = origin.port if origin else endpoint.port
    source = canonical(bare.getsockname()[0])
    if not isinstance(source, Unusable) and settings.proxy_protocol.admits(source):
        bare.sendall(NOBODY)
    with _secured(bare, host) if endpoint.tls else bare as connection:
        asked = f"GET {PROBE} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n"
        connection.sendall(asked.encode())
        got = b""
        while HEAD_END not in got and len(got) < LONGEST_HEAD and (part := connection.recv(4096)):
            got += part
        return got.partition(HEAD_END)[0]


def _secured(bare: socket.socket, host: str) -> ssl.SSLSocket:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # the certificate is looked at elsewhere
    return context.wrap_socket(bare, server_hostname=host.removeprefix("[").removesuffix("]"))


def upstream_findings(site: str, upstream: Upstream) -> Iterator[Finding]:
    """Say whether an upstream answers, and whether others can reach it."""
    about = f"upstream of {site}"
    place = f"{upstream.host}:{upstream.port}"
    try:
        socket.create_connection((upstream.host, upstream.port), PATIENCE).close()
    except OSError as error:
        why = error.strerror or str(error)
        yield fail(about, f"{place} can't be reached: {why}; start the site, or set `upstream`")
        return
    yield ok(about, f"{place} accepts connections")
    yield from _beyond_loopback(about, upstream)


def _beyond_loopback(about: str, upstream: Upstream) -> Iterator[Finding]:
    if not is_loopback(upstream.host):
        yield warn(
            about,
            f"it is on the network at {upstream.host}; let it take connections from the gate alone,"
            " if it believes Remote-User",
        )
        return
    wide = [address for address in listening_on(upstream.port) if not address.is_loopback]
    if wide:
        yield warn(
            about,
            f"it listens on {wide[0]} and not on loopback alone; others can reach it past the gate"
            " and say who they are, if it believes Remote-User",
        )


def listening_on(port: int) -> tuple[Address, ...]:
    """Give the addresses of this machine on which something listens on a port."""
    rows = (
        line.split() for table in TABLES if table.exists() for line in table.read_text().split("\n")
    )
    found = (row[1].split(":") for row in rows if len(row) > 3 and row[3] == LISTENING)  # noqa: PLR2004 - columns of proc(5)
    return tuple(_address(address) for address, of in found if int(of, 16) == port)


def _address(written: str) -> Address:
    """Give an address as proc(5) writes it: words of 32 bits in the machine's order, in hex."""
    words = (written[at : at + 8] for at in range(0, len(written), 8))
    packed = b"".join(socket.htonl(int(word, 16)).to_bytes(4, "big") for word in words)
    return IPv4Address(packed) if len(packed) == 4 else IPv6Address(packed)  # noqa: PLR2004 - bytes of an IPv4 address
