"""Networks as people write them: strict, all problems at once, with what to write instead."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_network
from typing import Final

import pytest
from hypothesis import given, strategies as st

from gate.core.located import Location, Problems
from gate.core.network import (
    Allowlist,
    Network,
    NetworkProblem,
    Unusable,
    canonical,
    notes,
    parse_allowlist,
    parse_network,
)
from tests.support.vectors import cases

CIDR: Final = cases("cidr_cases")
LOADED: Final = {
    "10.0.0.0/8": "10.0.0.0/8",
    "192.0.2.7": "192.0.2.7/32",
    "2001:db8::/32": "2001:db8::/32",
    "::1": "::1/128",
    "0.0.0.0/0": "0.0.0.0/0",  # taken here; notes() warns, and trusted proxies refuse it
    "::/0": "::/0",
    "10.0.0.0/8\n": "10.0.0.0/8",
    "2002:0a00:0001::/48": "2002:a00:1::/48",
    "64:ff9b::10.0.0.1": "64:ff9b::a00:1/128",
    "10.0.0.0/8 # office": "10.0.0.0/8",
}
EMPTY: Final = ("", "# office")


@pytest.mark.parametrize(
    ("text", "expected"), CIDR["load"], ids=[repr(text) for text, _ in CIDR["load"]]
)
def test_t10_networks_are_taken_in_their_plain_spelling_only(text: str, expected: str) -> None:
    found = parse_allowlist(text)
    if text in LOADED:
        assert not expected.startswith("error")
        assert isinstance(found, Allowlist)
        assert found.networks == (ip_network(LOADED[text]),)
    elif text in EMPTY:
        assert found == Allowlist()
    else:
        assert not expected.startswith("ok")
        assert isinstance(found, Problems)


@pytest.mark.parametrize(("network", "address", "expected"), CIDR["match"])
def test_t10_an_address_matches_in_its_canonical_form(
    network: str, address: str, expected: bool
) -> None:
    allowlist = parse_allowlist(network)
    assert isinstance(allowlist, Allowlist)
    client = canonical(address)
    assert not isinstance(client, Unusable)
    assert allowlist.admits(client) is expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "10.0.0.1/8",
            (
                "`10.0.0.1/8` has bits set behind the prefix;"
                " did you mean 10.0.0.0/8 or the one address 10.0.0.1?"
            ),
        ),
        (
            "2001:db8::1/32",
            (
                "`2001:db8::1/32` has bits set behind the prefix;"
                " did you mean 2001:db8::/32 or the one address 2001:db8::1?"
            ),
        ),
        ("10.0.0.0/08", "`10.0.0.0/08` needs a plain prefix length; did you mean 10.0.0.0/8?"),
        (
            "10.0.0.0/255.0.0.0",
            "`10.0.0.0/255.0.0.0` needs a plain prefix length; did you mean 10.0.0.0/8?",
        ),
        (
            "10.0.0.0/-1",
            "`10.0.0.0/-1` has no prefix length behind the slash; write 0 to 32",
        ),
        ("2001:db8::/", "`2001:db8::/` has no prefix length behind the slash; write 0 to 128"),
        ("10.0.0.0/33", "`10.0.0.0/33` has too long a prefix; at most /32"),
        ("2001:db8::/129", "`2001:db8::/129` has too long a prefix; at most /128"),
        ("fe80::1%eth0", "`fe80::1%eth0` has a zone; leave out `%` and what follows"),
        (
            "::ffff:10.0.0.0/104",
            "`::ffff:10.0.0.0/104` is IPv4 inside IPv6; write 10.0.0.0/8",
        ),
        ("::ffff:10.0.0.1", "`::ffff:10.0.0.1` is IPv4 inside IPv6; write 10.0.0.1"),
        (
            "::ffff:0:0/96",
            "`::ffff:0:0/96` stands for all of IPv4; write 0.0.0.0/0 if that is meant",
        ),
        (
            "10.0.0.0/8,192.0.2.0/24",
            (
                "`10.0.0.0/8,192.0.2.0/24` is more than one network;"
                " write one a line, without commas or blanks"
            ),
        ),
        ("010.0.0.1", "`010.0.0.1` has leading zeros; write each number without them"),
        (
            "10.1",
            "`10.1` is not complete; an IPv4 address has four numbers, such as 192.0.2.7",
        ),
        (
            "localhost",
            (
                "`localhost` is no network; write an address or CIDR,"
                " such as 192.0.2.0/24 or 2001:db8::/32"
            ),
        ),
        (
            "\uff11\uff10.0.0.0/8",
            "`\uff11\uff10.0.0.0/8` is no network; write plain ASCII such as 192.0.2.0/24",
        ),
        (
            "x" * 101,
            f"`{'x' * 40}...` is no network; write plain ASCII such as 192.0.2.0/24",
        ),
    ],
)
def test_a_bad_network_says_what_to_write_instead(text: str, message: str) -> None:
    assert parse_network(text) == NetworkProblem(message=message)


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)), st.integers(0, 32))
def test_what_a_message_offers_is_taken(address: object, prefix: int) -> None:
    found = parse_network(f"{address}/{prefix}")
    if isinstance(found, NetworkProblem):
        offered = found.message.rpartition("did you mean ")[2].rpartition("write ")[2].split()[0]
        assert not isinstance(parse_network(offered), NetworkProblem)


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6, network="2000::/3")), st.integers())
def test_a_network_comes_out_as_it_was_written(address: object, prefix: int) -> None:
    network = ip_network(f"{address}/{prefix % 33}", strict=False)
    assert parse_network(str(network)) == network


@given(st.text())
def test_no_text_makes_it_raise(text: str) -> None:
    assert isinstance(parse_network(text), IPv4Network | IPv6Network | NetworkProblem)
    assert isinstance(parse_allowlist(text), Allowlist | Problems)


def test_a_list_keeps_lines_and_notes() -> None:
    text = "# home and office\r\n\r\n  192.0.2.0/24  # office\r\n10.0.0.0/8#vpn\r\n::1"
    found = parse_allowlist(text)
    assert isinstance(found, Allowlist)
    assert [(str(e.network), e.line, e.note) for e in found.entries] == [
        ("192.0.2.0/24", 3, "office"),
        ("10.0.0.0/8", 4, "vpn"),
        ("::1/128", 5, ""),
    ]
    assert found.covering_line(IPv4Address("10.1.1.1")) == 4


def test_all_bad_lines_are_told_at_once_with_their_place() -> None:
    found = parse_allowlist("10.0.0.0/8\n  10.0.0.1/8\n\nnonsense # why\n", file="bob's list")
    assert isinstance(found, Problems)
    assert [problem.at for problem in found.items] == [
        Location(file="bob's list", line=2, column=3),
        Location(file="bob's list", line=4, column=1),
    ]
    assert str(found).splitlines()[1].startswith("bob's list:4:1: `nonsense` is no network")


def test_one_bad_line_refuses_the_whole_list() -> None:
    assert isinstance(parse_allowlist("10.0.0.0/8\n10.0.0.0/99"), Problems)


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        ("0.0.0.0/0", ("covers every address",)),
        ("::/0", ("covers every address",)),
        ("128.0.0.0/1", ("is wider than /8",)),
        ("2000::/3", ("is wider than /32",)),
        ("127.0.0.0/8", ("reaches this machine only",)),
        ("::1/128", ("reaches this machine only",)),
        ("224.0.0.0/8", ("is multicast, nobody comes from there",)),
        ("169.254.0.0/16", ("is link-local, seen on one cable only",)),
        ("192.168.1.0/24", ("is private, many networks use it",)),
        ("fd00::/48", ("is private, many networks use it",)),
        ("192.0.2.0/24", ()),
        ("2001:db8::/32", ()),
        ("8.0.0.0/8", ()),
    ],
)
def test_what_is_remarkable_about_a_network_is_told(
    network: str, expected: tuple[str, ...]
) -> None:
    assert notes(_network(network)) == expected


def _network(text: str) -> Network:
    found = parse_network(text)
    assert not isinstance(found, NetworkProblem)
    return found
