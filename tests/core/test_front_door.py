"""The front door: a clean request arrives whole, every other one is refused at its first fault."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address
from typing import Final

import pytest
from hypothesis import given, strategies as st

from gate.core.decision import Reason
from gate.core.front_door import METHODS, Arrival, WireRequest, arrive
from gate.core.header_names import IDENTITY, Headers
from gate.core.host import Host
from gate.core.refusal import Refusal
from tests.support.door import (
    DOOR,
    HANDSHAKE,
    HOST,
    NOT_TAKEN,
    SITES,
    UNCLEAN,
    UNKNOWN,
    WIKI,
    WIRE,
    ask,
    at,
    why,
)
from tests.support.vectors import cases


def test_a_clean_request_arrives_whole() -> None:
    headers = ((b"Cookie", b"__Host-gate=S; a=1"), (b"Remote-User", b"root"))
    found = ask(*headers)
    assert isinstance(found, Arrival)
    assert found == Arrival(
        site=WIKI,
        host=Host(name="wiki.example"),
        method="GET",
        target=found.target,
        headers=(HOST, *headers),
        clean=(HOST, (b"Cookie", b"a=1")),
        client=IPv4Address("198.51.100.7"),
    )
    assert (found.target.path, found.target.query) == ("/a", "x=1")


@pytest.mark.parametrize(
    ("found", "detail"),
    [
        (ask(version=b"HTTP/2.0"), "neither HTTP/1.0 nor 1.1"),
        (ask(method=b"TRACE"), "method is not taken here"),
        (at(b"evil.example"), "no site has this host"),
        (at(b"wiki.example:81"), "host with a port that is not served"),
        (ask(sni="evil.example"), "host is not the one of the TLS handshake"),
        (ask(peer="x"), "no IP address"),
        (
            ask((b"Transfer-Encoding", b"chunked"), version=b"HTTP/1.0"),
            "Transfer-Encoding in HTTP/1.0",
        ),
        (ask(*HANDSHAKE, (b"Origin", b"null")), "WebSocket of another site"),
        (
            ask((b"Service-Worker", b"script"), target=b"/sw.js"),
            "service worker that would control the gate's pages",
        ),
        (
            ask(site=replace(WIKI, has_method_rules=True), target=b"/?_method=PUT"),
            "query asks for another method",
        ),
        (ask(target=b"/-/GATE/"), "odd spelling of the pages' prefix"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_refusal_tells_the_log_what_was_wrong(found: Refusal, detail: str) -> None:
    assert found.detail == detail


# --- version and method --------------------------------------------------------------------


@pytest.mark.parametrize("version", [b"HTTP/1.0", b"HTTP/1.1"])
def test_both_versions_of_http_1_arrive(version: bytes) -> None:
    assert isinstance(ask(version=version), Arrival)


@pytest.mark.parametrize(
    "version",
    [b"", b"HTTP/0.9", b"HTTP/1.2", b"HTTP/2.0", b"HTTP/9.9", b"http/1.1", b"HTTP/1.1 ", b"HTTP/2"],
)
def test_t31_other_versions_are_505(version: bytes) -> None:
    assert why(ask(version=version)) == (505, Reason.UNCLEAN_REQUEST)


@pytest.mark.parametrize("method", sorted(METHODS))
def test_t23_usual_methods_arrive(method: str) -> None:
    assert ask(method=method.encode()).method == method


@pytest.mark.parametrize(
    "method",
    [
        *(b"CONNECT", b"TRACE", b"connect", b"get", b"GeT", b"", b"G T", b"GET\t", b"G<>T", b"PRI"),
        *(b"G\xc9T", b"A" * 33, b"A" * 8192, b"BREW", b"-GET", b"1GET", b"GET\n"),
    ],
)
def test_t23_other_methods_are_405(method: bytes) -> None:
    assert why(ask(method=method)) == NOT_TAKEN


def test_t23_a_site_adds_methods_but_never_a_tunnel() -> None:
    site = replace(WIKI, methods=frozenset({"BREW", "TRACE", "CONNECT"}))
    assert ask(site=site, method=b"BREW").method == "BREW"
    assert why(ask(site=site, method=b"TRACE")) == NOT_TAKEN
    assert why(ask(site=site, method=b"CONNECT")) == NOT_TAKEN


# --- headers -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        ((b"X-A", b"a\rb"),),
        ((b"X A", b"1"),),
        ((b"Content-Length", b"5"), (b"Transfer-Encoding", b"chunked")),
        ((b"Content-Length", b"+5"),),
        ((b"Transfer-Encoding", b"xchunked"),),
        ((b"Origin", b"null"), (b"Origin", b"null")),
    ],
)
def test_t30_unclean_headers_are_refused(headers: Headers) -> None:
    assert why(ask(*headers)) == UNCLEAN


def test_t91_too_many_headers_are_431() -> None:
    assert why(ask(*([(b"X-A", b"1")] * 100))) == (431, Reason.TOO_LARGE)


def test_t30_http_1_0_has_no_transfer_encoding() -> None:
    chunked = (b"Transfer-Encoding", b"chunked")
    assert why(ask(chunked, method=b"POST", version=b"HTTP/1.0")) == UNCLEAN
    assert isinstance(ask(chunked, method=b"POST"), Arrival)


# --- host ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "site"),
    [
        (b"WIKI.example", "wiki"),
        (b"wiki.example:8080", "wiki"),
        (b"wiki.example:8443", "wiki"),
        (b"port.example:8443", "port"),
    ],
)
def test_t24_a_host_finds_its_site_on_every_port_that_is_served(host: bytes, site: str) -> None:
    assert at(host).site.name == site


@pytest.mark.parametrize(
    "host",
    [b"evil.example", b"wiki.example:81", b"port.example", b"port.example:8080", b"127.0.0.1"],
)
def test_t09_an_unknown_host_is_421(host: bytes) -> None:
    assert why(at(host)) == UNKNOWN


@pytest.mark.parametrize(
    "host", [b"", b"wiki.example.", b"u@wiki.example", b"wiki.example/a", b"w\xc3\xafki.example"]
)
def test_t24_an_odd_host_is_400(host: bytes) -> None:
    assert why(at(host)) == UNCLEAN


def test_t24_there_is_exactly_one_host() -> None:
    assert why(arrive(replace(WIRE, headers=()), SITES, DOOR)) == UNCLEAN
    assert why(ask(HOST)) == UNCLEAN
    assert why(ask((b"host", b"evil.example"))) == UNCLEAN


def test_t24_the_host_is_the_one_of_the_tls_handshake() -> None:
    assert isinstance(ask(sni="WIKI.example"), Arrival)
    assert why(ask(sni="lenient.example")) == UNKNOWN
    assert why(ask(sni="")) == UNKNOWN


# --- target --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target",
    [b"http://wiki.example/a", b"a", b"*", b"", b"/a#b", b"//a", b"/a/../b", b"/a%2fb", b"/a\x00"],
)
def test_t20_an_unclean_target_is_400(target: bytes) -> None:
    assert why(ask(target=target)) == UNCLEAN


def test_t91_a_long_target_is_414() -> None:
    assert why(ask(target=b"/" + b"a" * 8192)) == (414, Reason.TOO_LARGE)


def test_g12_a_lenient_site_gets_every_reading() -> None:
    assert set(at(b"lenient.example", target=b"/p/../a").target.readings) == {"/p/../a", "/a"}
    assert why(at(b"lenient.example", target=b"/a%00")) == UNCLEAN


# --- client address ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        *(b"X-Forwarded-For", b"Forwarded", b"X-Real-IP", b"True-Client-IP", b"CF-Connecting-IP"),
        *(b"X-Client-IP", b"X-Original-Forwarded-For"),
    ],
)
def test_t05_a_stranger_speaks_for_itself_alone(name: bytes) -> None:
    found = ask((name, b"127.0.0.1"))
    assert found.client == IPv4Address("198.51.100.7")
    assert found.clean == (HOST,)


def test_t06_a_trusted_proxy_is_believed_by_one_header_alone() -> None:
    said = (b"X-Forwarded-For", b"1.1.1.1, 192.0.2.9"), (b"x-forwarded-for", b"10.0.0.2")
    found = ask(*said, (b"Forwarded", b"for=2.2.2.2"), peer=IPv4Address("10.0.0.1"))
    assert found.client == IPv4Address("192.0.2.9")


@pytest.mark.parametrize("value", [b"", b"unknown", b"10.0.0.2", b"1.1.1.1,"])
def test_g8_an_unusable_client_address_is_403(value: bytes) -> None:
    found = ask((b"X-Forwarded-For", value), peer="10.0.0.1")
    assert why(found) == (403, Reason.IP_NOT_ALLOWED)


@pytest.mark.parametrize("peer", ["", "unix", "10.0.0.256", "::1%"])
def test_g8_an_unusable_peer_is_403(peer: str) -> None:
    assert why(ask(peer=peer)) == (403, Reason.IP_NOT_ALLOWED)


@pytest.mark.parametrize("peer", ["::ffff:198.51.100.7", "::ffff:198.51.100.7%eth0"])
def test_t10_a_peer_is_seen_in_its_canonical_form(peer: str) -> None:
    assert ask(peer=peer).client == IPv4Address("198.51.100.7")


# --- all together --------------------------------------------------------------------------

H1: Final = {
    "GET http://admin.example/abs HTTP/1.1 + Host: a.example": (
        ask(target=b"http://admin.example/abs"),
        UNCLEAN,
    ),
    "GET //admin.example/x": (ask(target=b"//admin.example/x"), UNCLEAN),
    "GET /public/%2e%2e/admin": (ask(target=b"/public/%2e%2e/admin"), UNCLEAN),
    "GET /public/..;/admin": (ask(target=b"/public/..;/admin"), UNCLEAN),
    "GET admin (no slash)": (ask(target=b"admin"), UNCLEAN),
    "GET /a#/b": (ask(target=b"/a#/b"), UNCLEAN),
    "two Host lines": (ask(HOST), UNCLEAN),
    "HTTP/1.1 without Host": (arrive(replace(WIRE, headers=()), SITES, DOOR), UNCLEAN),
    "Connection: X-Gate-User, close": (ask((b"Connection", b"X-Gate-User, close")), None),
    "NUL in path": (ask(target=b"/a\0"), UNCLEAN),
    "X_Gate_User: root": (ask((b"X_Gate_User", b"root")), None),
    "Host: a.example/admin?x=": (at(b"a.example/admin?x="), UNCLEAN),
    "CONNECT 127.0.0.1:22": (ask(method=b"CONNECT", target=b"127.0.0.1:22"), NOT_TAKEN),
    "TRACE /a": (ask(method=b"TRACE"), NOT_TAKEN),
    "PRI * HTTP/2.0": (
        ask(method=b"PRI", target=b"*", version=b"HTTP/2.0"),
        (505, Reason.UNCLEAN_REQUEST),
    ),
    "Upgrade: h2c + HTTP2-Settings": (ask((b"Upgrade", b"h2c"), (b"HTTP2-Settings", b"x")), None),
    "HTTP/9.9": (ask(version=b"HTTP/9.9"), (505, Reason.UNCLEAN_REQUEST)),
    "GET<TAB>/a": (ask(method=b"GET\t/a"), NOT_TAKEN),
    "get /a": (ask(method=b"get"), NOT_TAKEN),
    "Content-Length: +5": (ask((b"Content-Length", b"+5")), UNCLEAN),
    "Content-Length: 5, 5": (ask((b"Content-Length", b"5, 5")), UNCLEAN),
    "bare CR inside a header value": (ask((b"X-A", b"a\rb")), UNCLEAN),
    "CTL 0x01-0x1f, 0x7f inside a header value": (ask((b"X-A", b"\x01")), UNCLEAN),
}


@pytest.mark.parametrize("case", [case for case, _ in cases("h1_request_cases")["cases"]])
def test_t30_each_known_trick_is_refused_or_taken_out(case: str) -> None:
    found, expected = H1[case]
    if expected is None:
        assert found.clean == (HOST,)
    else:
        assert why(found) == expected


@given(
    method=st.sampled_from([b"GET", b"POST", b"TRACE", b"get"]),
    target=st.sampled_from([b"/", b"/a;b", b"/-/gate/", b"/-/GATE", b"/?_method=x", b"*"]),
    version=st.sampled_from([b"HTTP/1.0", b"HTTP/1.1", b"HTTP/2.0"]),
    headers=st.lists(
        st.tuples(
            st.sampled_from(
                [b"Host", b"Remote-User", b"Cookie", b"Connection", b"X-Forwarded-For"]
            ),
            st.sampled_from(
                [b"wiki.example", b"lenient.example", b"1.2.3.4", b"__Host-gate=S", b"\r"]
            ),
        ),
        max_size=4,
    ).map(tuple),
    peer=st.sampled_from(["10.0.0.1", "192.0.2.1", "x"]),
)
def test_t01_whatever_arrives_is_clean_and_equal_bytes_give_equal_answers(
    method: bytes, target: bytes, version: bytes, headers: Headers, peer: str
) -> None:
    wire = WireRequest(method=method, target=target, version=version, headers=headers, peer=peer)
    found = arrive(wire, SITES, DOOR)
    assert found == arrive(wire, SITES, DOOR)
    if isinstance(found, Arrival):
        assert not {name for name, _ in found.clean} & set(IDENTITY)
        assert found.site is not None
        assert found.method in METHODS
