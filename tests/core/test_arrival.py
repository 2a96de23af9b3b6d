"""Sites are found by host; an entry that names a port goes before one that does not."""

from __future__ import annotations

from typing import Final

import pytest

from gate.core.arrival import find_site
from gate.core.host import Host
from tests.support.front_sites import PlainSite, PlainTable

EVERY: Final = PlainSite(name="every port")
ONE: Final = PlainSite(name="one port")
ONLY: Final = PlainSite(name="only with its port")
TABLE: Final = PlainTable({"a.example": EVERY, "a.example:8443": ONE, "b.example:8443": ONLY})


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        (Host(name="a.example"), EVERY),
        (Host(name="a.example", port=80), EVERY),
        (Host(name="a.example", port=8443), ONE),
        (Host(name="b.example", port=8443), ONLY),
        (Host(name="b.example", port=80), None),
        (Host(name="b.example"), None),
        (Host(name="c.example", port=8443), None),
    ],
)
def test_t24_a_site_is_found_by_host_and_port(host: Host, expected: PlainSite | None) -> None:
    assert find_site(host, TABLE) == expected
