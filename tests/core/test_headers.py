"""Request headers on their way in: identity removed, own cookies cut, the rest byte for byte."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Final

import pytest
from hypothesis import given, strategies as st

from gate.core.header_names import IDENTITY, Headers
from gate.core.headers import (
    for_pages,
    for_upstream,
    forwarded,
    header_values,
    hops,
    values,
)
from gate.core.refusal import Refusal
from tests.support.vectors import cases

OWN: Final = frozenset({b"__Host-gate"})
HOST: Final = (b"Host", b"a.example")
SPOOFING: Final = cases("header_spoofing_cases")


def clean(*headers: tuple[bytes, bytes]) -> Headers:
    return for_upstream(headers, own_cookies=OWN)


def test_all_else_passes_byte_for_byte_in_its_order() -> None:
    headers = (
        HOST,
        (b"ACCEPT", b"  */*;q=0.1"),
        (b"accept", b"x"),
        (b"Cookie", b'a=%20"q;b='),
        (b"Authorization", b"Basic YTpi"),
        (b"Content-Length", b"5"),
        (b"X-Latin", b"caf\xe9"),
    )
    assert clean(*headers) == headers


def test_t01_what_others_trust_is_removed() -> None:
    spoofed = tuple(
        (name.encode(), b"root")
        for kind in ("identity", "client_ip", "uri_method_host")
        for name in SPOOFING[kind]
        if name != "Via"
    )
    assert clean(HOST, *spoofed) == (HOST,)


@pytest.mark.parametrize("name", IDENTITY)
def test_t04_an_identity_header_is_removed_however_often_it_comes(name: bytes) -> None:
    upper, odd = name.upper(), name.replace(b"-", b"_")
    assert clean((name, b"a"), (name, b"b"), HOST, (upper, b"a, b"), (odd, b"x")) == (HOST,)


@pytest.mark.parametrize("line", SPOOFING["hop_by_hop_lists"])
def test_t03_a_connection_list_removes_nothing_that_matters(line: str) -> None:
    name, _, value = line.partition(": ")
    headers = (HOST, (b"Cookie", b"a=1"), (name.encode(), value.encode()), (b"Accept", b"x"))
    assert clean(*headers) == (HOST, (b"Cookie", b"a=1"), (b"Accept", b"x"))


@pytest.mark.parametrize(
    "name",
    [*(b"Authorization", b"Content-Length", b"Transfer-Encoding", b"Host", b"Origin"), b"Cookie"],
)
def test_t03_credentials_and_framing_cannot_be_listed_away(name: bytes) -> None:
    header = (name, b"chunked")
    assert clean(header, (b"Connection", b"close, " + name.lower())) == (header,)


def test_t03_other_listed_headers_are_hop_by_hop() -> None:
    headers = (HOST, (b"X-Hop", b"1"), (b"Connection", b"x-hop , close"), (b"X-End", b"2"))
    assert clean(*headers) == (HOST, (b"X-End", b"2"))


def test_t03_hop_by_hop_headers_are_removed() -> None:
    hop = [b"Connection", b"Keep-Alive", b"TE", b"Trailer", b"Upgrade", b"HTTP2-Settings"]
    assert clean(HOST, *((name, b"h2c") for name in hop)) == (HOST,)


def test_t46_own_cookies_are_cut_from_every_cookie_header() -> None:
    headers = (
        (b"Cookie", b"a=1; __Host-gate=S"),
        HOST,
        (b"COOKIE", b"__host-GATE=S"),
        (b"cookie", b"b=2"),
    )
    assert clean(*headers) == ((b"Cookie", b"a=1"), HOST, (b"cookie", b"b=2"))


def test_odd_names_pass_only_where_a_site_says_so() -> None:
    headers = (HOST, (b"X_Api", b"1"), (b"x.api", b"2"), (b"X_Gate_User", b"root"))
    assert clean(*headers) == (HOST,)
    passed = for_upstream(headers, own_cookies=OWN, odd_headers_pass=True)
    assert passed == headers[:3]


def test_an_odd_name_that_is_listed_does_not_pass() -> None:
    headers = (HOST, (b"X_Api", b"1"), (b"Connection", b"X_Api"))
    assert for_upstream(headers, own_cookies=OWN, odd_headers_pass=True) == (HOST,)


def test_t29_the_upgrade_to_a_websocket_is_kept_where_it_is_wanted() -> None:
    headers = (HOST, (b"Connection", b"keep-alive, Upgrade"), (b"upgrade", b"websocket"))
    assert for_upstream(headers, own_cookies=OWN, websocket=True) == (
        HOST,
        (b"Connection", b"Upgrade"),
        (b"upgrade", b"websocket"),
    )
    assert clean(*headers) == (HOST,)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([*IDENTITY, b"Accept", b"X_Y", b"Cookie", b"Connection", b"Upgrade"]),
            st.sampled_from([b"Accept", b"close", b"__Host-gate=S; a=1", b"x"]),
        )
    ).map(tuple),
    st.booleans(),
    st.booleans(),
)
def test_t01_nothing_of_the_gate_is_left_whatever_is_asked_for(
    headers: Headers, odd: bool, websocket: bool
) -> None:
    kept = for_upstream(headers, own_cookies=OWN, odd_headers_pass=odd, websocket=websocket)
    assert not {name for name, _ in kept} & set(IDENTITY)
    assert not any(b"__Host-gate" in value for name, value in kept if name == b"Cookie")
    again = for_upstream(kept, own_cookies=OWN, odd_headers_pass=odd, websocket=websocket)
    assert again == kept


def test_g22_pages_see_own_cookies_and_the_csrf_token_but_nothing_else_of_the_gate() -> None:
    headers = (
        HOST,
        (b"Cookie", b"__Host-gate=S; a=1"),
        (b"x-gate-csrf", b"token"),
        (b"X-Gate-Handoff", b"forged"),
        (b"X_Gate_CSRF", b"forged"),
        (b"X-Forwarded-For", b"1.2.3.4"),
    )
    assert for_pages(headers) == (
        HOST,
        (b"Cookie", b"__Host-gate=S; a=1"),
        (b"X-Gate-CSRF", b"token"),
    )


def test_values_are_found_in_any_case_and_order() -> None:
    headers = ((b"A", b"1"), (b"B", b"2"), (b"a", b"3"))
    assert values(headers, b"a") == (b"1", b"3")
    assert values(headers, b"c") == ()


def test_hops_are_listed_in_lower_case() -> None:
    assert hops([b"Close, X-Gate-User", b",\tUpgrade "]) == {
        b"close",
        b"x-gate-user",
        b"",
        b"upgrade",
    }


# --- headers that rules read (G13) ---------------------------------------------------------

NAMES: Final = frozenset({"x-api"})


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ((HOST,), None),
        ((HOST, (b"X-API", b"caf\xe9")), "caf\u00e9"),
        ((HOST, (b"x-api", b"")), ""),
        ((HOST, (b"x-apis", b"1")), None),
    ],
)
def test_g13_a_rule_reads_a_header_once(headers: Headers, expected: str | None) -> None:
    assert header_values(headers, NAMES) == {"x-api": expected}


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param(((b"X-Api", b"1"), (b"x-api", b"1")), id="twice"),
        pytest.param(((b"X-Api", b""), (b"x-api", b"1")), id="twice, once empty"),
        pytest.param(((b"X_Api", b"1"),), id="underscore"),
        pytest.param(((b"X.Api", b"1"), (b"X-Api", b"1")), id="dot"),
        pytest.param(((b"XApi", b"1"),), id="no dash"),
    ],
)
def test_g13_a_header_that_servers_read_differently_is_refused(headers: Headers) -> None:
    found = header_values(headers, NAMES)
    assert isinstance(found, Refusal)
    assert (found.status, found.detail) == (
        400,
        "header that a rule reads stands twice or in an odd spelling",
    )


def test_g13_without_rules_no_header_is_refused() -> None:
    assert header_values(((b"A", b"1"), (b"A", b"2")), frozenset()) == {}


@pytest.mark.parametrize("client", ["192.0.2.9", "2001:db8::9"])
def test_the_gate_sets_the_forwarding_headers(client: str) -> None:
    assert forwarded(
        client=ip_address(client), scheme="https", host=b"Wiki.example.com:8443", port=8443
    ) == (
        (b"X-Forwarded-For", client.encode()),
        (b"X-Forwarded-Proto", b"https"),
        (b"X-Forwarded-Host", b"Wiki.example.com:8443"),
        (b"X-Forwarded-Port", b"8443"),
    )
