"""What people choose and do about their account as a whole."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import BrowserContext, expect

from tests.browser.key_ring import KeyRing
from tests.browser.person import ACCOUNT, SIGN_IN, Person


def test_t43_this_was_not_me_ends_everything(person: Person, other_browser: BrowserContext) -> None:
    person.is_signed_in()
    elsewhere = Person(person.name, other_browser.new_page(), person.home)
    elsewhere.is_signed_in()
    person.opens(f"{ACCOUNT}/sessions")
    person.page.get_by_role("link", name="lock my account").click()
    person.saves("Sign everything out and lock")
    expect(person.page.get_by_role("heading")).to_have_text("Your account is locked")
    elsewhere.opens("/orders")
    assert elsewhere.url.startswith(SIGN_IN)
    elsewhere.enters()
    expect(elsewhere.page.get_by_role("alert")).to_be_visible()


def test_g3_a_key_confirms_to_be_always_asked(person: Person) -> None:
    ring = KeyRing(person.home, person.page)
    ring.give(ring.plug_in(), person.name)
    person.is_signed_in(by_key=True)
    person.opens(ACCOUNT)
    person.page.get_by_role("link", name="Choose when I\u2019m asked").click()
    person.saves("Always ask me")
    expect(person.page.locator("main [role=status]").first).to_contain_text("From now on")
    person.saves("Ask only where it\u2019s demanded")
    expect(person.page.locator("main [role=status]").first).to_contain_text("only where")


def test_g3_a_key_confirms_each_copy_of_the_own_data(person: Person) -> None:
    ring = KeyRing(person.home, person.page)
    ring.give(ring.plug_in(), person.name)
    person.is_signed_in(by_key=True)
    person.opens("/-/gate/account/settings")
    person.page.get_by_role("link", name="Download your data").click()
    for _ in range(2):
        with person.page.expect_download() as saving:
            person.saves("Download the file")
        found = json.loads(Path(saving.value.path()).read_text())
        assert found["account"]["name"] == person.name


def test_the_display_name_is_changed(person: Person) -> None:
    person.is_signed_in()
    person.opens("/-/gate/account/settings")
    person.page.get_by_label("Display name").fill("Somebody Else")
    person.saves("Save settings")
    expect(person.page.locator("main [role=status]")).to_have_text("Your settings were saved.")
    person.opens(ACCOUNT)
    expect(person.page.locator(".lead").first).to_have_text("How Somebody Else is protected.")
