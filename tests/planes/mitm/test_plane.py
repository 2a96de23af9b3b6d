"""Who counts as one client, and how many connections one may have."""

from __future__ import annotations

from contextlib import ExitStack
from ipaddress import ip_address
from pathlib import Path

import pytest

from gate.core.network import Address, Unusable, canonical, parse_network
from gate.core.policy import SiteOptions, Upstream
from gate.planes.mitm.guard import Guard
from gate.planes.mitm.plane import Plane, one_client
from gate.planes.mitm.settings import Limits, MitmSettings
from tests.support.fake_enforcers import Permitting

CAP = 3
NEIGHBOURS = [f"2001:db8:1:2:{last:x}::1" for last in range(CAP)]


def address(text: str) -> Address:
    found = canonical(text)
    assert not isinstance(found, Unusable)
    return found


def plane() -> Plane:
    settings = MitmSettings(
        sockets=(), pages=("127.0.0.1", 1), limits=Limits(connections_per_address=CAP)
    )
    upstream = Upstream(scheme="http", host="127.0.0.1", port=1)
    enforcer = Permitting(upstream, SiteOptions(), Path("never revoked"))
    return Plane(Guard(enforcer, settings), settings)


@pytest.mark.parametrize(
    ("here", "admitted"),
    [
        pytest.param("2001:db8:1:2:ffff:ffff:ffff:ffff", False, id="same /64"),
        pytest.param("2001:db8:1:3::1", True, id="next /64"),
        pytest.param("2001:db8:1:1:ffff::", True, id="/64 before"),
        pytest.param("192.0.2.1", True, id="IPv4"),
    ],
)
def test_t90_an_ipv6_client_is_counted_by_its_64(here: str, admitted: bool) -> None:
    counted = plane()
    with ExitStack() as connected:
        for each in NEIGHBOURS:
            assert connected.enter_context(counted.counted(address(each)))
        assert connected.enter_context(counted.counted(address(here))) is admitted
    with counted.counted(address(NEIGHBOURS[0])) as again:
        assert again


def test_t10_an_ipv4_mapped_address_counts_as_ipv4() -> None:
    counted = plane()
    with ExitStack() as connected:
        for each in ("192.0.2.1", "::ffff:192.0.2.1", "::ffff:c000:201"):
            assert connected.enter_context(counted.counted(address(each)))
        assert not connected.enter_context(counted.counted(address("192.0.2.1")))
        assert connected.enter_context(counted.counted(address("::ffff:192.0.2.2")))


@pytest.mark.parametrize("text", ["192.0.2.1", "198.51.100.255"])
def test_an_ipv4_client_is_its_address(text: str) -> None:
    assert one_client(ip_address(text)) == ip_address(text)


def test_an_ipv6_client_is_its_network() -> None:
    assert one_client(ip_address("2001:db8::ffff:1")) == parse_network("2001:db8::/64")


def test_what_is_no_address_is_counted_by_its_text() -> None:
    assert one_client("") == ""
