"""Addresses that are turned round for applications that insist on their own."""

from __future__ import annotations

import pytest

from gate.core.headers import Headers
from gate.core.site import Site, Upstream
from gate.service.rewriting import origin_of, public_origin, to_client, to_upstream
from tests.support.decisions import site

PUBLIC = b"https://wiki.example.com"
OWN = b"http://127.0.0.1:8000"
ALL = frozenset({"Location", "Origin", "Destination"})


def rewriting(*names: str) -> Site:
    return site(rewrite=frozenset(names))


@pytest.mark.parametrize("name", [b"Origin", b"origin", b"Destination"])
def test_origin_and_destination_become_the_upstreams(name: bytes) -> None:
    headers: Headers = ((name, PUBLIC + b"/x"), (b"Referer", PUBLIC))
    assert to_upstream(headers, rewriting(*ALL), PUBLIC) == (
        (name, OWN + b"/x"),
        (b"Referer", PUBLIC),
    )


def test_only_what_the_site_asks_for_is_touched() -> None:
    headers: Headers = ((b"Origin", PUBLIC), (b"Destination", PUBLIC))
    assert to_upstream(headers, rewriting(), PUBLIC) == headers
    assert to_upstream(headers, rewriting("Origin"), PUBLIC) == (
        (b"Origin", OWN),
        (b"Destination", PUBLIC),
    )
    assert to_client(((b"Location", OWN),), rewriting("Origin"), PUBLIC) == ((b"Location", OWN),)


@pytest.mark.parametrize(
    ("location", "seen"),
    [
        (OWN, PUBLIC),
        (OWN + b"/a?b#c", PUBLIC + b"/a?b#c"),
        (OWN + b"?b", PUBLIC + b"?b"),
        (b"/a", b"/a"),
        (OWN + b".evil.test/", OWN + b".evil.test/"),
        (OWN + b"0/", OWN + b"0/"),
        (OWN + b"@evil.test/", OWN + b"@evil.test/"),
        (b"https://elsewhere.test/", b"https://elsewhere.test/"),
    ],
)
def test_t80_only_what_lies_below_the_upstream_is_turned_round(
    location: bytes, seen: bytes
) -> None:
    headers: Headers = ((b"location", location), (b"X-Other", OWN))
    assert to_client(headers, rewriting(*ALL), PUBLIC) == (
        (b"location", seen),
        (b"X-Other", OWN),
    )


def test_a_foreign_origin_stays_foreign() -> None:
    headers: Headers = ((b"Origin", b"https://wiki.example.com.evil.test"),)
    assert to_upstream(headers, rewriting(*ALL), PUBLIC) == headers


@pytest.mark.parametrize(
    ("scheme", "host", "port", "origin"),
    [
        ("http", "app", 80, b"http://app"),
        ("http", "app", 443, b"http://app:443"),
        ("https", "app", 443, b"https://app"),
        ("http", "::1", 8000, b"http://[::1]:8000"),
    ],
)
def test_the_origin_of_an_upstream_is_written_as_it_knows_itself(
    scheme: str, host: str, port: int, origin: bytes
) -> None:
    assert origin_of(Upstream(scheme=scheme, host=host, port=port)) == origin


def test_the_public_origin_is_the_host_as_it_came() -> None:
    assert public_origin("https", ((b"HOST", b"wiki.example.com:8443"),)) == PUBLIC + b":8443"
