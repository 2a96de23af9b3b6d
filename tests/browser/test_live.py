"""Streams of the old site: they work through the gate, and end with the session."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.looks import Console
from tests.browser.person import ACCOUNT, Person


def listens(person: Person) -> Page:
    """Open the page with both streams, and see that they run."""
    person.opens("/live")
    page = person.page
    expect(page.locator("#stream-state")).to_have_text("open")
    expect(page.locator("#socket-state")).to_have_text("open")
    page.get_by_label("Message:").fill("Anybody at goods in?")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#messages")).to_contain_text(f"{person.name}: Anybody at goods in?")
    expect(page.locator("#movements tr")).not_to_have_count(1)
    return page


def are_cut(page: Page) -> None:
    """See that both streams end, and stay so."""
    expect(page.locator("#socket-state")).to_have_text("interrupted")
    expect(page.locator("#stream-state")).to_have_text("interrupted")


def test_g19_signing_out_in_another_window_cuts_the_streams(
    person: Person, browser: BrowserContext, console: Console
) -> None:
    console.forgive("/ws")
    console.forgive("ERR_")
    person.is_signed_in()
    page = listens(person)
    beside = Person(person.name, browser.new_page(), person.home)
    beside.signs_out()
    are_cut(page)


def test_g19_signing_one_browser_out_from_another_cuts_its_streams_alone(
    person: Person, other_browser: BrowserContext, console: Console
) -> None:
    console.forgive("/ws")
    console.forgive("ERR_")
    person.is_signed_in()
    page = listens(person)
    elsewhere = Person(person.name, other_browser.new_page(), person.home)
    elsewhere.is_signed_in()
    bystander = Person(person.name, other_browser.new_page(), person.home)
    heard = listens(bystander)
    elsewhere.opens(f"{ACCOUNT}/sessions")
    elsewhere.page.get_by_role("button", name="Sign out all others").click()
    are_cut(page)
    expect(heard.locator("#socket-state")).to_have_text("open")
    expect(heard.locator("#stream-state")).to_have_text("open")
