"""The front door: a clean request arrives whole, every other one is refused at its first fault."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any, Final

import pytest
from hypothesis import given, strategies as st

from gate.core.client_address import trusted_proxies
from gate.core.decision import Reason
from gate.core.front_door import METHODS, Arrival, FrontDoor, WireRequest, arrive
from gate.core.header_names import IDENTITY, Headers
from gate.core.host import Host
from gate.core.network import Allowlist
from gate.core.refusal import Refusal
from tests.support.front_sites import PlainSite, PlainTable
from tests.support.vectors import cases

WIKI: Final = PlainSite(name="wiki")
LENIENT: Final = PlainSite(name="lenient", paths_lenient=True)
SITES: Final = PlainTable(
    {"wiki.example": WIKI, "lenient.example": LENIENT, "port.example:8443": PlainSite(name="port")}
)
PROXIES: Final = trusted_proxies(["10.0.0.0/8"])
assert isinstance(PROXIES, Allowlist)
DOOR: Final = FrontDoor(
    trusted_proxies=PROXIES,
    ports=frozenset({8443}),
    own_cookies=frozenset({b"__Host-gate"}),
    pages_host="login.example",
)
HOST: Final = (b"Host", b"wiki.example")
WIRE: Final = WireRequest(
    method=b"GET",
    target=b"/a?x=1",
    version=b"HTTP/1.1",
    headers=(HOST,),
    peer="198.51.100.7",
    port=8080,
)
HANDSHAKE: Final = (
    (b"Connection", b"Upgrade"),
    (b"Upgrade", b"websocket"),
    (b"Sec-WebSocket-Key", b"dGhlIHNhbXBsZSBub25jZQ=="),
    (b"Sec-WebSocket-Version", b"13"),
)


def ask(*headers: tuple[bytes, bytes], site: PlainSite | None = None, **changes: Any) -> Any:
    """Send a request that is clean but for the changes."""
    sites = SITES if site is None else PlainTable({"wiki.example": site})
    return arrive(replace(WIRE, headers=(HOST, *headers), **changes), sites, DOOR)


def at(host: bytes, **changes: Any) -> Any:
    """Send a request to another host."""
    return arrive(replace(WIRE, headers=((b"Host", host),), **changes), SITES, DOOR)


def why(found: object) -> tuple[int, Reason]:
    assert isinstance(found, Refusal)
    assert found.detail
    return found.status, found.reason


UNCLEAN: Final = (400, Reason.UNCLEAN_REQUEST)
UNKNOWN: Final = (421, Reason.UNKNOWN_HOST)
NOT_TAKEN: Final = (405, Reason.METHOD_NOT_ALLOWED)


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


# --- the gate's own pages ------------------------------------------------------------------


def test_g22_below_the_prefix_a_request_is_for_the_pages() -> None:
    headers = (b"Cookie", b"__Host-gate=S"), (b"X-Gate-CSRF", b"t"), (b"X-Gate-Client", b"forged")
    found = ask(*headers, target=b"/-/gate/sign-in?next=/a", method=b"POST")
    assert found == Arrival(
        site=WIKI,
        host=Host(name="wiki.example"),
        method="POST",
        target=found.target,
        headers=(HOST, *headers),
        clean=(HOST, (b"Cookie", b"__Host-gate=S"), (b"X-Gate-CSRF", b"t")),
        client=IPv4Address("198.51.100.7"),
        pages=True,
    )
    assert found.target.path == "/-/gate/sign-in"


def test_g22_a_page_is_no_websocket_and_takes_usual_methods_only() -> None:
    found = ask(*HANDSHAKE, target=b"/-/gate/x")
    assert found.pages
    assert not found.websocket
    assert not {b"Upgrade", b"Connection"} & {name for name, _ in found.clean}
    site = replace(WIKI, methods=frozenset({"BREW"}))
    assert why(ask(site=site, target=b"/-/gate/x", method=b"BREW")) == NOT_TAKEN


def test_g12_odd_spellings_of_the_prefix_are_404() -> None:
    assert why(ask(target=b"/-/GATE/x")) == (404, Reason.NOT_FOUND)
    assert why(at(b"lenient.example", target=b"//-/gate/x")) == (404, Reason.NOT_FOUND)


def test_g5_on_a_host_of_their_own_everything_is_for_the_pages() -> None:
    found = at(b"login.example", target=b"/anything")
    assert found.pages
    assert found.site is None
    assert why(at(b"login.example", target=b"/a//b")) == UNCLEAN
    assert why(at(b"login.example", method=b"BREW")) == NOT_TAKEN
    assert (
        why(arrive(replace(WIRE, headers=((b"Host", b"login.example"),)), SITES, FrontDoor()))
        == UNKNOWN
    )


# --- what the site asks for ----------------------------------------------------------------


def test_g13_the_query_and_headers_that_rules_read_are_given() -> None:
    site = replace(WIKI, query_names=frozenset({"x", "y"}), header_names=frozenset({"x-api"}))
    found = ask((b"X-API", b"k"), site=site)
    assert found.query == {"x": "1", "y": None}
    assert found.read == {"x-api": "k"}
    assert why(ask(site=site, target=b"/?x=1&x=2")) == UNCLEAN
    assert why(ask((b"X-Api", b"1"), (b"x-api", b"2"), site=site)) == UNCLEAN


def test_g13_a_header_that_hygiene_removes_is_absent_for_rules() -> None:
    site = replace(WIKI, header_names=frozenset({"x-api"}))
    assert ask((b"X-Api", b"k"), (b"Connection", b"x-api"), site=site).read == {"x-api": None}


def test_g11_a_query_cannot_change_the_method_where_rules_look_at_it() -> None:
    site = replace(WIKI, has_method_rules=True)
    assert why(ask(site=site, target=b"/?_method=DELETE")) == UNCLEAN
    assert isinstance(ask(site=site), Arrival)
    assert isinstance(ask(site=site, target=b"/"), Arrival)
    assert isinstance(ask(target=b"/?_method=DELETE"), Arrival)


def test_g4_a_worker_over_the_pages_is_refused_unless_the_site_allows_it() -> None:
    worker = (b"Service-Worker", b"script")
    assert why(ask(worker, target=b"/sw.js")) == (403, Reason.UNCLEAN_REQUEST)
    assert isinstance(ask(worker, target=b"/app/sw.js"), Arrival)
    site = replace(WIKI, service_worker_allowed=True)
    assert isinstance(ask(worker, target=b"/sw.js", site=site), Arrival)


def test_g4_a_site_that_shares_its_host_with_the_pages_cannot_allow_a_worker() -> None:
    site = replace(WIKI, service_worker_allowed=True)
    door = replace(DOOR, pages_host=None)
    headers = (HOST, (b"Service-Worker", b"script"))
    wire = replace(WIRE, headers=headers, target=b"/sw.js")
    found = arrive(wire, PlainTable({"wiki.example": site}), door)
    assert why(found) == (403, Reason.UNCLEAN_REQUEST)


def test_t02_odd_names_pass_where_the_site_says_so() -> None:
    odd = (b"X_Api", b"1")
    assert ask(odd).clean == (HOST,)
    assert ask(odd, site=replace(WIKI, odd_headers_pass=True)).clean == (HOST, odd)


def test_t29_a_websocket_arrives_with_its_upgrade() -> None:
    found = ask(*HANDSHAKE, (b"Origin", b"https://wiki.example"))
    assert found.websocket
    assert found.clean[1:3] == HANDSHAKE[:2]


@pytest.mark.parametrize("origin", [b"null", b"https://evil.example", b"https://lenient.example"])
def test_g30_a_websocket_of_another_site_is_refused(origin: bytes) -> None:
    found = ask(*HANDSHAKE, (b"Origin", origin))
    assert why(found) == (403, Reason.CROSS_SITE)


def test_g30_an_ordinary_request_may_come_from_another_site() -> None:
    assert isinstance(ask((b"Origin", b"https://evil.example")), Arrival)


def test_t29_another_upgrade_is_taken_out() -> None:
    found = ask(
        (b"Connection", b"Upgrade, HTTP2-Settings"), (b"Upgrade", b"h2c"), (b"HTTP2-Settings", b"x")
    )
    assert not found.websocket
    assert found.clean == (HOST,)


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
