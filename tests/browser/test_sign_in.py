"""Signing in: name and password, a code, and back to the exact page that was wanted."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.looks import has_focus
from tests.browser.person import ACCOUNT, PREFIX, SIGN_IN, STEP_UP, Person

WRONG = "The name or the password is not right."
WRONG_CODE = "That code was not accepted. Wait for the next one, then enter it."
GUESSES = 5  # in five minutes (G16)


def test_signing_in_leads_back_to_the_exact_wanted_page(person: Person) -> None:
    wanted = "/stock?q=a%20b%26c&category=&page=1"
    person.opens(wanted)
    assert person.url == f"{SIGN_IN}?next={quote(wanted, safe='/')}"
    assert person.page.title() == "Sign in to intranet · Gate"
    person.enters()
    assert person.heading == "Enter your code"
    assert has_focus(person.page, "#code")
    person.proves()
    person.page.wait_for_url(person.home.origin + wanted)
    assert person.page.get_by_text("Signed in as:").locator("b").inner_text() == person.name


def test_a_visit_without_a_wish_ends_at_the_start_of_the_site(person: Person) -> None:
    person.opens(SIGN_IN)
    person.enters()
    person.proves()
    expect(person.page.get_by_role("heading", name="Welcome")).to_be_visible()
    assert person.url == "/"


def test_a_wrong_password_says_so_once_and_in_the_field(person: Person) -> None:
    person.opens("/orders")
    person.enters("not the password")
    page = person.page
    assert page.title().startswith("Error: ")
    summary = page.get_by_role("alert")
    expect(summary).to_have_text(WRONG)
    expect(page.get_by_label("Account name")).to_have_value(person.name)
    field = page.get_by_label("Password", exact=True)
    expect(field).to_have_value("")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(WRONG)
    assert has_focus(page, "#password")
    summary.get_by_role("link").click()
    assert has_focus(page, "#password")
    person.enters()
    person.proves()
    assert person.url == "/orders"


def test_t73_an_unknown_name_reads_as_a_wrong_password(person: Person) -> None:
    person.opens(SIGN_IN)
    person.enters("not the password")
    known = person.page.locator("main").inner_text()
    person.name = "nobody-at-all"
    person.enters("not the password")
    assert person.page.locator("main").inner_text() == known


def test_a_wrong_code_says_so_and_the_next_one_is_taken(person: Person) -> None:
    person.opens("/orders")
    person.enters()
    person.proves("000 000")
    page = person.page
    assert page.title().startswith("Error: ")
    expect(page.get_by_role("alert")).to_have_text(WRONG_CODE)
    field = page.get_by_label("Code from your app")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(
        f"Six digits. They change every 30 seconds. {WRONG_CODE}"
    )
    assert has_focus(page, "#code")
    person.proves()
    assert person.url == "/orders"


def test_g16_after_five_wrong_codes_a_right_one_has_to_wait(person: Person) -> None:
    person.opens("/orders")
    person.enters()
    for _ in range(GUESSES):
        person.proves("000000")
    right = person.code()
    person.proves(right)
    expect(person.page.get_by_role("alert")).to_contain_text("Too many attempts. Try again in")
    assert person.page.title().startswith("Error: ")
    person.opens("/orders")
    assert person.heading == "Enter your code"


def test_g16_after_five_wrong_passwords_the_page_says_how_long_to_wait(person: Person) -> None:
    person.opens("/orders")
    for _ in range(GUESSES):
        person.enters("not the password")
    person.enters()
    expect(person.page.get_by_role("alert")).to_contain_text("Too many attempts. Try again in")


def test_t60_a_code_opens_one_browser(person: Person, other_browser: BrowserContext) -> None:
    person.opens("/orders")
    person.enters()
    code = person.code()
    person.proves(code)
    assert person.url == "/orders"
    again = Person(person.name, other_browser.new_page(), person.home, person.last_step)
    again.opens("/orders")
    again.enters()
    again.proves(code)
    expect(again.page.get_by_role("alert")).to_have_text(WRONG_CODE)
    again.proves()
    assert again.url == "/orders"


def test_t44_a_password_alone_opens_nothing(person: Person) -> None:
    person.opens("/orders")
    person.enters()
    assert person.heading == "Enter your code"
    for path in ("/orders", ACCOUNT, f"{ACCOUNT}/networks", f"{ACCOUNT}/sessions"):
        person.opens(path)
        assert person.heading == "Enter your code"
        assert person.url == f"{STEP_UP}?next={quote(path, safe='/')}"


def test_t48_going_back_after_signing_in_asks_for_nothing_twice(person: Person) -> None:
    person.signs_in("/orders")
    person.goes_back()
    expect(person.page.get_by_role("heading", name="Orders")).to_have_count(0)
    person.goes_forward()
    expect(person.page.get_by_role("heading", name="Orders")).to_be_visible()


def test_a_person_who_is_signed_in_is_told_so_on_the_sign_in_page(person: Person) -> None:
    person.is_signed_in()
    person.opens(f"{SIGN_IN}?next=/orders")
    expect(person.page.get_by_text(f"You are signed in as {person.name}")).to_be_visible()
    person.page.get_by_role("link", name="Continue").click()
    assert person.url == "/orders"


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example/", f"{PREFIX}sign-out", "/\\evil.example"]
)
def test_t80_a_wish_for_somewhere_else_ends_at_the_start(person: Person, wanted: str) -> None:
    person.opens(f"{SIGN_IN}?next={quote(wanted, safe='')}")
    person.enters()
    person.proves()
    person.page.wait_for_url(f"{person.home.origin}/")


def test_the_password_can_be_looked_at(person: Person) -> None:
    person.opens(SIGN_IN)
    field = person.page.get_by_label("Password", exact=True)
    field.fill("correct")
    toggle = person.page.get_by_role("button", name="Show password")
    toggle.click()
    expect(field).to_have_attribute("type", "text")
    assert has_focus(person.page, "#password")
    person.page.get_by_role("button", name="Hide password").click()
    expect(field).to_have_attribute("type", "password")
