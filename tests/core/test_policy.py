"""What decisions look up in a policy."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from gate.core.decision import Level
from gate.core.policy import Admins, Demand, Requirement
from tests.support.decisions import (
    HOME,
    NOW,
    OFFICE,
    address,
    allowlist,
    entry,
    group,
    policy,
    site,
)

SECOND = Requirement(level=Level.SECOND_FACTOR)
SITE = site()


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("wiki.example.com", "wiki"),
        ("wiki.example.com:8443", "wiki"),
        ("shop.example.com", None),
        ("shop.example.com:8443", "shop"),
        ("shop.example.com:9", None),
        ("[2001:db8::1]", "six"),
        ("[2001:db8::1]:80", "six"),
        ("[2001:db8::2]", None),
        ("", None),
    ],
)
def test_a_host_without_a_port_matches_every_port(host: str, expected: str | None) -> None:
    shop = replace(SITE, name="shop", hosts=("Shop.example.com:8443",))
    six = replace(SITE, name="six", hosts=("[2001:db8::1]",))
    found = policy(SITE, shop, six).site_for(host)
    assert (found.name if found else None) == expected


HOME_LIST, AWAY = allowlist(HOME), allowlist("198.51.100.0/24")
ENTRIES = (
    entry("*", Level.SECOND_FACTOR, OFFICE),
    entry("bob", Level.SECOND_FACTOR, AWAY),
    entry("carol", Level.SECURITY_KEY),
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("alice", Demand(networks=(OFFICE,), requirements=(SECOND,)), id="everybody"),
        pytest.param("bob", Demand(networks=(OFFICE, AWAY), requirements=(SECOND,)), id="both"),
        pytest.param(
            "carol",
            Demand(
                networks=(OFFICE,), requirements=(SECOND, Requirement(level=Level.SECURITY_KEY))
            ),
            id="both requirements",
        ),
    ],
)
def test_g7_entries_for_everybody_and_for_the_name_both_apply(name: str, expected: Demand) -> None:
    assert policy(SITE, entries=ENTRIES).demand(name) == expected


def test_without_an_entry_for_everybody_only_the_name_counts() -> None:
    found = policy(SITE, entries=ENTRIES[1:])
    assert found.demand("alice") == Demand()
    assert found.demand("bob") == Demand(networks=(AWAY,), requirements=(SECOND,))


def test_t28_every_list_has_to_admit() -> None:
    both = Demand(networks=(OFFICE, AWAY))
    assert not both.admits(address(HOME))
    assert Demand(networks=(OFFICE, HOME_LIST)).admits(address(HOME))
    assert Demand().admits(address(HOME))


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ((), False),
        ((Level.SIGNED_IN,), False),
        ((Level.SIGNED_IN, Level.SECOND_FACTOR), True),
        ((Level.SECURITY_KEY,), True),
    ],
)
def test_g8_a_demand_knows_whether_a_password_alone_is_too_little(
    levels: tuple[Level, ...], *, expected: bool
) -> None:
    asked = tuple(Requirement(level=level) for level in levels)
    assert Demand(requirements=asked).second_factor is expected


def test_groups_of_an_account_are_sorted() -> None:
    found = policy(SITE, groups=[group("z", "alice"), group("a", "alice", "bob")])
    assert [found.groups_of(name) for name in ("alice", "bob", "carol")] == [("a", "z"), ("a",), ()]


def test_the_earliest_day_to_enrol_of_all_groups_counts() -> None:
    later, soon = NOW + timedelta(days=9), NOW + timedelta(days=2)
    groups = [
        group("a", "alice", "bob", enrol_by=later),
        group("b", "alice", enrol_by=soon),
        group("c", "alice", "carol"),
    ]
    found = policy(SITE, groups=groups)
    assert [found.enrol_by(name) for name in ("alice", "bob", "carol")] == [soon, later, None]


@pytest.mark.parametrize(("name", "expected"), [("alice", True), ("dora", True), ("bob", False)])
def test_admins_are_named_by_group_or_by_name(name: str, *, expected: bool) -> None:
    admins = Admins(groups=frozenset({"admins"}), accounts=frozenset({"dora"}))
    assert policy(SITE, admins=admins).is_admin(name) is expected


def test_nobody_is_an_admin_by_default() -> None:
    assert not policy(SITE).is_admin("alice")
