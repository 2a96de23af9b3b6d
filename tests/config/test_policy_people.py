"""Networks, groups, admins and account entries of a policy."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import ip_address, ip_network

import pytest

from gate.core.decision import Level
from gate.core.policy import Admins, Requirement
from tests.support.policies import SITE, policy_of, problems_of


def test_networks_have_names() -> None:
    policy = policy_of(
        f"networks: {{office: [203.0.113.0/24, 2001:db8::1], vpn: 10.0.0.0/8}}\n{SITE}"
    )
    assert policy.networks["office"].networks == (
        ip_network("203.0.113.0/24"),
        ip_network("2001:db8::1"),
    )
    assert policy.networks["vpn"].admits(ip_address("10.1.2.3"))


@pytest.mark.parametrize("name", ["10.0.0.1", "Office", "a b", "-", '"*"'])
def test_a_network_is_not_named_like_an_address_or_oddly(name: str) -> None:
    (line,) = problems_of(f"networks:\n  {name}: 10.0.0.0/8\n{SITE}")
    assert line.startswith("2:3: `")
    assert "is no name of a network" in line


def test_every_bad_address_is_told() -> None:
    lines = problems_of(f"networks:\n  office: [10.0.0.1/8, fine, 10.0.0.0/8, 300.1.1.1]\n{SITE}")
    assert [line.split(": ")[0] for line in lines] == ["2:12", "2:24", "2:42"]


def test_g10_names_are_folded() -> None:
    policy = policy_of(
        f"groups: {{Admins: [Alice]}}\naccounts: {{BOB: {{require: signed_in}}}}\n{SITE}"
    )
    assert policy.groups["admins"].members == {"alice"}
    assert policy.accounts["bob"].name == "bob"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("groups: {staff: [Bob, bob]}", "1:23: `bob` stands twice, first at p.yaml:1:18;"),
        ("groups: {Staff: [a], staff: [b]}", "1:22: `staff` stands twice, first at p.yaml:1:10;"),
        (
            "accounts: {Bob: {require: signed_in}, bob: {require: signed_in}}",
            "1:39: `bob` stands twice, first at p.yaml:1:12;",
        ),
        ("admins: {account: [Bob, bob]}", "1:25: `bob` stands twice, first at p.yaml:1:20;"),
    ],
)
def test_g10_two_spellings_of_a_name_are_the_same_name(text: str, expected: str) -> None:
    (line,) = problems_of(f"{text}\n{SITE}")
    assert line.startswith(expected)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("groups: {a b: [x]}", "1:10"),
        ("groups: {a: [x y]}", "1:14"),
        ("groups: {a: ['']}", "1:14"),
        ("accounts: {b*: {require: signed_in}}", "1:12"),
        (f"accounts: {{{'b' * 65}: {{require: signed_in}}}}", "1:12"),
    ],
)
def test_g10_odd_names_are_refused(text: str, place: str) -> None:
    (line,) = problems_of(f"{text}\n{SITE}")
    assert line.startswith(f"{place}: ")


def test_a_group_may_say_by_when_its_members_enrol() -> None:
    policy = policy_of(f"groups: {{staff: {{members: [bob], enrol_by: 2027-03-31}}}}\n{SITE}")
    assert policy.groups["staff"].enrol_by == datetime(2027, 4, 1, tzinfo=UTC)
    assert policy.groups["staff"].members == {"bob"}


def test_a_group_may_be_written_long() -> None:
    policy = policy_of(f"groups: {{staff: {{members: bob}}}}\n{SITE}")
    assert policy.groups["staff"].members == {"bob"}
    assert policy.groups["staff"].enrol_by is None


def test_admins_of_a_group_that_is_not_there_are_a_problem() -> None:
    assert problems_of(f"groups: {{staff: bob}}\nadmins: {{group: Staf}}\n{SITE}") == [
        "2:17: unknown group `staf`; did you mean `staff`?"
    ]


def test_a_group_without_members_is_a_problem() -> None:
    assert problems_of(f"groups: {{staff: {{enrol_by: 2027-03-31}}}}\n{SITE}") == [
        "1:17: `members` is missing; add it here"
    ]


def test_admins_are_groups_and_accounts() -> None:
    groups = "groups: {admins: [a], help: [b]}\n"
    policy = policy_of(f"{groups}admins: {{group: [admins, help], account: Carol}}\n{SITE}")
    assert policy.admins == Admins(
        groups=frozenset({"admins", "help"}), accounts=frozenset({"carol"})
    )


@pytest.mark.parametrize("text", ["admins: {}", "admins: [alice]", "admins: {grup: a}"])
def test_g9_admins_are_never_nothing_by_mistake(text: str) -> None:
    assert len(problems_of(f"{text}\n{SITE}")) == 1


def test_an_account_entry_joins_networks_by_name_and_by_address() -> None:
    policy = policy_of(
        "networks: {office: [10.0.0.0/8], vpn: [192.0.2.0/24]}\n"
        "accounts:\n"
        "  bob: {networks: [office, 198.51.100.7, vpn]}\n"
        "  carol: {networks: office}\n"
        '  "*": {require: second_factor}\n' + SITE
    )
    networks = policy.accounts["bob"].networks
    assert networks is not None
    assert [str(each) for each in networks.networks] == [
        "10.0.0.0/8",
        "198.51.100.7/32",
        "192.0.2.0/24",
    ]
    assert policy.accounts["carol"].networks is policy.networks["office"]
    assert policy.accounts["*"].require == Requirement(level=Level.SECOND_FACTOR)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("{networks: [offic]}", "20: unknown network `offic`; did you mean `office`?"),
        ("{networks: [10.0.0.300]}", "20: `10.0.0.300` is no network;"),
        ("{networks: [10.0.0.1/8]}", "20: `10.0.0.1/8` has bits set"),
        ("{networks: ['::g']}", "20: `::g` is no network;"),
        ("{networks: []}", "19: `networks` is an empty list;"),
        ("{}", "8: `bob` is empty;"),
        ("~", "8: `bob` takes `key: value` entries;"),
        ("{require: public}", "18: unknown `require` `public`"),
        ("{require: any_session}", "18: unknown `require` `any_session`"),
        ("{require: own_strongest}", "18: unknown `require` `own_strongest`"),
    ],
)
def test_g9_an_account_entry_with_a_mistake_never_passes_for_none(
    entry: str, expected: str
) -> None:
    text = f"networks: {{office: 10.0.0.0/8}}\naccounts:\n  bob: {entry}\n"
    (line,) = problems_of(text + SITE)
    assert line.startswith(f"3:{expected}")
