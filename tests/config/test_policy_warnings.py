"""What `gate check` warns of beside single rules."""

from __future__ import annotations

import pytest

from gate.config.policy_warnings import WARNING_IDS, Surroundings, warnings
from gate.core.host import Host
from gate.core.located import Location
from tests.support.policies import STAFF, loaded, site_text

OWN_HOST = Host(name="gate.example.com")
ADMINS = "admins: {account: alice}\n"


def warned(text: str, pages: Host | None = OWN_HOST) -> list[str]:
    found = loaded(text)
    around = Surroundings(pages=pages, places=found.places)
    return [f"{each.at.line}:{each.at.column} {each.id}" for each in warnings(found.policy, around)]


def test_a_careful_policy_is_not_warned_of() -> None:
    assert warned(ADMINS + site_text()) == []


def test_a_warning_is_one_line_with_its_id() -> None:
    found = loaded(site_text())
    (one,) = warnings(found.policy, Surroundings(pages=OWN_HOST))
    assert str(one) == (
        "p.yaml:2:3: warning: nobody may open the admin pages; add `admins: {group: ...}`"
        " [W05 no-admins]"
    )


def test_ids_are_numbered_and_never_used_twice() -> None:
    numbers = [each.partition(" ")[0] for each in WARNING_IDS]
    assert numbers == [f"W{number:02}" for number in range(1, len(numbers) + 1)]


def test_a_password_alone_is_warned_of() -> None:
    rule = "- {name: a, when: any, then: {require: signed_in}}"
    assert warned(ADMINS + site_text(rule)) == ["7:9 W02 no-second-factor"]


@pytest.mark.parametrize(
    ("level", "expected"),
    [("signed_in", ["8:9 W02 no-second-factor"]), ("second_factor", []), ("security_key", [])],
)
def test_what_everybody_has_to_prove_counts(level: str, expected: list[str]) -> None:
    rule = "- {name: a, when: any, then: {require: signed_in}}"
    text = f'accounts: {{"*": {{require: {level}}}}}\n{ADMINS}{site_text(rule)}'
    assert warned(text) == expected


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("any", ["7:9 W12 public-everywhere"]),
        ("{path: /**}", ["7:9 W12 public-everywhere"]),
        ("{path: /static/**}", []),
    ],
)
def test_letting_everybody_in_everywhere_is_warned_of(when: str, expected: list[str]) -> None:
    assert warned(ADMINS + site_text(f"- {{name: a, when: {when}, then: public}}")) == expected


def test_a_network_that_covers_everything_is_warned_of_wherever_it_stands() -> None:
    text = f"""\
networks: {{all: [0.0.0.0/1, 128.0.0.0/1], office: 10.0.0.0/8}}
accounts: {{alice: {{networks: ['::/0']}}}}
{ADMINS}{site_text("- {name: a, when: {network: 0.0.0.0/0}, then: {require: second_factor}}")}"""
    assert warned(text) == [
        "1:12 W03 covers-everything",
        "2:12 W03 covers-everything",
        "9:9 W03 covers-everything",
    ]


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("", ["2:12 W04 in-no-group"]),
        ("groups: {staff: [bob]}\n", []),
        ("groups: {staff: [bobby]}\n", ["2:12 W04 in-no-group"]),
    ],
)
def test_an_entry_of_an_account_that_nothing_names_is_warned_of(
    rest: str, expected: list[str]
) -> None:
    entry = "accounts: {bob: {networks: 10.0.0.0/8}, '*': {require: second_factor}}\n"
    assert warned(ADMINS + entry + rest + site_text()) == expected


def test_an_entry_of_an_account_that_a_rule_names_is_fine() -> None:
    entry = "accounts: {bob: {networks: 10.0.0.0/8}}\n"
    rule = "- {name: a, when: {not: {account: bob}}, then: {deny: x}}"
    assert warned(ADMINS + entry + site_text(rule)) == []


@pytest.mark.parametrize("admins", ["", "groups: {admins: [bob]}\nadmins: {group: admins}\n"])
def test_nobody_who_may_administrate_is_warned_of(admins: str) -> None:
    assert (not warned(admins + site_text())) == bool(admins)


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        (None, ["3:3 W06 shared-origin"]),
        (Host(name="wiki.example.com"), ["3:3 W06 shared-origin"]),
        (Host(name="wiki.example.com", port=443), ["3:3 W06 shared-origin"]),
        (OWN_HOST, []),
    ],
)
def test_g5_pages_on_the_applications_origin_are_warned_of(
    pages: Host | None, expected: list[str]
) -> None:
    assert warned(ADMINS + site_text(), pages) == expected


def test_g7_a_site_that_observes_is_warned_of() -> None:
    text = ADMINS + site_text(STAFF, "mode: observe\nobserve_until: 2027-03-31")
    assert warned(text) == ["3:3 W11 observing"]


def test_g20_enrolment_at_a_first_sign_in_is_warned_of() -> None:
    found = loaded(site_text())
    around = Surroundings(first_sign_in=True)
    warned = {each.id: each.at for each in warnings(found.policy, around)}
    assert warned["W14 first-sign-in"] == found.policy.sites["wiki"].at
    everybody = loaded(f'accounts: {{"*": {{require: second_factor}}}}\n{site_text()}')
    warned = {each.id: each.at for each in warnings(everybody.policy, around)}
    assert warned["W14 first-sign-in"] == everybody.policy.accounts["*"].at
    assert "W14 first-sign-in" not in {each.id for each in warnings(found.policy, Surroundings())}


def test_warnings_come_in_the_order_of_the_file() -> None:
    text = site_text("- {name: a, when: any, then: public}")
    found = loaded(text)
    places = [each.at for each in warnings(found.policy, Surroundings())]
    assert places == sorted(places)
    assert places[0] == Location(file="p.yaml", line=2, column=3)
