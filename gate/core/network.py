"""Networks as people write them: one a line, in CIDR form or as a single address.

Rules: nothing but the plain spelling is taken (no leading zeros, netmasks, numbers or blanks).
A list with one bad line is refused whole, with all bad lines at once and what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final

from gate.core.address import LONGEST, Address, Network, Unusable, canonical
from gate.core.allowlist import Allowlist, Entry
from gate.core.located import Location, Problem, Problems

__all__ = [
    "Address",
    "Allowlist",
    "Entry",
    "Network",
    "NetworkProblem",
    "Unusable",
    "canonical",
    "notes",
    "parse_allowlist",
    "parse_network",
]

SHOWN: Final = 40  # characters of a bad line that a message repeats
WIDE_V4: Final = 8  # a shorter prefix is called wide
WIDE_V6: Final = 32

_MAPPED: Final = IPv6Network("::ffff:0:0/96")  # RFC 4291 section 2.5.5.2
_PREFIX: Final = re.compile(r"0|[1-9][0-9]{0,2}")
_OCTET: Final = r"(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_PLAIN_V4: Final = re.compile(rf"{_OCTET}\.{_OCTET}\.{_OCTET}\.{_OCTET}/(3[0-2]|[12]?[0-9])")


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkProblem:
    """Why a text is no network, with what to do after a semicolon."""

    message: str


def parse_network(text: str) -> Network | NetworkProblem:
    """Give the network that is written as an address or in CIDR form."""
    return _clean_v4(text) or _parsed(text)


def _clean_v4(text: str) -> IPv4Network | None:
    """Give the common form, three times as fast as the library: lists may hold 100,000 lines."""
    match = _PLAIN_V4.fullmatch(text)
    if match is None:
        return None
    a, b, c, d, prefix = map(int, match.groups())
    number = a << 24 | b << 16 | c << 8 | d
    if number & (1 << 32 - prefix) - 1:
        return None
    return IPv4Network((number, prefix))


def _parsed(text: str) -> Network | NetworkProblem:
    if not text.isascii() or len(text) > LONGEST:
        return _problem(text, "is no network; write plain ASCII such as 192.0.2.0/24")
    if re.search(r"[,;\s]", text):
        return _problem(
            text, "is more than one network; write one a line, without commas or blanks"
        )
    address_text, slash, prefix_text = text.partition("/")
    if "%" in text:
        return _problem(text, "has a zone; leave out `%` and what follows")
    address = _plain_address(address_text)
    if address is None:
        return _problem(text, _what_to_write(text))
    if slash and not _PREFIX.fullmatch(prefix_text):
        return _problem(text, _prefix_advice(address, prefix_text))
    prefix = int(prefix_text) if slash else address.max_prefixlen
    if prefix > address.max_prefixlen:
        return _problem(text, f"has too long a prefix; at most /{address.max_prefixlen}")
    return _strict(text, address, prefix)


def _strict(text: str, address: Address, prefix: int) -> Network | NetworkProblem:
    network = _network(address, prefix)
    if network.network_address != address:
        return _problem(
            text,
            f"has bits set behind the prefix; did you mean {network} or the one address {address}?",
        )
    if isinstance(network, IPv6Network) and network.subnet_of(_MAPPED):
        return _mapped_advice(text, network)
    return network


def _mapped_advice(text: str, network: IPv6Network) -> NetworkProblem:
    """Offer the IPv4 form: every mapped address is compared as IPv4."""
    if network == _MAPPED:
        return _problem(text, "stands for all of IPv4; write 0.0.0.0/0 if that is meant")
    low = int(network.network_address) & 0xFFFF_FFFF
    plain = IPv4Network((low, network.prefixlen - _MAPPED.prefixlen))
    return _problem(text, f"is IPv4 inside IPv6; write {_short(plain)}")


def _plain_address(text: str) -> Address | None:
    try:
        return IPv6Address(text) if ":" in text else IPv4Address(text)
    except ValueError:
        return None


def _network(address: Address, prefix: int) -> Network:
    if isinstance(address, IPv4Address):
        return IPv4Network((address, prefix), strict=False)
    return IPv6Network((address, prefix), strict=False)


def _short(network: Network) -> str:
    """Give a single address without its prefix."""
    whole = network.prefixlen == network.max_prefixlen
    return str(network.network_address) if whole else str(network)


def _prefix_advice(address: Address, prefix: str) -> str:
    try:
        offered = _network(address, IPv4Network(f"0.0.0.0/{prefix}").prefixlen)
    except ValueError:
        return f"has no prefix length behind the slash; write 0 to {address.max_prefixlen}"
    return f"needs a plain prefix length; did you mean {offered}?"


def _what_to_write(text: str) -> str:
    if re.search(r"(?:\A|\.)0[0-9]", text):
        return "has leading zeros; write each number without them"
    if re.fullmatch(r"[0-9]+(?:\.[0-9]+){0,2}(?:/.*)?", text):
        return "is not complete; an IPv4 address has four numbers, such as 192.0.2.7"
    return "is no network; write an address or CIDR, such as 192.0.2.0/24 or 2001:db8::/32"


def _problem(text: str, what: str) -> NetworkProblem:
    shown = text if len(text) <= SHOWN else text[:SHOWN] + "..."
    return NetworkProblem(message=f"`{shown}` {what}")


def parse_allowlist(text: str, *, file: str = "networks") -> Allowlist | Problems:
    """Give the list written as one network a line, or every bad line with what to do.

    Empty lines and lines that begin with `#` are skipped; what follows a blank and `#` is a note.
    """
    entries: list[Entry] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.split("\n"), start=1):
        written, note = _without_note(line.removesuffix("\r"))
        if not written:
            continue
        network = parse_network(written)
        if isinstance(network, NetworkProblem):
            at = Location(file=file, line=number, column=line.index(written) + 1)
            problems.append(Problem(at=at, message=network.message))
        else:
            entries.append(Entry(network=network, line=number, note=note))
    if problems:
        return Problems(items=tuple(problems))
    return Allowlist(entries=tuple(entries), text=text)


def _without_note(line: str) -> tuple[str, str]:
    written, _, note = line.partition("#")
    return written.strip(" \t"), note.strip(" \t")


def notes(network: Network) -> Sequence[str]:
    """Say what is remarkable about a network, one half-sentence each, for pages and warnings."""
    wide = WIDE_V4 if isinstance(network, IPv4Network) else WIDE_V6
    remarks = (
        (network.prefixlen == 0, "covers every address"),
        (0 < network.prefixlen < wide, f"is wider than /{wide}"),
        (network.is_loopback, "reaches this machine only"),
        (network.is_multicast, "is multicast, nobody comes from there"),
        (network.is_link_local, "is link-local, seen on one cable only"),
        (_is_site_local(network), "is private, many networks use it"),
    )
    return tuple(words for holds, words in remarks if holds)


# RFC 1918 and RFC 4193; `is_private` of the library also counts documentation and test ranges.
_PRIVATE: Final = tuple(IPv4Network(n) for n in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
_UNIQUE_LOCAL: Final = IPv6Network("fc00::/7")


def _is_site_local(network: Network) -> bool:
    if isinstance(network, IPv6Network):
        return network.subnet_of(_UNIQUE_LOCAL)
    return any(network.subnet_of(private) for private in _PRIVATE)
