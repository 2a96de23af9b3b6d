"""Code apps and recovery codes, as a person sets them up and uses them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import new_browser
from tests.browser.installation import Installation
from tests.browser.looks import Console, has_focus
from tests.browser.own_factors import RECOVERY_CODES, TOTP, begin_app, confirm_app, make_codes
from tests.browser.person import ACCOUNT, PASSWORD, SIGN_IN, STEP_UP, Person
from tests.browser.phone import phone_that_scanned


def pasted(page: Page, field: str) -> str:
    """Paste into a field and give what it holds then."""
    page.locator(field).fill("")
    page.locator(field).press("ControlOrMeta+v")
    held = page.locator(field).input_value()
    page.locator(field).fill("")
    return " ".join(held.split())


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375], ids=["desk", "phone"])
def test_t64_an_app_is_set_up_by_its_qr_code_and_signs_in(
    chromium: Browser,
    console: Console,
    home: Installation,
    width: int,
    scheme: Literal["light", "dark"],
) -> None:
    looks = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
    with new_browser(chromium, console, **looks) as browser:
        person = Person(home.somebody(), browser.new_page(), home)
        person.is_signed_in()
        phone = begin_app(person)
        confirm_app(person, phone.code())
        expect(person.page.get_by_role("status")).to_contain_text("Your new code app is on.")
        expect(person.page.get_by_text("You have no recovery codes.")).to_be_visible()
        person.opens(TOTP)
        expect(person.page.locator("tbody tr")).to_have_count(2)
        person.signs_out()
        person.opens("/orders")
        person.enters()
        person.proves(phone.code())
        assert person.heading == "Orders"


def test_the_typed_key_is_the_scanned_one_and_can_be_copied(
    person: Person, browser: BrowserContext
) -> None:
    browser.grant_permissions(["clipboard-write"])
    person.is_signed_in()
    phone = begin_app(person)
    page = person.page
    shown = page.locator("#seed")
    assert re.fullmatch(r"(\w{4} ?){8}", shown.inner_text().replace("\n", " "))
    page.get_by_role("button", name="Copy the key").click()
    expect(page.get_by_role("button", name="Copied the key")).to_be_visible()
    assert pasted(page, "#name") == phone.seed.reveal()


def test_t64_a_wrong_code_keeps_the_picture(person: Person) -> None:
    person.is_signed_in()
    phone = begin_app(person)
    page = person.page
    confirm_app(person, "000000")
    expect(page.get_by_role("alert")).to_have_text("That code was not accepted.")
    page.get_by_role("alert").get_by_role("link").click()
    assert has_focus(page, "#code")
    expect(page.get_by_label("Name of the app or phone")).to_have_value("Tablet")
    assert phone_that_scanned(page).seed == phone.seed
    confirm_app(person, phone.code())
    expect(page.get_by_role("status")).to_contain_text("Your new code app is on.")


def test_g3_going_back_shows_no_key(person: Person) -> None:
    person.is_signed_in()
    begin_app(person)
    person.saves("Cancel")
    expect(person.page.get_by_role("heading", name="Code apps")).to_be_visible()
    person.opens(f"{TOTP}/new")
    expect(person.page.get_by_role("heading", name="Code apps")).to_be_visible()
    expect(person.page.locator("#seed")).to_have_count(0)


def test_an_app_is_renamed_and_removed(person: Person) -> None:
    person.is_signed_in()
    phone = begin_app(person)
    confirm_app(person, phone.code())
    person.opens(TOTP)
    page = person.page
    row = page.locator("tbody tr").filter(has_text="Tablet")
    row.locator("summary").click()
    row.get_by_label("New name").fill("Old tablet")
    row.get_by_role("button", name="Save name").click()
    expect(page.get_by_role("status")).to_have_text("The code app has its new name.")
    page.get_by_role("link", name="Remove Old tablet").click()
    assert person.heading == "Remove \u201cOld tablet\u201d?"
    page.get_by_label("Your password", exact=True).fill(PASSWORD)
    page.get_by_label("Code from your app").fill(phone.code())
    person.saves("Remove it")
    expect(page.get_by_role("status")).to_contain_text("The code app was removed.")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.get_by_text("Your last one, which has to stay")).to_be_visible()


def test_recovery_codes_are_copied_printed_downloaded_and_stored(
    person: Person, browser: BrowserContext, tmp_path: Path
) -> None:
    browser.grant_permissions(["clipboard-write"])
    person.is_signed_in()
    codes, page = make_codes(person), person.page
    assert len(codes) == 10
    page.get_by_role("button", name="Copy the codes").click()
    expect(page.get_by_role("button", name="Copied the codes")).to_be_visible()
    page.get_by_text("Show it with one of them instead").click()
    assert pasted(page, "#recovery_code") == " ".join(codes)[:64]
    _prints(page)
    with page.expect_download() as begun:
        person.saves("Download as a file")
    file = tmp_path / "codes.txt"
    begun.value.save_as(file)
    assert re.fullmatch(
        rf"localhost-recovery-codes-{person.name}-[\d-]+\.txt", begun.value.suggested_filename
    )
    assert [line for line in file.read_text().splitlines() if line in codes] == codes
    person.saves("Continue")
    expect(page.get_by_role("alert")).to_contain_text("Say that you have stored the codes")
    page.get_by_role("alert").get_by_role("link").click()
    assert has_focus(page, "#stored")
    page.get_by_label("I have stored the codes.").check()
    person.saves("Continue")
    expect(page.get_by_role("status")).to_contain_text("Your recovery codes are ready")
    person.opens(RECOVERY_CODES)
    expect(page.get_by_text("10 of 10 codes are left.")).to_be_visible()
    assert not any(code in page.content() for code in codes)


def _prints(page: Page) -> None:
    """Press the button, and see that paper shows the codes and whose they are."""
    page.evaluate("() => { window.print = () => { document.title = 'printed'; }; }")
    page.get_by_role("button", name="Print").click()
    expect(page).to_have_title("printed")
    page.emulate_media(media="print")
    expect(page.locator("#codes")).to_be_visible()
    expect(page.get_by_text("Each works once.")).to_be_visible()
    expect(page.get_by_role("button", name="Continue")).to_be_hidden()
    page.emulate_media(media="screen")


def test_g21_a_recovery_code_stands_in_for_a_lost_phone(
    person: Person, other_browser: BrowserContext
) -> None:
    person.is_signed_in()
    codes = make_codes(person)
    lost = Person(person.name, other_browser.new_page(), person.home)
    lost.opens("/orders")
    lost.enters()
    page = lost.page
    page.get_by_role("link", name="Use a recovery code").click()
    page.get_by_label("Recovery code").fill("0000-0000-0000-0000")
    lost.saves("Continue")
    expect(page.get_by_role("alert")).to_contain_text("That code was not accepted.")
    page.get_by_label("Recovery code").fill(codes[0].lower().replace("-", " "))
    lost.saves("Continue")
    assert lost.heading == "Orders"
    lost.opens(ACCOUNT)
    expect(page.get_by_text("and 9 are left.")).to_be_visible()
    page.get_by_role("link", name="new code app").click()
    lost.saves("Add a code app")
    phone = phone_that_scanned(page)
    confirm_app(lost, phone.code(), "New phone")
    expect(page.get_by_role("status")).to_contain_text("Your new code app is on.")
    expect(page.get_by_text("lets you add one new app or key, and you have")).to_be_visible()
    lost.signs_out()
    lost.opens("/orders")
    lost.enters()
    assert lost.url.startswith(STEP_UP)
    lost.proves(phone.code())
    assert lost.heading == "Orders"
    person.opens("/orders")
    assert person.url.startswith(SIGN_IN)
