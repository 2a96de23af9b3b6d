"""Addresses: one canonical form, and nothing but the plain spelling."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given, strategies as st

from gate.core.address import LONGEST, Address, Unusable, canonical


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("10.1.2.3", "10.1.2.3", id="IPv4"),
        pytest.param("::ffff:10.1.2.3", "10.1.2.3", id="mapped"),
        pytest.param("::FFFF:0a01:0203", "10.1.2.3", id="mapped in hex and capitals"),
        pytest.param("0:0:0:0:0:ffff:10.1.2.3", "10.1.2.3", id="mapped and expanded"),
        pytest.param("::ffff:10.1.2.3%eth0", "10.1.2.3", id="mapped with a zone"),
        pytest.param("2001:0DB8:0:0::1", "2001:db8::1", id="IPv6 expanded"),
        pytest.param("fe80::1%eth0", "fe80::1", id="zone"),
        pytest.param("2002:0a01:0203::1", "2002:a01:203::1", id="6to4 stays IPv6"),
    ],
)
def test_t10_an_address_has_one_form(text: str, expected: str) -> None:
    assert canonical(text) == ip_address(expected)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "unknown", "localhost", "10.1", "167772161", "010.0.0.1", "0x0a.0.0.1"),
        *(" 10.0.0.1", "10.0.0.1 ", "10.0.0.1\n", "10.0.0.1:80", "[::1]", "::1/128"),
        *("\uff11\uff10.0.0.1", "10.0.0.\u0661", "10.0.0.256", "1.2.3.4.5"),
        *("fe80::1%", "fe80::1%a%b", "fe80::1%eth 0", "::1%\n", "10.0.0.1%eth0", ":::"),
        "1" * (LONGEST + 1),
    ],
)
def test_t10_an_odd_address_is_unusable(text: str) -> None:
    assert isinstance(canonical(text), Unusable)


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("1" * (LONGEST + 1), "address is too long"),
        ("unknown", "no IP address"),
        (":::", "no IP address"),
        ("fe80::1%a b", "odd zone in the address"),
    ],
)
def test_an_unusable_address_says_why(text: str, detail: str) -> None:
    assert canonical(text) == Unusable(detail=detail)


def test_an_address_may_have_its_longest_length() -> None:
    assert canonical("::1%" + "a" * (LONGEST - 4)) == IPv6Address("::1")


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_every_address_is_its_own_canonical_form_or_the_one_inside(address: Address) -> None:
    found = canonical(str(address))
    inner = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    assert found == (inner or address)


@given(st.ip_addresses(v=4))
def test_a_mapped_address_is_the_address_inside(address: IPv4Address) -> None:
    assert canonical(f"::ffff:{address}") == address


@given(st.text())
def test_no_text_makes_it_raise(text: str) -> None:
    assert isinstance(canonical(text), IPv4Address | IPv6Address | Unusable)
