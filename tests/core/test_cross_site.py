"""What a page of another site may not make a browser do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gate.core.cross_site import is_preflight, is_refused, names_options
from gate.core.rules import Denied
from gate.core.site import Site
from gate.core.subject import Method
from tests.support.decisions import Written, access, account, headers, rule, session, site

HOST = {"Host": "wiki.example.com"}
EVIL = "https://evil.example"


@pytest.mark.parametrize(
    ("method", "sent", "expected"),
    [
        pytest.param("POST", {"Sec-Fetch-Site": "cross-site"}, True, id="another site"),
        pytest.param("DELETE", {"Sec-Fetch-Site": "cross-site"}, True, id="any unsafe method"),
        pytest.param("GET", {"Sec-Fetch-Site": "cross-site"}, False, id="a link"),
        pytest.param("OPTIONS", {"Origin": EVIL}, False, id="a preflight"),
        pytest.param("POST", {"Sec-Fetch-Site": "same-origin"}, False, id="own page"),
        pytest.param("POST", {"Sec-Fetch-Site": "same-site"}, False, id="sister site"),
        pytest.param("POST", {"Sec-Fetch-Site": "none"}, False, id="typed"),
        pytest.param("POST", {"Sec-Fetch-Site": "who-knows"}, True, id="unknown word"),
        pytest.param("POST", {}, False, id="no browser"),
        pytest.param("POST", {"Origin": "https://wiki.example.com"}, False, id="old, own"),
        pytest.param("POST", {"Origin": "https://wiki.example.com:8443"}, False, id="own port"),
        pytest.param("POST", {"Origin": EVIL}, True, id="old, another"),
        pytest.param("POST", {"Origin": "null"}, True, id="old, null"),
        pytest.param("POST", {"Origin": "https://wiki.example.com.evil"}, True, id="longer name"),
        pytest.param("POST", {"Sec-Fetch-Site": "same-origin", "Origin": EVIL}, False, id="both"),
    ],
)
def test_g30_an_unsafe_request_of_another_site_is_refused(
    method: str, sent: dict[str, str], *, expected: bool
) -> None:
    asked = access(site(), method=method, headers=headers(HOST | sent))
    assert is_refused(asked) is expected


@pytest.mark.parametrize(
    ("host", "origin", "expected"),
    [
        pytest.param("localhost:8080", "http://localhost:8080", False, id="the host asked for"),
        pytest.param("localhost:8080", "http://localhost:9090", True, id="another port of it"),
        pytest.param("localhost:8080", "http://shop.example.com:8443", False, id="with its port"),
        pytest.param("localhost:8080", "http://shop.example.com", True, id="without its port"),
        pytest.param("b a d", "http://localhost:8080", True, id="no host"),
    ],
)
def test_g30_an_origin_is_own_when_it_is_a_host_of_the_site(
    host: str, origin: str, *, expected: bool
) -> None:
    asked = access(
        _with_hosts("wiki.example.com", "shop.example.com:8443"),
        method="POST",
        headers=headers({"Host": host, "Origin": origin}),
    )
    assert is_refused(asked) is expected


def _with_hosts(*hosts: str) -> Site:
    return replace(site(), hosts=hosts)


def test_g30_a_site_may_allow_other_sites() -> None:
    sent = headers(HOST | {"Sec-Fetch-Site": "cross-site"})
    assert not is_refused(access(site(refuse_cross_site=False), method="POST", headers=sent))


ASKS = {"Access-Control-Request-Method": "PUT"}


@pytest.mark.parametrize(
    ("method", "sent", "signed_in", "expected"),
    [
        pytest.param("OPTIONS", ASKS, False, True, id="a preflight"),
        pytest.param("OPTIONS", {}, False, False, id="a plain OPTIONS"),
        pytest.param("GET", ASKS, False, False, id="another method"),
        pytest.param("OPTIONS", ASKS, True, False, id="with a session"),
    ],
)
def test_g30_a_preflight_comes_without_a_session(
    method: str, sent: dict[str, str], signed_in: bool, expected: bool
) -> None:
    who = session(account(), Method.PASSWORD) if signed_in else None
    asked = access(site(), who=who, method=method, headers=headers(sent))
    assert is_preflight(asked) is expected


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ({"method": ["GET", "OPTIONS"]}, True),
        ({"method": "GET"}, False),
        ({"path": "/a"}, False),
        ("any", False),
        ({"not": {"method": "OPTIONS"}}, False),
    ],
)
def test_g30_a_rule_means_preflights_when_it_names_their_method(
    when: Written, *, expected: bool
) -> None:
    assert names_options(rule("r", when, Denied())) is expected
