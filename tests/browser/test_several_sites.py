"""Two sites on two hosts: one sign-in, one sign-out, and a step-up that comes back (G5)."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import BrowserContext, expect

from tests.browser.looks import Console
from tests.browser.person import ACCOUNT, SIGN_IN, SIGN_OUT, STEP_UP, Person


def goes_to(person: Person, path: str) -> None:
    """Type an address of the other site."""
    person.page.goto(person.home.other_origin + path)


def is_at(person: Person, path: str) -> None:
    """Wait for a page of the other site."""
    person.page.wait_for_url(person.home.other_origin + path)


def test_g5_one_sign_in_opens_both_sites(person: Person) -> None:
    wanted = "/orders?q=a%20b%26c"
    goes_to(person, wanted)
    page = person.page
    assert page.url.startswith(f"{person.home.origin}{SIGN_IN}?next=")
    assert page.title() == "Sign in to times · Gate"
    person.enters()
    person.proves()
    is_at(person, wanted)
    expect(page.get_by_role("heading", name="Orders")).to_be_visible()
    person.opens("/stock")
    assert person.url == "/stock"
    expect(page.get_by_role("heading", name="Stock")).to_be_visible()


def test_g5_who_is_signed_in_to_the_first_site_is_asked_nothing_by_the_second(
    person: Person,
) -> None:
    person.signs_in("/orders")
    goes_to(person, "/orders")
    assert person.page.url == f"{person.home.other_origin}/orders"
    names = [each["name"] for each in person.page.context.cookies(person.home.other_origin)]
    assert names.count(person.home.gate.cookie_name) == 1
    assert not [name for name in names if "ticket" in name]


def test_t41_signing_out_on_one_site_ends_the_other(person: Person) -> None:
    person.signs_in("/orders")
    goes_to(person, "/orders")
    goes_to(person, SIGN_OUT)
    expect(person.page.get_by_text("This also signs this browser out of")).to_contain_text(
        "localhost"
    )
    person.page.get_by_role("button", name="Sign out").click()
    person.page.get_by_role("heading", name="You are signed out").wait_for()
    person.opens("/orders")
    assert person.url.startswith(SIGN_IN)
    goes_to(person, "/orders")
    assert person.url.startswith(SIGN_IN)


def test_t41_signing_out_at_home_ends_the_other(person: Person) -> None:
    goes_to(person, "/orders")
    person.enters()
    person.proves()
    is_at(person, "/orders")
    person.signs_out()
    goes_to(person, "/orders")
    assert person.url.startswith(SIGN_IN)


def test_t40_a_site_that_needs_more_asks_at_home_and_leads_back(person: Person) -> None:
    person.is_signed_in(age=timedelta(minutes=20))
    goes_to(person, "/orders")
    expect(person.page.get_by_role("heading", name="Orders")).to_be_visible()
    goes_to(person, "/stock?q=x")
    assert person.url.startswith(f"{STEP_UP}?next=")
    assert person.heading == "Confirm that it\u2019s you"
    person.proves()
    is_at(person, "/stock?q=x")
    expect(person.page.get_by_role("heading", name="Stock")).to_be_visible()


def test_a_browser_is_one_line_with_its_sites(
    person: Person, other_browser: BrowserContext
) -> None:
    person.signs_in("/orders")
    goes_to(person, "/orders")
    again = Person(person.name, other_browser.new_page(), person.home, person.last_step)
    again.signs_in("/orders")
    person.opens(f"{ACCOUNT}/sessions")
    rows = person.page.locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.filter(has_text="This one")).to_contain_text("localhost, times.localhost")
    person.page.get_by_role("button", name="Sign out all others").click()
    expect(rows).to_have_count(1)
    goes_to(person, "/orders")
    assert person.page.url == f"{person.home.other_origin}/orders"


def test_a_ticket_that_is_not_good_says_so_and_one_press_signs_in(
    person: Person, console: Console
) -> None:
    console.forgive("403")
    person.is_signed_in()
    goes_to(person, f"/-/gate/arrive?ticket={'x' * 43}")
    assert person.heading == "One more try to sign you in here"
    person.page.get_by_role("link", name="Sign in").click()
    is_at(person, "/")
