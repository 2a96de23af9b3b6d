"""With the keyboard alone: sign in, look after the account, sign out."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.looks import has_focus
from tests.browser.own_factors import make_codes
from tests.browser.person import ACCOUNT, PASSWORD, Person

MOST_TABS = 40
FOCUSED = """() => {
  const it = document.activeElement;
  return (it.ariaLabel || it.innerText || it.id || "").trim().split("\\n")[0];
}"""
RING = "() => getComputedStyle(document.activeElement).outlineStyle"


def tab_to(page: Page, words: str) -> None:
    """Press Tab until the keyboard is at what begins with these words."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED).startswith(words):
            assert page.evaluate(RING) != "none"
            return
    raise AssertionError(f"{words} can't be reached")


def test_by_keyboard_a_person_signs_in_and_out(person: Person) -> None:
    person.opens("/orders")
    page = person.page
    assert has_focus(page, "#account")
    page.keyboard.type(person.name)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Enter your code").wait_for()
    page.keyboard.type(person.code())
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Orders").wait_for()
    person.opens(ACCOUNT)
    tab_to(page, "Sign out")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Sign out?").wait_for()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()


def test_by_keyboard_the_navigation_can_be_skipped(person: Person) -> None:
    person.is_signed_in()
    person.opens(ACCOUNT)
    person.page.keyboard.press("Tab")
    assert person.page.evaluate(FOCUSED) == "Skip to the content"
    person.page.keyboard.press("Enter")
    assert has_focus(person.page, "#main")


def test_by_keyboard_addresses_are_reached_and_saved(person: Person) -> None:
    person.is_signed_in()
    person.opens(f"{ACCOUNT}/networks")
    page = person.page
    tab_to(page, "networks")
    page.keyboard.type("127.0.0.1")
    tab_to(page, "proof")
    page.keyboard.type(person.code())
    tab_to(page, "Save addresses")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Your new addresses count from now on")
    tab_to(page, "Keep it")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Your addresses were kept")


def test_by_keyboard_a_recovery_code_shows_that_the_set_was_stored(person: Person) -> None:
    person.is_signed_in()
    codes, page = make_codes(person), person.page
    tab_to(page, "Show it with one")
    page.keyboard.press("Enter")
    tab_to(page, "recovery_code")
    page.keyboard.type(codes[0])
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Your recovery codes are ready")


def test_by_keyboard_a_code_app_is_renamed(person: Person) -> None:
    person.is_signed_in()
    person.opens(f"{ACCOUNT}/totp")
    page = person.page
    tab_to(page, "Rename")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Old phone")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("The code app has its new name.")
    expect(page.get_by_role("rowheader", name="Old phone")).to_be_visible()
