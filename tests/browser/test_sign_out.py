"""Signing out: a button, an end at once, and a back button that shows nothing."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.person import ACCOUNT, SIGN_IN, SIGN_OUT, Person

BEFORE = 3  # pages that were opened before the last one


def test_t50_opening_the_sign_out_page_signs_nobody_out(person: Person) -> None:
    person.is_signed_in()
    person.opens(SIGN_OUT)
    assert person.heading == "Sign out?"
    person.page.get_by_role("link", name="Stay signed in").click()
    assert person.heading == "Welcome"


def test_t41_after_signing_out_every_page_asks_to_sign_in(person: Person) -> None:
    person.is_signed_in()
    person.opens("/orders")
    person.signs_out()
    for path in ("/orders", ACCOUNT):
        person.opens(path)
        assert person.url.startswith(SIGN_IN)


def test_t48_the_back_button_shows_nothing_private_after_signing_out(person: Person) -> None:
    person.is_signed_in()
    person.opens("/orders")
    person.opens(ACCOUNT)
    person.signs_out()
    for _ in range(BEFORE):
        person.goes_back()
        page = person.page
        page.locator("main").wait_for()
        expect(page.get_by_text(person.name)).to_have_count(0)
        expect(page.get_by_role("heading", name="Orders")).to_have_count(0)
        expect(page.get_by_role("heading", name="Security")).to_have_count(0)


def test_the_cookie_is_gone_and_the_site_keeps_its_own(person: Person) -> None:
    person.is_signed_in()
    person.opens("/orders")
    person.signs_out()
    names = {each["name"] for each in person.page.context.cookies()}
    assert names == {"HPSESSID"}


def test_signing_in_again_is_one_press_away(person: Person) -> None:
    person.is_signed_in()
    person.signs_out()
    person.page.get_by_role("link", name="Sign in again").click()
    person.enters()
    person.proves()
    assert person.heading == "Welcome"
