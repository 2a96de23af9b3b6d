"""Who stands at a page: the host of a cookie, and the range that counts as one place."""

from __future__ import annotations

import pytest

from gate.core.headers import Headers
from gate.core.host import Host, read_host
from gate.service.visitor import Visitor, address_range
from tests.support.decisions import address


def visitor(host: str) -> Visitor:
    return Visitor(client=address("203.0.113.9"), host=host, scheme="https", site="", request="r")


HOSTS = ["wiki.example.com", "wiki.example.com:8443", "[::1]", "[::1]:8080", "127.0.0.1:8080"]


@pytest.mark.parametrize("host", HOSTS)
def test_g5_a_session_of_a_page_is_bound_to_the_host_that_the_plane_compares(host: str) -> None:
    headers: Headers = ((b"Host", host.encode()),)
    arrived = read_host((headers[0][1],))
    assert isinstance(arrived, Host)
    assert visitor(host).host_name == arrived.name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("203.0.113.9", "203.0.113.0/24"),
        ("203.0.113.255", "203.0.113.0/24"),
        ("2001:db8:1:2ff::1", "2001:db8:1:200::/56"),
    ],
)
def test_g29_one_place_is_a_24_or_a_56(text: str, expected: str) -> None:
    assert address_range(address(text)) == expected
