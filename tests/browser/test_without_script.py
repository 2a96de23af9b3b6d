"""Without script everything works as well: pages are forms, and forms are enough."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.conftest import new_browser
from tests.browser.installation import Installation
from tests.browser.looks import Console
from tests.browser.own_factors import begin_app, confirm_app, make_codes
from tests.browser.person import ACCOUNT, PASSWORD, SIGN_IN, Person


@pytest.fixture
def browser(chromium: Browser, console: Console) -> Iterator[BrowserContext]:
    """Give a browser that runs no script."""
    with new_browser(chromium, console, java_script_enabled=False) as context:
        yield context


def test_without_script_signing_in_and_out_works(person: Person) -> None:
    person.signs_in("/stock?q=pump")
    expect(person.page.get_by_text("Signed in as:").locator("b")).to_have_text(person.name)
    person.signs_out()
    person.opens("/stock?q=pump")
    assert person.url.startswith(SIGN_IN)


def test_without_script_nothing_is_shown_that_needs_one(person: Person) -> None:
    person.opens(SIGN_IN)
    expect(person.page.get_by_role("button")).to_have_count(1)
    person.is_signed_in()
    person.opens(f"{ACCOUNT}/networks")
    expect(person.page.get_by_role("button", name="Add my address")).to_be_hidden()


def test_without_script_a_password_is_changed(person: Person) -> None:
    person.is_signed_in()
    person.opens(f"{ACCOUNT}/password")
    person.page.get_by_label("Current password", exact=True).fill(PASSWORD)
    person.page.get_by_label("New password", exact=True).fill("seven quiet herons wade")
    person.saves("Change password")
    expect(person.page.get_by_role("status")).to_contain_text("Your password was changed.")


def test_without_script_addresses_are_checked_by_a_button_and_saved(
    person: Person, home: Installation
) -> None:
    person.is_signed_in()
    person.opens(f"{ACCOUNT}/networks")
    page = person.page
    page.locator("#networks").fill("198.51.100.0/24")
    person.saves("Check")
    expect(page.locator("#verdict")).to_contain_text("which the list does not cover.")
    expect(page.get_by_label("I know that I\u2019ll be locked out here")).to_be_visible()
    page.locator("#networks").fill("127.0.0.1")
    page.get_by_label("Code from your app").fill(person.code())
    person.saves("Save addresses")
    expect(page.get_by_role("status")).to_contain_text("Your new addresses count from now on")
    person.saves("Keep it")
    expect(page.get_by_role("status")).to_contain_text("Your addresses were kept")
    shown = home.gate.command("account", "networks", person.name)
    assert "127.0.0.1" in shown


def test_without_script_a_code_app_is_added_and_recovery_codes_are_kept(person: Person) -> None:
    person.is_signed_in()
    phone = begin_app(person)
    expect(person.page.get_by_role("button", name="Copy the key")).to_be_hidden()
    confirm_app(person, phone.code())
    expect(person.page.get_by_role("status")).to_contain_text("Your new code app is on.")
    codes = make_codes(person)
    with person.page.expect_download() as begun:
        person.saves("Download as a file")
    assert begun.value.suggested_filename.startswith("localhost-recovery-codes-")
    person.page.get_by_text("Show it with one of them instead").click()
    person.page.get_by_label("One of the codes").fill(codes[9])
    person.saves("Continue")
    expect(person.page.get_by_role("status")).to_contain_text("Your recovery codes are ready")
    expect(person.page.get_by_text("9 left")).to_be_visible()


def test_without_script_the_page_about_keys_says_what_is_missing(person: Person) -> None:
    person.is_signed_in()
    person.opens(f"{ACCOUNT}/keys")
    expect(person.page.get_by_text("or its scripts are off")).to_be_visible()
    expect(person.page.get_by_role("button", name="Add this key")).to_be_hidden()
