"""Allowlists: networks from which somebody is admitted, merged into ranges for quick tests."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Network
from typing import Final

from gate.core.address import Address, Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One network of a list, the line that it stands on (0: no text) and the note behind `#`."""

    network: Network
    line: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Ranges:
    """Sorted ranges that neither touch nor overlap, as their first and last numbers."""

    firsts: tuple[int, ...] = ()
    lasts: tuple[int, ...] = ()

    def hold(self, number: int) -> bool:
        index = bisect_right(self.firsts, number)
        return index > 0 and number <= self.lasts[index - 1]


_ALL_V4: Final = _Ranges(firsts=(0,), lasts=(2**32 - 1,))
_ALL_V6: Final = _Ranges(firsts=(0,), lasts=(2**128 - 1,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowlist:
    """Networks from which somebody is admitted; an empty one admits nobody.

    One membership test is a bisection over merged ranges, about a microsecond for any length.
    """

    entries: tuple[Entry, ...] = ()
    text: str = field(default="", repr=False, compare=False)  # as typed, to be shown again
    _v4: _Ranges = field(init=False, repr=False, compare=False)
    _v6: _Ranges = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        networks = self.networks
        v4 = _merged(n for n in networks if isinstance(n, IPv4Network))
        v6 = _merged(n for n in networks if isinstance(n, IPv6Network))
        object.__setattr__(self, "_v4", v4)
        object.__setattr__(self, "_v6", v6)

    @classmethod
    def of(cls, networks: Iterable[Network]) -> Allowlist:
        """Give the list of networks that come from elsewhere than a text."""
        return cls(entries=tuple(Entry(network=network) for network in networks))

    @classmethod
    def union(cls, lists: Iterable[Allowlist]) -> Allowlist:
        """Give the list that admits whoever one of the lists admits."""
        return cls(entries=tuple(entry for each in lists for entry in each.entries))

    @property
    def networks(self) -> tuple[Network, ...]:
        """The networks as written, in their order."""
        return tuple(entry.network for entry in self.entries)

    @property
    def covers_everything(self) -> bool:
        """Whether all of IPv4 or all of IPv6 is admitted, in one network or in pieces."""
        return self._v4 == _ALL_V4 or self._v6 == _ALL_V6

    def admits(self, address: Address) -> bool:
        """Say whether a canonical address lies in one of the networks."""
        ranges = self._v4 if isinstance(address, IPv4Address) else self._v6
        return ranges.hold(int(address))

    def covering_entry(self, address: Address) -> Entry | None:
        """Give the first entry that admits the address; walks the list, for pages only."""
        return next((entry for entry in self.entries if address in entry.network), None)

    def covering_line(self, address: Address) -> int | None:
        """Give the line of the first entry that admits the address."""
        entry = self.covering_entry(address)
        return None if entry is None else entry.line


def _merged(networks: Iterable[Network]) -> _Ranges:
    firsts: list[int] = []
    lasts: list[int] = []
    for first, last in sorted(map(_bounds, networks)):
        if lasts and first <= lasts[-1] + 1:
            lasts[-1] = max(lasts[-1], last)
        else:
            firsts.append(first)
            lasts.append(last)
    return _Ranges(tuple(firsts), tuple(lasts))


def _bounds(network: Network) -> tuple[int, int]:
    first = int(network.network_address)
    return first, first + (1 << network.max_prefixlen - network.prefixlen) - 1
