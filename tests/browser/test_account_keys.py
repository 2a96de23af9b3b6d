"""Security keys on the account's page, with virtual authenticators as the keys."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.key_ring import KeyRing
from tests.browser.looks import Console
from tests.browser.person import ACCOUNT, Person

KEYS = f"{ACCOUNT}/keys"
PROOF = f"{ACCOUNT}/proof/options"
ON = "Your new security key is on. Every other browser has been signed out."


@pytest.fixture
def ring(person: Person) -> KeyRing:
    """Give the keys beside a window whose person has signed in."""
    person.is_signed_in()
    return KeyRing(person.home, person.page)


def name_key(person: Person, name: str) -> None:
    person.opens(KEYS)
    person.page.get_by_label("What do you call it?").fill(name)


def add_key(person: Person, name: str) -> None:
    """Add the key that is plugged in, with a code."""
    name_key(person, name)
    person.page.get_by_label("Code from your app").fill(person.code())
    person.saves("Add this key")


def rows(page: Page) -> list[str]:
    return page.locator("tbody tr th .strong").all_inner_texts()


def test_a_key_is_added_renamed_and_removed(person: Person, ring: KeyRing) -> None:
    page = person.page
    first = ring.plug_in()
    add_key(person, "Blue")
    expect(page.get_by_role("status").first).to_have_text(ON)
    assert rows(page) == ["Blue"]
    expect(page.get_by_text("USB key, with PIN or fingerprint")).to_be_visible()
    expect(page.get_by_text("Opens pages that ask for a security key")).to_be_visible()
    expect(page.get_by_text("Add a second key and keep it somewhere else")).to_be_visible()
    row = page.locator("tbody tr")
    row.locator("summary").click()
    row.get_by_label("New name").fill("Blue one")
    row.get_by_role("button", name="Save name").click()
    expect(page.get_by_role("status").first).to_have_text("The security key has its new name.")
    page.get_by_role("link", name="Remove Blue one").click()
    assert person.heading == "Remove \u201cBlue one\u201d?"
    page.get_by_label("Code from your app").fill(person.code())  # the key still waits
    person.saves("Remove it")
    expect(page.get_by_role("status").first).to_contain_text("The security key was removed.")
    expect(page.get_by_text("You have none yet.")).to_be_visible()
    assert ring.credentials(first) == []  # the browser was told that it is worth nothing now


def test_g6_a_second_key_is_added_with_the_first(person: Person, ring: KeyRing) -> None:
    page = person.page
    first = ring.plug_in()
    ring.give(first, person.name)
    ring.switch(first, on=False)
    second = ring.plug_in()
    name_key(person, "Green")
    expect(page.get_by_label("Code from your app")).to_have_count(0)

    def swap(route: Route) -> None:
        """Change the keys between the two questions: a key that is not asked would end one."""
        ring.switch(second, on=False)
        ring.switch(first, on=True)
        route.continue_()

    page.route(f"**{PROOF}", swap)
    person.saves("Add this key")
    expect(page.get_by_role("status").first).to_have_text(ON)
    assert sorted(rows(page)) == ["Green", "Office"]
    green = page.locator("tbody tr").filter(has_text="Green")
    expect(green.get_by_text("Opens pages that ask")).to_have_count(0)


def test_the_same_key_twice_is_told_in_plain_words(person: Person, ring: KeyRing) -> None:
    ring.plug_in()
    add_key(person, "Blue")
    expect(person.page.get_by_role("status").first).to_have_text(ON)
    name_key(person, "Again")
    person.page.get_by_label("Code from your app").fill(person.code())
    person.saves("Add this key")
    expect(person.page.get_by_text("This key is already on your list.")).to_be_visible()
    assert rows(person.page) == ["Blue"]


def test_a_wrong_code_asks_the_new_key_no_second_time(person: Person, ring: KeyRing) -> None:
    page = person.page
    key = ring.plug_in(hasResidentKey=False, hasUserVerification=False, isUserVerified=False)
    name_key(person, "Blue")
    page.get_by_label("Code from your app").fill("000000")
    person.saves("Add this key")
    expect(page.get_by_role("alert")).to_have_text("That code was not accepted.")
    expect(page.get_by_text("The new key is ready.")).to_be_visible()
    ring.pull_out(key)
    page.get_by_label("Code from your app").fill(person.code())
    person.saves("Add this key")
    expect(page.get_by_role("status").first).to_have_text(ON)
    expect(page.get_by_text("USB key, by touch alone")).to_be_visible()


def test_a_key_that_is_not_there_can_be_waited_for_or_given_up(
    person: Person, ring: KeyRing
) -> None:
    page = person.page
    name_key(person, "Blue")
    page.get_by_label("Code from your app").fill("000000")
    person.saves("Add this key")
    expect(page.get_by_text("Your browser asks for your new key now.")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Cancel")).to_be_hidden()
    ring.plug_in()
    page.get_by_label("Code from your app").fill(person.code())
    person.saves("Add this key")
    expect(page.get_by_role("status").first).to_have_text(ON)


def test_a_browser_that_fails_says_so_in_plain_words(person: Person, ring: KeyRing) -> None:
    ring.plug_in()
    name_key(person, "Blue")
    person.page.evaluate(
        "() => { navigator.credentials.create = () =>"
        " Promise.reject(new DOMException('raw words', 'NotAllowedError')); }"
    )
    person.page.get_by_label("Code from your app").fill("000000")
    person.saves("Add this key")
    expect(person.page.get_by_text("That was cancelled, or it took too long.")).to_be_visible()
    expect(person.page.get_by_text("raw words")).to_have_count(0)


def test_a_synced_passkey_is_called_so(person: Person, ring: KeyRing) -> None:
    ring.plug_in(transport="internal", defaultBackupEligibility=True, defaultBackupState=True)
    add_key(person, "Laptop")
    expect(person.page.get_by_role("status").first).to_have_text(ON)
    expect(person.page.get_by_text("Passkey, synced, with PIN or fingerprint")).to_be_visible()


def test_the_page_says_what_a_browser_without_keys_can_not_do(
    person: Person, console: Console
) -> None:
    person.is_signed_in()
    console.forgive("net::ERR_FAILED")
    person.page.route(re.compile(r"/new-key\."), lambda route: route.abort())
    person.opens(KEYS)
    expect(person.page.get_by_text("This browser can\u2019t add security keys")).to_be_visible()
    expect(person.page.get_by_role("button", name="Add this key")).to_be_hidden()
