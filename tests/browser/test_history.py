"""The history of an account, as somebody reads it, filters it and takes it along."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.person import ACCOUNT, Person

HISTORY = f"{ACCOUNT}/history"


def test_the_history_is_read_filtered_and_saved(person: Person) -> None:
    person.signs_in("/orders")
    person.opens(ACCOUNT)
    page = person.page
    page.get_by_role("link", name="Whole history").click()
    events = page.locator(".event-what")
    expect(events).to_have_text(
        ["Confirmed with a code", "Signed in with the password", "Account added"]
    )
    expect(page.locator("[data-zone]")).to_contain_text("Times are those of this device")
    assert (page.locator(".event time").first.get_attribute("title") or "").endswith("UTC")
    page.get_by_label("Show", exact=True).select_option("Addresses")
    page.get_by_label("From").fill("2026-01-01")
    person.saves("Show")
    assert "kind=addresses&since=2026-01-01" in page.url
    expect(page.get_by_text("Nothing fits.")).to_be_visible()
    page.get_by_role("link", name="Show everything").click()
    with page.expect_download() as saving:
        person.saves("Download as a table")
    assert saving.value.suggested_filename.endswith(".csv")
    assert "Confirmed with a code" in Path(saving.value.path()).read_text()
