"""The PROXY protocol: the header by which a proxy in front names the client of a connection.

Versions 1 and 2 of haproxy's proxy-protocol.txt. Rules: TCP over IPv4 and IPv6 alone, addresses in
canonical form, nothing repaired. Who a proxy does not name is unknown, matches no network and is
denied; LOCAL is the proxy itself, as in its health checks. What version 2 says beyond addresses
is skipped. Pure: a plane reads as many bytes as `wanted` asks for, and never one of what follows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Final

from gate.core.network import Address, Unusable, canonical

SIGNATURE: Final = b"\r\n\r\n\x00\r\nQUIT\n"  # section 2.2
LONGEST_LINE: Final = 107  # bytes with CRLF, section 2.1
LONGEST_REST: Final = 4_096  # bytes behind the fixed part of version 2; real ones have hundreds
FIXED: Final = 16  # bytes of version 2 before addresses

_WORD: Final = b"PROXY "
_END: Final = b"\r\n"
_PORT: Final = r"(?:0|[1-9][0-9]{0,4})"
_LINE: Final = re.compile(
    rf"PROXY (?:(?P<v4>TCP4) |TCP6 )(?P<source>[0-9A-Fa-f:.]+) (?P<target>[0-9A-Fa-f:.]+)"
    rf" (?P<port>{_PORT}) (?P<at>{_PORT})\r\n"
)
_UNKNOWN: Final = re.compile(r"PROXY UNKNOWN(?: [\x20-\x7e]*)?\r\n")
_LAST_PORT: Final = 65_535

_LOCAL: Final = 0x20  # version 2, command LOCAL
_PROXY: Final = 0x21
_UNSPECIFIED: Final = 0x00  # family and transport
_TCP4: Final = 0x11
_TCP6: Final = 0x21
_ADDRESSES: Final = {_TCP4: (4, 12), _TCP6: (16, 36)}  # bytes of one address, and of both ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Malformed:
    """Why bytes are no header; the connection has to be closed."""

    detail: str


@dataclass(frozen=True, slots=True)
class ProxyItself:
    """The proxy speaks for nobody: the client is the other end of the socket."""


type Said = Address | Unusable | ProxyItself | Malformed


def wanted(got: bytes) -> int | Malformed:
    """Give how many more bytes surely belong to the header; 0 when it is whole."""
    if got.startswith(SIGNATURE):
        return _wanted_binary(got)
    if len(got) < len(SIGNATURE):
        begins = SIGNATURE.startswith(got) or got.startswith(_WORD) or _WORD.startswith(got)
        return len(SIGNATURE) - len(got) if begins else Malformed(detail="no PROXY header")
    if not got.startswith(_WORD):
        return Malformed(detail="no PROXY header")
    if got.endswith(_END):
        return 0
    if len(got) >= LONGEST_LINE:
        return Malformed(detail="PROXY line is too long")
    return 1 if got.endswith(b"\r") or len(got) == LONGEST_LINE - 1 else 2


def _wanted_binary(got: bytes) -> int | Malformed:
    if len(got) < FIXED:
        return FIXED - len(got)
    rest = int.from_bytes(got[14:FIXED])
    if rest > LONGEST_REST:
        return Malformed(detail="PROXY header is too long")
    return FIXED + rest - len(got)


def read_header(header: bytes) -> Said:
    """Give what a whole header says of the client."""
    if header.startswith(SIGNATURE) and len(header) >= FIXED:
        return _read_binary(header)
    if len(header) > LONGEST_LINE:
        return Malformed(detail="PROXY line is too long")
    return _read_line(header.decode("latin-1"))


def _read_line(line: str) -> Said:
    if _UNKNOWN.fullmatch(line):
        return _unnamed()
    match = _LINE.fullmatch(line)
    if match is None:
        return Malformed(detail="PROXY line is not in its form")
    family = IPv4Address if match["v4"] else IPv6Address
    try:
        source, _ = family(match["source"]), family(match["target"])
    except ValueError:
        return Malformed(detail="PROXY line has an address of no such family")
    if max(int(match["port"]), int(match["at"])) > _LAST_PORT:
        return Malformed(detail="PROXY line has no such port")
    return canonical(str(source))


def _read_binary(header: bytes) -> Said:
    command, transport = header[12], header[13]
    rest = header[FIXED:]
    if len(rest) != int.from_bytes(header[14:FIXED]):
        return Malformed(detail="PROXY header is not whole")
    if command not in {_LOCAL, _PROXY}:
        return Malformed(detail="PROXY header has no such version or command")
    if command == _LOCAL:
        return ProxyItself()
    if transport == _UNSPECIFIED:
        return _unnamed()
    if transport not in _ADDRESSES:
        return Malformed(detail="PROXY header is not about TCP over IP")
    size, both = _ADDRESSES[transport]
    if len(rest) < both:
        return Malformed(detail="PROXY header is too short for its addresses")
    packed = rest[:size]
    return canonical(str(IPv4Address(packed) if transport == _TCP4 else IPv6Address(packed)))


def _unnamed() -> Unusable:
    return Unusable(detail="the proxy does not know the client")
