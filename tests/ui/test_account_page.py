"""Notices wait on the account page, and only the session that made the change is shown one."""

from __future__ import annotations

import pytest

from tests.ui.browser import Browser
from tests.ui.house import PASSWORD, House
from tests.ui.test_ask import ask
from ui.account_page import NOTICES, session_of

SECURITY = "/-/gate/account/security"


@pytest.fixture
def house() -> House:
    house = House()
    house.add("alice")
    return house


def changed(house: House, browser: Browser) -> str:
    """Change the password and give where that leads."""
    browser.sign_in(house, "alice")
    new = "seven tired otters rowing home"
    fields = {"current": PASSWORD, "password": new}
    return browser.fill(f"{SECURITY}/password", fields).location


def test_a_change_is_confirmed_after_the_redirect(house: House) -> None:
    browser = Browser(house.app)
    assert NOTICES["password"] in browser.get(changed(house, browser)).text


def test_no_link_from_elsewhere_makes_the_page_say_something(house: House) -> None:
    browser = Browser(house.app)
    location = changed(house, browser)
    for forged in (
        location.replace("done=password", "done=no-networks"),
        location[:-1] + ("0" if location[-1] != "0" else "1"),
        f"{SECURITY}?done=password",
        f"{SECURITY}?done=%3Cscript%3E&for=x",
    ):
        text = browser.get(forged).text
        assert 'role="status"' not in text
        assert "<script>" not in text


def test_a_page_without_a_session_is_a_mistake_of_ours() -> None:
    with pytest.raises(LookupError):
        session_of(ask())
