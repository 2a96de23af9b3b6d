"""The front door: the gate's own pages, and what a site asks for."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from gate.core.decision import Reason
from gate.core.front_door import Arrival, FrontDoor, arrive
from gate.core.host import Host
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
from tests.support.front_sites import PlainTable


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
