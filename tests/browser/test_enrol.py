"""The journey of a one-time link as a person takes it: first sign-in included."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from gate.core.secret_text import Secret
from tests.browser.conftest import new_browser
from tests.browser.installation import Installation
from tests.browser.invited import BEGIN, NEW_PASSWORD, Invited
from tests.browser.key_ring import KeyRing
from tests.browser.looks import Console, has_focus
from tests.browser.person import ACCOUNT, STEP_UP
from tests.browser.phone import Phone
from tests.browser.test_keyboard import tab_to

ENROL = "/-/gate/enrol"


@pytest.fixture
def invited(page: Page, home: Installation) -> Invited:
    """Give somebody who has no account yet."""
    return Invited(home.somebody("invited"), page, home)


@pytest.fixture
def ring(page: Page, home: Installation) -> KeyRing:
    """Give the keys beside the window."""
    return KeyRing(home, page)


def lands(somebody: Invited) -> None:
    somebody.page.wait_for_url(f"{somebody.home.origin}/")
    expect(somebody.page.get_by_text("Signed in as:").locator("b")).to_have_text(somebody.name)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375], ids=["desk", "phone"])
def test_g20_with_a_code_app_from_the_link_to_the_site_and_back_in(
    chromium: Browser,
    console: Console,
    home: Installation,
    width: int,
    scheme: Literal["light", "dark"],
) -> None:
    looks = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
    with new_browser(chromium, console, **looks) as browser:
        invited = Invited(home.somebody("invited"), browser.new_page(), home)
        link = invited.opens_link()
        assert invited.url == ENROL, "the token stands in no address bar"
        assert invited.heading == "Set up your account"
        invited.follows(BEGIN)
        invited.gives()
        phone = invited.sets_up_app()
        assert len(invited.sees_codes()) == 10
        invited.finishes()
        invited.goes_on()
        lands(invited)
        invited.signs_out()
        invited.opens("/orders")
        invited.enters(NEW_PASSWORD)
        invited.proves(phone.code())
        assert invited.heading == "Orders"
        invited.page.goto(link)
        assert invited.heading == "This link has been used"


def test_g6_with_a_key_alone_which_the_first_page_asks_for(invited: Invited, ring: KeyRing) -> None:
    ring.plug_in()
    invited.begins()
    invited.sets_up_key()
    expect(invited.page.get_by_text("Set up: Blue key.")).to_be_visible()
    invited.sees_codes()
    invited.finishes()
    invited.goes_on()
    assert invited.url.startswith(STEP_UP)
    invited.saves("Use security key")
    lands(invited)


def test_with_both_and_the_code_stands_in_for_the_key(invited: Invited, ring: KeyRing) -> None:
    key = ring.plug_in()
    invited.begins()
    invited.sets_up_key()
    phone = invited.sets_up_app()
    expect(invited.page.locator(".choice .is-on")).to_have_count(2)
    invited.sees_codes()
    invited.finishes()
    invited.goes_on()
    lands(invited)
    invited.signs_out()
    ring.pull_out(key)
    invited.opens("/orders")
    invited.enters(NEW_PASSWORD)
    invited.page.get_by_text("Can\u2019t use your key?").click()
    invited.proves(phone.code())
    assert invited.heading == "Orders"


def test_what_goes_wrong_with_a_key_is_told_and_nothing_is_lost(
    invited: Invited, ring: KeyRing
) -> None:
    invited.begins()
    invited.follows("Set up a security key")
    page = invited.page
    said = page.locator("[data-new-key] [role=status]")
    invited.saves("Continue with this key")
    expect(said).to_have_text("Your browser asks for your new key now.")
    page.get_by_role("button", name="Cancel").click()
    expect(said).to_have_text("")
    ring.plug_in()
    invited.saves("Continue with this key")
    invited.is_ready()
    invited.follows("Set up another key")
    expect(page.get_by_label("What do you call this key?")).to_have_value("Security key 2")
    invited.saves("Continue with this key")
    expect(said).to_have_text("This key is already on your list.")


def test_without_script_all_but_the_key_works(
    chromium: Browser, console: Console, home: Installation
) -> None:
    with new_browser(chromium, console, java_script_enabled=False) as browser:
        invited = Invited(home.somebody("invited"), browser.new_page(), home)
        invited.begins()
        invited.follows("Set up a security key")
        page = invited.page
        expect(page.get_by_text("This browser can\u2019t use security keys")).to_be_visible()
        expect(page.get_by_role("button", name="Continue with this key")).to_be_hidden()
        page.get_by_role("link", name="Set up a code app").click()
        invited.sets_up_app()
        codes = invited.sees_codes()
        invited.saves("Finish")
        expect(page.get_by_role("alert")).to_contain_text("Tick the box once you have stored")
        page.get_by_text("Show it with one of them instead").click()
        page.get_by_label("One of the codes").fill(codes[0].lower())
        invited.saves("Finish")
        expect(page.get_by_role("heading", name="You are all set")).to_be_visible()
        invited.goes_on()
        lands(invited)
        invited.opens(ACCOUNT)
        expect(page.get_by_text("9 left")).to_be_visible()


def test_by_keyboard_from_the_link_to_the_end(invited: Invited) -> None:
    invited.opens_link()
    page = invited.page
    tab_to(page, BEGIN)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Choose a password").wait_for()
    assert has_focus(page, "#password")
    page.keyboard.type(NEW_PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Choose a second proof").wait_for()
    tab_to(page, "Set up a code app")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Set up your code app").wait_for()
    seed = re.sub(r"\s", "", page.locator("#seed").inner_text())
    tab_to(page, "code")
    page.keyboard.type(Phone(Secret(seed)).code())
    page.keyboard.press("Enter")
    invited.is_ready()
    tab_to(page, "Continue")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="One last thing").wait_for()
    tab_to(page, "Show my recovery codes")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Store your recovery codes").wait_for()
    tab_to(page, "stored")
    page.keyboard.press("Space")
    tab_to(page, "Finish")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="You are all set")).to_be_visible()


def test_t64_a_wrong_code_keeps_the_picture_and_says_so(invited: Invited) -> None:
    invited.begins()
    invited.saves("Set up a code app")
    page = invited.page
    before = page.locator("#seed").inner_text()
    invited.confirms("000000")
    expect(page.get_by_role("alert")).to_contain_text("That code does not fit.")
    page.get_by_role("alert").get_by_role("link").click()
    assert has_focus(page, "#code")
    assert page.locator("#seed").inner_text() == before


def test_the_codes_are_printed_and_downloaded(invited: Invited, tmp_path: Path) -> None:
    invited.begins()
    invited.sets_up_app()
    codes, page = invited.sees_codes(), invited.page
    with page.expect_download() as begun:
        invited.saves("Download as a file")
    file = tmp_path / "codes.txt"
    begun.value.save_as(file)
    assert [line for line in file.read_text().splitlines() if line in codes] == codes
    page.emulate_media(media="print")
    expect(page.get_by_text(f"Recovery codes of {invited.name}")).to_be_visible()
    expect(page.locator("#codes")).to_be_visible()
    page.emulate_media(media="screen")
    invited.finishes()


def test_reload_and_back_lose_and_double_nothing(invited: Invited) -> None:
    invited.begins()
    page = invited.page
    page.reload()
    assert invited.heading == "Choose a second proof"
    invited.goes_back()
    expect(page.get_by_role("heading", name="Choose a password")).to_be_visible()
    page.reload()
    expect(page.get_by_text("You have chosen a password.")).to_be_visible()
    invited.goes_forward()
    expect(page.get_by_role("heading", name="Choose a second proof")).to_be_visible()
    invited.sets_up_app()
    codes = invited.sees_codes()
    page.goto(f"{invited.home.origin}{ENROL}/recovery-codes")
    invited.saves("Show my recovery codes")
    assert page.locator("#codes li").all_inner_texts() == codes
    invited.finishes()
    page.goto(f"{invited.home.origin}{ENROL}/recovery-codes")
    assert invited.heading == "Open your link once more"


def test_two_tabs_share_one_journey(invited: Invited, browser: BrowserContext) -> None:
    invited.opens_link()
    invited.follows(BEGIN)
    invited.gives()
    other = Invited(invited.name, browser.new_page(), invited.home)
    other.opens(ENROL)
    other.follows("Go on where you stopped")
    other.sets_up_app()
    invited.page.reload()
    invited.is_ready()
    codes = invited.sees_codes()
    assert other.sees_codes() == codes
    other.finishes()
    invited.page.get_by_label("I have stored the codes").check()
    invited.saves("Finish")
    assert invited.heading == "You are all set", "what the other tab did counts here too"
    apps = invited.home.gate.command("account", "show", invited.name, "--json")
    assert apps.count('"name": "Code app"') == 1


def test_g20_a_reset_asks_for_the_password_and_leaves_one_app(
    invited: Invited, other_browser: BrowserContext
) -> None:
    invited.begins()
    old = invited.sets_up_app()
    invited.sees_codes()
    invited.finishes()
    again = Invited(invited.name, other_browser.new_page(), invited.home)
    again.opens_link("link", "--purpose", "reset")
    assert again.heading == "Set up your sign-in again"
    again.follows(BEGIN)
    again.gives("not the password")
    expect(again.page.get_by_role("alert")).to_contain_text("That is not the password")
    again.gives()
    new = again.sets_up_app()
    again.sees_codes()
    again.finishes()
    invited.opens(ACCOUNT)
    assert invited.heading == "Sign in", "the browser from before is signed out"
    invited.enters(NEW_PASSWORD)
    invited.proves(old.code())
    expect(invited.page.get_by_role("alert")).to_be_visible()
    invited.proves(new.code())
    assert invited.heading == "Security"


def test_g20_a_newer_link_ends_the_older_one_in_words(invited: Invited) -> None:
    link = invited.opens_link()
    invited.home.link(invited.name, "link")
    invited.page.goto(link)
    assert invited.heading == "This link is not good"
    expect(invited.page.get_by_text("ask the help desk")).to_be_visible()
