"""Security keys in a real browser: at sign-in, at step-up, and where one thing alone will do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.installation import Installation
from tests.browser.key_ring import KeyRing
from tests.browser.looks import barriers
from tests.browser.person import ACCOUNT, SIGN_IN, STEP_UP, Person
from tests.support.gate_process import until

KEYS_ONLY = "/headers"  # its rule asks for a security key within 15 minutes
ASK = "Use security key"
PASSKEY = "Sign in with a passkey"
CANCELLED = "That was cancelled, or it took too long. Try again when you are ready."


@pytest.fixture
def person(page: Page, home: Installation) -> Person:
    """Give somebody with a code app, who has not signed in."""
    return Person(home.somebody("keyholder"), page, home)


@pytest.fixture
def ring(page: Page, home: Installation) -> KeyRing:
    """Give the keys beside the window."""
    return KeyRing(home, page)


def presses(person: Person, button: str = ASK) -> None:
    person.page.get_by_role("button", name=button).click()


def hold_back(page: Page, path: str) -> list[Route]:
    """Let the first question wait on its way to the gate, and give it."""
    late: list[Route] = []

    def hold(route: Route) -> None:
        late.append(route)

    page.route(f"**{path}/key/options*", hold, times=1)
    return late


def history_says(person: Person, words: str) -> None:
    """Look at the history until it says so; events are written behind what they are about."""
    person.opens(ACCOUNT)
    assert until(lambda: bool(person.page.reload() and person.page.get_by_text(words).count()))


def lands_on(person: Person, path: str) -> None:
    person.page.wait_for_url(person.home.origin + path)


def test_a_password_and_a_key_lead_to_the_exact_wanted_page(person: Person, ring: KeyRing) -> None:
    ring.give(ring.plug_in(), person.name)
    person.opens("/stock?q=a%20b&category=&page=1")
    person.enters()
    assert person.heading == "Use your security key"
    button = person.page.get_by_role("button", name=ASK)
    expect(button).to_be_focused()
    expect(person.page.get_by_label("Code from your app")).to_be_hidden()
    person.page.keyboard.press("Enter")
    lands_on(person, "/stock?q=a%20b&category=&page=1")
    history_says(person, "Confirmed with a security key")


def test_a_passkey_alone_signs_in_by_its_button(person: Person, ring: KeyRing) -> None:
    ring.give(ring.plug_in(), person.name)
    person.opens("/orders")
    presses(person, PASSKEY)
    lands_on(person, "/orders")
    assert person.page.get_by_text("Signed in as:").locator("b").inner_text() == person.name
    history_says(person, "Signed in with a passkey")


def test_a_passkey_alone_opens_what_asks_for_a_security_key(person: Person, ring: KeyRing) -> None:
    ring.give(ring.plug_in(), person.name)
    person.opens(KEYS_ONLY)
    presses(person, PASSKEY)
    lands_on(person, KEYS_ONLY)


def test_a_passkey_signs_in_from_the_suggestions_of_the_name_field(
    person: Person, ring: KeyRing
) -> None:
    key = ring.plug_in(transport="internal", automaticPresenceSimulation=True)
    ring.give(key, person.name)
    person.opens("/orders")
    lands_on(person, "/orders")


def test_the_button_ends_suggestions_that_are_still_on_their_way(
    person: Person, ring: KeyRing
) -> None:
    ring.plug_in(transport="internal", automaticPresenceSimulation=False)
    key = ring.plug_in(automaticPresenceSimulation=False)
    ring.give(key, person.name)
    page = person.page
    hold_back(page, SIGN_IN)
    with page.expect_request(f"**{SIGN_IN}/key/options*"):
        person.opens("/orders")
    with page.expect_event("requestfailed"):
        presses(person, PASSKEY)
    expect(page.get_by_text("Your browser asks for your key now.")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name=PASSKEY)).to_be_enabled()


def test_a_key_without_a_pin_is_a_second_factor_and_no_passkey(
    person: Person, ring: KeyRing
) -> None:
    key = ring.plug_in(hasUserVerification=False, isUserVerified=False, hasResidentKey=False)
    ring.give(key, person.name, resident=False)
    person.opens(KEYS_ONLY)
    person.enters()
    presses(person)
    lands_on(person, KEYS_ONLY)


def test_a_wrong_pin_is_told_in_words_and_the_code_stands_ready(
    person: Person, ring: KeyRing
) -> None:
    key = ring.plug_in()
    ring.give(key, person.name)
    ring.bend(key, isBadUV=True)
    person.opens("/orders")
    presses(person, PASSKEY)
    said = person.page.locator(".by-key [role=status]")
    expect(said).to_have_text(
        "That passkey was not accepted. Try again, or sign in with your password."
    )
    person.enters()
    assert person.url.startswith(STEP_UP)


def test_a_key_that_can_not_verify_its_holder_is_no_passkey(person: Person, ring: KeyRing) -> None:
    key = ring.plug_in()
    ring.give(key, person.name)
    ring.mistype_pin(key)
    person.opens("/orders")
    presses(person, PASSKEY)
    expect(person.page.locator(".by-key [role=status]")).to_have_text(CANCELLED)
    assert person.url.startswith(SIGN_IN)


def test_a_bogus_signature_opens_nothing_and_the_code_does(person: Person, ring: KeyRing) -> None:
    key = ring.plug_in()
    ring.give(key, person.name)
    ring.bend(key, isBogusSignature=True)
    person.opens("/orders")
    person.enters()
    presses(person)
    said = person.page.locator(".by-key [role=status]")
    expect(said).to_have_text("Your security key\u2019s answer was not accepted. Try again.")
    expect(person.page.get_by_label("Code from your app")).to_be_visible()
    person.proves()
    lands_on(person, "/orders")


def test_who_lost_the_key_uses_a_code_and_the_history_says_so(
    person: Person, ring: KeyRing
) -> None:
    key = ring.plug_in()
    ring.give(key, person.name)
    person.opens("/orders")
    person.enters()
    ring.pull_out(key)
    person.page.get_by_text("Can\u2019t use your key?").click()
    person.proves()
    lands_on(person, "/orders")
    history_says(person, "Confirmed with a code in place of the security key")


def test_asking_can_be_given_up(person: Person, ring: KeyRing) -> None:
    ring.give(ring.plug_in(automaticPresenceSimulation=False), person.name)
    person.opens("/orders")
    person.enters()
    presses(person)
    person.page.get_by_role("button", name="Cancel").click()
    expect(person.page.get_by_role("button", name="Cancel")).to_be_hidden()
    expect(person.page.get_by_label("Code from your app")).to_be_visible()


def test_asking_can_be_given_up_before_the_browser_begins(person: Person, ring: KeyRing) -> None:
    ring.give(ring.plug_in(), person.name)
    person.opens("/orders")
    person.enters()
    late = hold_back(person.page, STEP_UP)
    presses(person)
    person.page.get_by_role("button", name="Cancel").click()
    expect(person.page.get_by_role("button", name="Cancel")).to_be_hidden()
    late[0].continue_()
    expect(person.page.get_by_label("Code from your app")).to_be_visible()
    assert person.url.startswith(STEP_UP)


def test_t70_a_rule_that_asks_for_a_key_offers_no_code(person: Person, ring: KeyRing) -> None:
    ring.give(ring.plug_in(), person.name)
    person.is_signed_in()
    person.opens(KEYS_ONLY)
    page = person.page
    expect(page.get_by_text("takes nothing else")).to_be_visible()
    expect(page.locator("#code")).to_have_count(0)
    expect(page.get_by_text("/headers")).to_be_visible()
    presses(person)
    lands_on(person, KEYS_ONLY)


def test_g18_a_key_that_was_proved_too_long_ago_is_asked_again(
    person: Person, ring: KeyRing
) -> None:
    ring.give(ring.plug_in(), person.name)
    person.is_signed_in(age=timedelta(minutes=20), by_key=True)
    person.opens("/orders")
    lands_on(person, "/orders")
    person.opens(KEYS_ONLY)
    assert person.heading == "Confirm that it\u2019s you"
    presses(person)
    lands_on(person, KEYS_ONLY)


def test_an_account_without_a_key_is_told_what_is_missing(person: Person) -> None:
    person.is_signed_in()
    person.opens(KEYS_ONLY)
    assert person.heading == "A security key is needed"
    person.page.get_by_role("link", name="Your security keys").click()
    assert person.heading == "Security keys"


def test_g3_addresses_are_saved_by_a_key(person: Person, ring: KeyRing) -> None:
    ring.give(ring.plug_in(), person.name)
    person.is_signed_in()
    person.opens(f"{ACCOUNT}/networks")
    page = person.page
    page.locator("#networks").fill("127.0.0.0/8  # here\n::1")
    person.saves("Save addresses")
    expect(page.get_by_text("Your new addresses count from now on")).to_be_visible()
    person.saves("Keep it")
    expect(page.get_by_text("Your addresses were kept")).to_be_visible()
    assert "127.0.0.0/8" in person.home.gate.command("account", "networks", person.name)


@pytest.mark.parametrize("path", [SIGN_IN, STEP_UP, f"{ACCOUNT}/networks"])
def test_pages_that_ask_for_a_key_have_no_barriers(
    person: Person, ring: KeyRing, path: str
) -> None:
    ring.give(ring.plug_in(automaticPresenceSimulation=False), person.name)
    if path != SIGN_IN:
        person.is_signed_in()
    person.opens(path)
    assert barriers(person.page) == []
