"""A first factor from the account page: where it is allowed, and after the password (G3, G20)."""

from __future__ import annotations

import pytest

from tests.ui.browser import Browser
from tests.ui.house import PASSWORD, House, allowlist
from tests.ui.travelling import ENROL

SECURITY = "/-/gate/account/security"
PAGE = f"{SECURITY}/first-factor"


def entered(house: House) -> Browser:
    house.add("carol", has_app=False)
    browser = Browser(house.app)
    browser.enter("carol")
    return browser


@pytest.fixture
def house() -> House:
    return House(first_sign_in_from=allowlist("203.0.113.0/24"))


def test_g20_the_overview_leads_there_only_where_it_is_allowed(house: House) -> None:
    carol = entered(house)
    assert f'href="{PAGE}"' in carol.get(SECURITY).text
    carol.client = "198.51.100.4"
    assert f'href="{PAGE}"' not in carol.get(SECURITY).text
    assert "for a link to set one up" in carol.get(SECURITY).text
    assert carol.get(PAGE).status == 403


def test_g20_by_default_it_is_nowhere() -> None:
    carol = entered(House())
    assert f'href="{PAGE}"' not in carol.get(SECURITY).text
    assert carol.get(PAGE).status == 403
    hidden = carol.get(f"{SECURITY}/password").hidden
    assert carol.post(PAGE, hidden | {"password": PASSWORD}).status == 403


def test_g3_the_password_begins_the_journey(house: House) -> None:
    carol = entered(house)
    answer = carol.fill(PAGE, {"password": PASSWORD})
    assert (answer.status, answer.location) == (303, ENROL)
    page = carol.follow(answer)
    assert page.title.startswith("One thing before you go on")


def test_g3_a_wrong_password_begins_nothing(house: House) -> None:
    carol = entered(house)
    answer = carol.fill(PAGE, {"password": "not the password"})
    assert answer.status == 422
    assert answer.title.startswith("Error: ")
    assert "__Host-gate-enrol" not in carol.cookies


def test_g16_wrong_passwords_are_counted_and_the_fifth_ends_the_session(house: House) -> None:
    carol = entered(house)
    hidden = carol.get(PAGE).hidden
    for _ in range(4):
        carol.post(PAGE, hidden | {"password": "not the password"})
    answer = carol.post(PAGE, hidden | {"password": "not the password"})
    assert answer.location.startswith("/-/gate/sign-in")
    assert house.store.sessions.all() == ()


def test_who_has_a_factor_already_does_not(house: House) -> None:
    house.add("alice")
    alice = Browser(house.app)
    alice.sign_in(house, "alice")
    assert alice.get(PAGE).status == 403
