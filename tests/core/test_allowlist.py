"""Allowlists: the merged ranges admit exactly what the networks hold."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

import pytest
from hypothesis import given, strategies as st

from gate.core.address import Address, Network
from gate.core.allowlist import Allowlist, Entry

small_v4 = st.builds(
    lambda number, prefix: IPv4Network((number, prefix), strict=False),
    st.integers(0, 2**12),
    st.integers(18, 32),
)
small_v6 = st.builds(
    lambda number, prefix: IPv6Network((number, prefix), strict=False),
    st.integers(0, 2**12),
    st.integers(114, 128),
)
networks = st.lists(st.one_of(small_v4, small_v6), max_size=12)
addresses = st.one_of(
    st.integers(0, 2**13).map(IPv4Address),
    st.integers(0, 2**13).map(IPv6Address),
    st.ip_addresses(),
)


def allowlist(*texts: str) -> Allowlist:
    return Allowlist.of(map(ip_network, texts))


def test_an_empty_list_admits_nobody() -> None:
    assert not Allowlist().admits(IPv4Address("127.0.0.1"))
    assert not Allowlist().admits(IPv6Address("::1"))


@given(networks, addresses)
def test_a_list_admits_what_one_of_its_networks_holds(
    chosen: list[Network], address: Address
) -> None:
    assert Allowlist.of(chosen).admits(address) == any(address in each for each in chosen)


@given(networks, networks, addresses)
def test_a_union_admits_what_one_of_its_lists_admits(
    one: list[Network], other: list[Network], address: Address
) -> None:
    lists = (Allowlist.of(one), Allowlist.of(other))
    union = Allowlist.union(lists)
    assert union.admits(address) == any(each.admits(address) for each in lists)
    assert union.networks == (*one, *other)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        pytest.param("9.255.255.255", False, id="one before"),
        pytest.param("10.0.0.0", True, id="first"),
        pytest.param("10.255.255.255", True, id="last"),
        pytest.param("11.0.0.0", False, id="one after"),
    ],
)
def test_both_edges_of_a_network_belong_to_it(address: str, expected: bool) -> None:
    assert allowlist("10.0.0.0/8", "192.0.2.0/24").admits(IPv4Address(address)) is expected


def test_the_two_families_are_kept_apart() -> None:
    assert not allowlist("127.0.0.0/8").admits(IPv6Address("::1"))
    assert not allowlist("::/64").admits(IPv4Address("0.0.0.1"))


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        pytest.param(["0.0.0.0/0"], True, id="IPv4"),
        pytest.param(["::/0"], True, id="IPv6"),
        pytest.param(["128.0.0.0/1", "0.0.0.0/1"], True, id="IPv4 in halves"),
        pytest.param(["8000::/1", "::/1"], True, id="IPv6 in halves"),
        pytest.param(["128.0.0.0/1", "0.0.0.0/2"], False, id="a gap in the middle"),
        pytest.param(["128.0.0.0/1"], False, id="the upper half"),
        pytest.param(["0.0.0.0/1"], False, id="the lower half"),
        pytest.param(["::/1", "10.0.0.0/8"], False, id="some of both"),
        pytest.param([], False, id="nothing"),
    ],
)
def test_a_list_knows_whether_it_covers_everything(texts: list[str], expected: bool) -> None:
    assert allowlist(*texts).covers_everything is expected


def test_the_first_line_that_admits_an_address_is_named() -> None:
    lines = Allowlist(
        entries=(
            Entry(network=IPv4Network("192.0.2.0/24"), line=2, note="office"),
            Entry(network=IPv4Network("10.0.0.0/8"), line=5),
            Entry(network=IPv4Network("10.0.0.0/24"), line=6),
        )
    )
    assert lines.covering_line(IPv4Address("10.0.0.1")) == 5
    assert lines.covering_line(IPv4Address("11.0.0.1")) is None
    entry = lines.covering_entry(IPv4Address("192.0.2.9"))
    assert entry is not None
    assert entry.note == "office"


def test_lists_of_equal_entries_are_equal() -> None:
    assert allowlist("10.0.0.0/8") == allowlist("10.0.0.0/8")
    assert len({allowlist("10.0.0.0/8"), allowlist("10.0.0.0/8"), allowlist("::/64")}) == 2
