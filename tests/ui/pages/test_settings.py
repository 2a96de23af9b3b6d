"""Settings: the display name, and what the site is told beside it."""

from __future__ import annotations

import pytest

from tests.ui.browser import Browser
from tests.ui.house import House

PAGE = "/-/gate/account/settings"


def name_of(house: House) -> str:
    alice = house.store.accounts.by_name("alice")
    assert alice is not None
    return alice.display_name


def test_the_display_name_is_saved(house: House, browser: Browser) -> None:
    answer = browser.fill(PAGE, {"display_name": " Alice  Liddell "})
    assert answer.status == 303
    page = browser.follow(answer)
    assert "Your settings were saved." in page.text
    assert 'value="Alice Liddell"' in page.text
    assert name_of(house) == "Alice Liddell"
    assert "How Alice Liddell is protected." in browser.get("/-/gate/account/security").text


def test_an_empty_name_leaves_the_accounts_own(house: House, browser: Browser) -> None:
    browser.fill(PAGE, {"display_name": ""})
    assert name_of(house) == ""
    assert "How alice is protected." in browser.get("/-/gate/account/security").text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("a" * 129, "128 characters are the most"),
        ("a\u202eb", "characters that can\u2019t be seen"),
    ],
)
def test_a_wrong_name_is_told_at_its_field(
    house: House, browser: Browser, typed: str, words: str
) -> None:
    answer = browser.fill(PAGE, {"display_name": typed})
    assert answer.status == 422
    assert answer.title.startswith("Error: ")
    assert words in answer.text
    assert name_of(house) == "Alice"


def test_t81_a_name_is_inert(browser: Browser) -> None:
    browser.fill(PAGE, {"display_name": '"><b>x'})
    assert "<b>" not in browser.get(PAGE).text


def test_it_says_which_address_is_verified(house: House, browser: Browser) -> None:
    assert "None that is verified." in browser.get(PAGE).text
    alice = house.store.accounts.by_name("alice")
    assert alice is not None
    house.store.accounts.set_profile(alice.id, display_name="Alice", email="a@example.com")
    text = browser.get(PAGE).text
    assert "a@example.com" in text
    assert "Verified" in text
    browser.fill(PAGE, {"display_name": "Al", "email": "evil@example.com"})
    assert "a@example.com" in browser.get(PAGE).text


def test_g14_an_account_without_a_factor_is_told_so(house: House) -> None:
    house.add("carol", has_app=False)
    browser = Browser(house.app)
    browser.enter("carol")
    assert "not_enrolled" in browser.get(PAGE).text
