"""The headers by which the pages know a plane."""

from __future__ import annotations

import pytest

from gate.core import handoff
from gate.core.arrival import Arrival
from gate.core.front_door import FrontDoor, arrive
from gate.core.secret_text import Secret
from gate.service.hand_over import HandOver
from tests.support.decisions import policy, site
from tests.support.enforcing import wire

DESK = HandOver(scheme="https", secret=Secret("of worker one"))


def handed(host: str, path: str = "/") -> dict[bytes, bytes]:
    door = FrontDoor(ports=frozenset({443}), pages_host="id.example.com")
    arrived = arrive(wire(path, host=host), policy(site()), door)
    assert isinstance(arrived, Arrival)
    return dict(DESK.headers(arrived, "r-1"))


@pytest.mark.parametrize("host", ["wiki.example.com", "WIKI.example.com:443"])
def test_g22_client_scheme_host_site_and_request_are_handed_over(host: str) -> None:
    assert handed(host) == {
        handoff.SECRET: b"of worker one",
        handoff.CLIENT: b"203.0.113.9",
        handoff.SCHEME: b"https",
        handoff.HOST: host.lower().encode(),
        handoff.SITE: b"wiki",
        handoff.REQUEST: b"r-1",
    }


def test_a_host_of_the_pages_own_has_no_site() -> None:
    assert handed("id.example.com")[handoff.SITE] == b""


def test_g22_the_secret_does_not_show() -> None:
    assert "of worker one" not in repr(DESK)
