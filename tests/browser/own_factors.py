"""What people do on the pages about their code apps and recovery codes."""

from __future__ import annotations

from typing import Final

from playwright.sync_api import expect

from tests.browser.person import ACCOUNT, PASSWORD, Person
from tests.browser.phone import Phone, phone_that_scanned

TOTP: Final = f"{ACCOUNT}/totp"
RECOVERY_CODES: Final = f"{ACCOUNT}/recovery-codes"


def begin_app(person: Person) -> Phone:
    """Ask for a new app and scan what is shown."""
    person.opens(TOTP)
    person.page.get_by_label("Code from your app").fill(person.code())
    person.saves("Add a code app")
    expect(person.page.get_by_role("heading", name="Add a code app")).to_be_visible()
    return phone_that_scanned(person.page)


def confirm_app(person: Person, code: str, name: str = "Tablet") -> None:
    """Fill the form under the QR code."""
    page = person.page
    page.get_by_label("Name of the app or phone").fill(name)
    page.get_by_label("Your password", exact=True).fill(PASSWORD)
    page.get_by_label("Code that the app shows now").fill(code)
    person.saves("Turn on")


def make_codes(person: Person) -> list[str]:
    """Make recovery codes and read them off the page."""
    person.opens(RECOVERY_CODES)
    person.page.get_by_label("Code from your app").fill(person.code())
    person.page.locator("main button[type=submit]").click()
    expect(person.page.get_by_role("heading", name="Store these codes now")).to_be_visible()
    return person.page.locator("#codes li").all_inner_texts()
