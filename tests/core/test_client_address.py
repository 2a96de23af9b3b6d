"""The client's address: the peer, or what trusted proxies say, and unknown on any doubt."""

from __future__ import annotations

from ipaddress import IPv4Address, ip_address

import pytest
from hypothesis import given, strategies as st

from gate.core.client_address import MOST_HOPS, NOBODY, client_address, trusted_proxies
from gate.core.network import Address, Allowlist, NetworkProblem, Unusable

PEER = IPv4Address("198.51.100.7")
PROXY = IPv4Address("10.0.0.1")


def proxies(*texts: str) -> Allowlist:
    found = trusted_proxies(texts)
    assert isinstance(found, Allowlist)
    return found


TRUSTED = proxies("10.0.0.0/8", "::1")


@given(st.lists(st.binary()), st.ip_addresses())
def test_t07_nobody_is_trusted_by_default(values: list[bytes], peer: Address) -> None:
    assert client_address(peer, values, NOBODY) == peer


@given(st.lists(st.binary()))
def test_t05_a_stranger_speaks_for_itself_alone(values: list[bytes]) -> None:
    assert client_address(PEER, values, TRUSTED) == PEER


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param([b"192.0.2.9"], "192.0.2.9", id="one element"),
        pytest.param([b"1.1.1.1, 192.0.2.9"], "192.0.2.9", id="right-most"),
        pytest.param([b"192.0.2.9, 10.0.0.2"], "192.0.2.9", id="past a trusted proxy"),
        pytest.param([b"junk, 192.0.2.9"], "192.0.2.9", id="what the client wrote is not read"),
        pytest.param([b"1.1.1.1", b"192.0.2.9,10.9.9.9"], "192.0.2.9", id="two lines"),
        pytest.param([b"192.0.2.9", b"10.9.9.9"], "192.0.2.9", id="on into the line before"),
        pytest.param([b"192.0.2.9:8080"], "192.0.2.9", id="port"),
        pytest.param([b"[2001:db8::9]:8080"], "2001:db8::9", id="brackets and port"),
        pytest.param([b"[2001:db8::9]"], "2001:db8::9", id="brackets"),
        pytest.param([b"2001:db8::9"], "2001:db8::9", id="bare IPv6"),
        pytest.param([b"::ffff:192.0.2.9"], "192.0.2.9", id="mapped"),
        pytest.param([b"192.0.2.9, ::ffff:10.0.0.2"], "192.0.2.9", id="past a mapped proxy"),
        pytest.param([b"\t192.0.2.9 "], "192.0.2.9", id="blanks around"),
    ],
)
def test_t06_the_right_most_address_that_is_no_proxy_asks(
    values: list[bytes], expected: str
) -> None:
    assert client_address(PROXY, values, TRUSTED) == ip_address(expected)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([], id="no header"),
        pytest.param([b""], id="empty"),
        pytest.param([b","], id="comma"),
        pytest.param([b"192.0.2.9,"], id="empty at the end"),
        pytest.param([b"192.0.2.9", b""], id="empty line after"),
        pytest.param([b"a"], id="letter"),
        pytest.param([b"unknown"], id="unknown"),
        pytest.param([b"_hidden"], id="obfuscated"),
        pytest.param([b"10.0.0.2"], id="ends on a proxy"),
        pytest.param([b"192.0.2.9, unknown"], id="unknown in the part that is read"),
        pytest.param([b"192.0.2.9, unknown, 10.0.0.2"], id="unknown behind a proxy"),
        pytest.param([b"192.0.2.9:"], id="colon without port"),
        pytest.param([b"192.0.2.9:123456"], id="no such port"),
        pytest.param([b"[192.0.2.9"], id="half a bracket"),
        pytest.param([b"[192.0.2.9]x"], id="more behind the bracket"),
        pytest.param([b"192.0.2.9 10.0.0.2"], id="blank between"),
        pytest.param([b"for=192.0.2.9"], id="syntax of Forwarded"),
        pytest.param([b"192.0.2.9\n"], id="line end"),
        pytest.param([b"\xd9\xa1.1.1.1"], id="not ASCII"),
        pytest.param([b"10.0.0.2," * 5000 + b"10.0.0.2"], id="5,000 proxies"),
    ],
)
def test_t06_what_cannot_be_read_leaves_the_client_unknown(values: list[bytes]) -> None:
    assert isinstance(client_address(PROXY, values, TRUSTED), Unusable)


@pytest.mark.parametrize(
    ("values", "detail"),
    [
        ([], "no client in X-Forwarded-For of a trusted proxy"),
        ([b"10.0.0.2"], "no client in X-Forwarded-For of a trusted proxy"),
        ([b" "], "empty element in X-Forwarded-For"),
        ([b"x"], "no IP address"),
        ([b"10.0.0.2," * 99], "empty element in X-Forwarded-For"),
        ([b",10.0.0.2" * 99], "too many proxies in X-Forwarded-For"),
    ],
)
def test_an_unknown_client_says_why(values: list[bytes], detail: str) -> None:
    assert client_address(PROXY, values, TRUSTED) == Unusable(detail=detail)


def test_a_chain_of_proxies_is_followed_to_its_limit() -> None:
    chain = [b"192.0.2.9" + b",10.0.0.2" * (MOST_HOPS - 1)]
    assert client_address(PROXY, chain, TRUSTED) == IPv4Address("192.0.2.9")
    assert isinstance(client_address(PROXY, [chain[0] + b",10.0.0.2"], TRUSTED), Unusable)


@given(st.lists(st.binary(max_size=40), max_size=5))
def test_t06_no_header_makes_a_trusted_proxy_the_client(values: list[bytes]) -> None:
    found = client_address(PROXY, values, TRUSTED)
    assert isinstance(found, Unusable) or not TRUSTED.admits(found)


@pytest.mark.parametrize(
    "texts",
    [["0.0.0.0/0"], ["::/0"], ["0.0.0.0/1", "128.0.0.0/1"], ["10.0.0.0/8", "::/0"]],
)
def test_t07_trusting_everybody_is_refused(texts: list[str]) -> None:
    assert trusted_proxies(texts) == NetworkProblem(
        message="trusted proxies cover every address; name the proxies' own addresses"
    )


def test_a_bad_network_of_proxies_is_told() -> None:
    found = trusted_proxies(["10.0.0.0/8", "10.0.0.1/8"])
    assert isinstance(found, NetworkProblem)
    assert "did you mean 10.0.0.0/8" in found.message


def test_no_proxies_are_a_list_of_nobody() -> None:
    assert trusted_proxies([]) == NOBODY
