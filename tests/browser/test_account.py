"""A person's own pages: password, sessions and addresses."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, expect

from tests.browser.looks import has_focus
from tests.browser.person import ACCOUNT, PASSWORD, SIGN_IN, Person

NEW_PASSWORD = "seven quiet herons wade"
NETWORKS = f"{ACCOUNT}/networks"
SESSIONS = f"{ACCOUNT}/sessions"
NOT_COVERED = "You are at 127.0.0.1, which the list does not cover."


def beside(person: Person, other: BrowserContext) -> Person:
    """Be signed in in a second browser too."""
    other_self = Person(person.name, other.new_page(), person.home)
    other_self.is_signed_in()
    other_self.opens("/orders")
    assert other_self.heading == "Orders"
    return other_self


def test_the_overview_leads_to_each_page(person: Person) -> None:
    person.is_signed_in()
    person.opens("/-/gate/account/")
    assert person.heading == "Security"
    for link, heading in (
        ("Change password", "Password"),
        ("Add a security key", "Security keys"),
        ("Manage code apps", "Code apps"),
        ("Make recovery codes", "Recovery codes"),
        ("Change addresses", "Addresses"),
        ("Look at sessions", "Sessions"),
    ):
        person.opens(ACCOUNT)
        person.page.get_by_role("link", name=link).click()
        assert person.heading == heading
    person.page.get_by_role("link", name="Back to intranet").click()
    assert person.heading == "Welcome"


def test_t42_a_new_password_ends_the_other_sessions(
    person: Person, other_browser: BrowserContext
) -> None:
    person.is_signed_in()
    elsewhere = beside(person, other_browser)
    person.opens(f"{ACCOUNT}/password")
    person.page.get_by_label("Current password", exact=True).fill(PASSWORD)
    person.page.get_by_label("New password", exact=True).fill(NEW_PASSWORD)
    person.saves("Change password")
    expect(person.page.get_by_role("status")).to_contain_text("Your password was changed.")
    elsewhere.opens("/orders")
    assert elsewhere.url.startswith(SIGN_IN)
    elsewhere.enters()
    expect(elsewhere.page.get_by_role("alert")).to_be_visible()
    elsewhere.enters(NEW_PASSWORD)
    assert elsewhere.heading == "Enter your code"
    person.opens("/orders")
    assert person.heading == "Orders"


def test_a_wrong_current_password_and_a_weak_new_one_are_told(person: Person) -> None:
    person.is_signed_in()
    person.opens(f"{ACCOUNT}/password")
    page = person.page
    page.get_by_label("Current password", exact=True).fill("not the password")
    page.get_by_label("New password", exact=True).fill(NEW_PASSWORD)
    person.saves("Change password")
    expect(page.get_by_role("alert")).to_have_text("That is not your current password.")
    assert page.title().startswith("Error: ")
    page.get_by_label("Current password", exact=True).fill(PASSWORD)
    page.get_by_label("New password", exact=True).fill(f"{person.name}-2026")
    person.saves("Change password")
    page.get_by_role("alert").get_by_role("link").click()
    assert has_focus(page, "#password")


def test_one_browser_is_signed_out_from_the_list(
    person: Person, other_browser: BrowserContext
) -> None:
    person.is_signed_in()
    elsewhere = beside(person, other_browser)
    person.opens(SESSIONS)
    rows = person.page.locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.filter(has_text="This one")).to_have_count(1)
    rows.filter(has_not_text="This one").get_by_role("button").click()
    expect(person.page.get_by_role("status")).to_have_text("That browser has been signed out.")
    expect(rows).to_have_count(1)
    elsewhere.opens("/orders")
    assert elsewhere.url.startswith(SIGN_IN)


def test_all_other_browsers_are_signed_out_at_once(
    person: Person, other_browser: BrowserContext
) -> None:
    person.is_signed_in()
    elsewhere = beside(person, other_browser)
    person.opens(SESSIONS)
    person.saves("Sign out all others")
    expect(person.page.locator("tbody tr")).to_have_count(1)
    expect(person.page.get_by_role("button", name="Sign out all others")).to_have_count(0)
    elsewhere.opens("/orders")
    assert elsewhere.url.startswith(SIGN_IN)


def test_addresses_are_checked_while_they_are_typed(person: Person) -> None:
    person.is_signed_in()
    person.opens(NETWORKS)
    page = person.page
    field, verdict, notes = (
        page.locator("#networks"),
        page.locator("#verdict"),
        page.locator("#notes"),
    )
    expect(verdict).to_contain_text("You are at 127.0.0.1.")
    field.press_sequentially("198.51.100.0/24\n198.51.100.7\n")
    expect(verdict).to_have_text(NOT_COVERED)
    expect(page.locator("#ends")).to_contain_text("This browser would be kept out at once")
    expect(notes).to_contain_text("Line 2")
    expect(page.get_by_label("I know that I\u2019ll be locked out here")).to_be_visible()
    page.get_by_role("button", name="Add my address").click()
    expect(field).to_have_value("198.51.100.0/24\n198.51.100.7\n127.0.0.1\n")
    expect(verdict).to_contain_text("which line 3 covers.")
    expect(page.locator("#ends")).to_be_hidden()
    expect(page.get_by_label("I know that I\u2019ll be locked out here")).to_be_hidden()
    field.fill("198.51.100.7/24")
    expect(notes).to_contain_text("198.51.100.0/24")
    notes.get_by_text("198.51.100.0/24").wait_for()


def test_every_line_that_can_not_be_read_is_named(person: Person) -> None:
    person.is_signed_in()
    person.opens(NETWORKS)
    page = person.page
    page.locator("#networks").fill("203.0.113.7/24\n127.0.0.1\nthe office")
    person.saves("Check")
    expect(page.get_by_role("alert")).to_have_text("2 lines can\u2019t be read.")
    wrong = page.locator("#networks-error")
    expect(wrong).to_contain_text("Line 1")
    expect(wrong).to_contain_text("203.0.113.0/24")
    expect(wrong).to_contain_text("Line 3")
    expect(page.locator("#networks")).to_have_value("203.0.113.7/24\n127.0.0.1\nthe office")
    page.get_by_role("alert").get_by_role("link").click()
    assert has_focus(page, "#networks")


def test_g15_a_list_that_covers_the_own_address_is_saved_with_a_code(person: Person) -> None:
    person.is_signed_in()
    person.opens(NETWORKS)
    page = person.page
    page.locator("#networks").fill("127.0.0.0/8 # this machine")
    page.get_by_label("Code from your app").fill("000000")
    person.saves("Save addresses")
    expect(page.get_by_role("alert")).to_have_text("That code was not accepted.")
    expect(page.locator("#networks")).to_have_value("127.0.0.0/8 # this machine")
    page.get_by_label("Code from your app").fill(person.code())
    person.saves("Save addresses")
    expect(page.get_by_role("status")).to_contain_text("Your new addresses count from now on")
    expect(page.locator("main")).to_contain_text("the restriction goes off by itself in 5 minutes")
    expect(page.locator("#networks")).to_have_value("127.0.0.0/8  # this machine")
    person.saves("Keep it")
    expect(page.get_by_role("status")).to_contain_text("Your addresses were kept")
    expect(page.locator("main")).not_to_contain_text("goes off by itself")


def test_g15_a_list_that_was_tried_is_taken_back_by_a_button(person: Person) -> None:
    person.is_signed_in()
    person.opens(NETWORKS)
    page = person.page
    page.locator("#networks").fill("127.0.0.1")
    page.get_by_label("Code from your app").fill(person.code())
    person.saves("Save addresses")
    person.saves("Go back now")
    expect(page.get_by_role("status")).to_contain_text("from before count again")
    expect(page.locator("#networks")).to_have_value("")


def test_a_list_without_the_own_address_needs_the_tick_and_then_locks_out(
    person: Person,
) -> None:
    person.is_signed_in()
    person.opens(NETWORKS)
    page = person.page
    page.locator("#networks").fill("198.51.100.0/24")
    expect(page.locator("#verdict")).to_have_text(NOT_COVERED)
    page.get_by_label("Code from your app").fill(person.code())
    person.saves("Save addresses")
    expect(page.get_by_role("alert")).to_contain_text("does not cover 127.0.0.1")
    page.get_by_role("alert").get_by_role("link").click()
    assert has_focus(page, "#confirmed")
    page.get_by_label("I know that I\u2019ll be locked out here").check()
    page.get_by_label("Code from your app").fill(person.code())
    person.saves("Save addresses")
    assert person.heading == "This browser is kept out now"
    expect(page.locator("main")).to_contain_text("In 5 minutes the restriction goes off by itself")
    person.opens("/orders")
    assert person.heading == "Not from this address"


def test_g15_a_tried_list_suspends_another_address_until_it_is_kept_or_taken_back(
    person: Person,
) -> None:
    gate, page = person.home.gate, person.page
    elsewhere, host = gate.session(person.name, host="localhost"), f"localhost:{gate.port}"

    def there() -> int:
        return gate.ask("/orders", host, token=elsewhere, source="127.0.0.2").status

    def tries(networks: str) -> None:
        page.locator("#networks").fill(networks)
        page.get_by_label("Code from your app").fill(person.code())
        person.saves("Save addresses")

    person.is_signed_in()
    person.opens(NETWORKS)
    assert there() == 200
    tries("127.0.0.1\n::1")
    assert there() == 403
    person.saves("Go back now")
    assert there() == 200
    tries("127.0.0.2\n127.0.0.1\n::1")
    assert there() == 200
    tries("127.0.0.1\n::1")
    assert there() == 403
    person.saves("Keep it")
    expect(page.get_by_role("status")).to_contain_text("Your addresses were kept")
    assert there() == 403
