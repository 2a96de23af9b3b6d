"""`network`: the client's address in named networks or CIDRs."""

from __future__ import annotations

import pytest

from gate.core.conditions import HIT, MISS, Scope
from gate.core.conditions.network import NETWORK, Networks
from tests.support.decisions import NAMES, Written, address, complaints, conditions, seen


def network(written: Written) -> Networks:
    (found,) = conditions({"network": written}, NAMES)
    assert isinstance(found, Networks)
    return found


@pytest.mark.parametrize(
    ("client", "expected"),
    [
        ("203.0.113.9", True),
        ("2001:db8:10::1", True),
        ("198.51.100.7", True),
        ("192.0.2.1", True),
        ("192.0.2.2", False),
    ],
)
def test_one_of_the_networks_is_enough(client: str, *, expected: bool) -> None:
    condition = network(["office", "198.51.100.0/24", "192.0.2.1"])
    assert condition.match(seen(client=address(client))) is (HIT if expected else MISS)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("ofice", "unknown network `ofice`; did you mean `office`?"),
        ("10.0.0.1/8", "`10.0.0.1/8` has bits set behind the prefix"),
        ("10.0.0", "`10.0.0` is not complete"),
        ("::1::", "`::1::` is no network"),
    ],
)
def test_a_bad_network_is_refused(written: str, message: str) -> None:
    (found,) = complaints({"network": written}, NAMES)
    assert found.startswith(message)


def test_g9_an_empty_list_of_networks_is_refused() -> None:
    (found,) = complaints({"network": []}, NAMES)
    assert found.startswith("`network` is an empty list")


@pytest.mark.parametrize(
    ("client", "expected"),
    [
        ("203.0.113.9", "203.0.113.9 is in office or 10.0.0.0/8"),
        ("192.0.2.1", "192.0.2.1 is not in office or 10.0.0.0/8"),
    ],
)
def test_the_words_name_address_and_networks(client: str, expected: str) -> None:
    assert network(["office", "10.0.0.0/8"]).words(seen(client=address(client))) == expected


def test_the_network_belongs_to_the_client() -> None:
    condition = network("office")
    assert (condition.key, condition.scope, NETWORK.key) == ("network", Scope.CLIENT, "network")
