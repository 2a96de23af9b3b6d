"""Refusals as people see them: what happened, what to do, and what became of what they sent."""

from __future__ import annotations

import re
from datetime import timedelta

from playwright.sync_api import Page, expect

from tests.browser.installation import DENIED, Installation
from tests.browser.person import SIGN_OUT, STEP_UP, Person

NOTE = "Shelf is empty, ask Jim."


def test_a_restricted_address_is_named_after_the_right_password(
    page: Page, home: Installation
) -> None:
    traveller = Person(home.somebody("traveller"), page, home)
    traveller.opens("/orders")
    traveller.enters("not the password")
    expect(page.get_by_role("alert")).to_have_text("The name or the password is not right.")
    traveller.enters()
    assert traveller.heading == "Not from this address"
    main = page.locator("main")
    expect(main).to_contain_text("You came from 127.0.0.1")
    expect(main).to_contain_text("Connect from a network that you normally use")
    expect(main).to_contain_text("ask the help desk and name the request below")
    expect(page.locator("#request")).to_have_text(re.compile(r"^[\w-]{6,}$"))
    expect(page.get_by_text("ip_not_allowed")).to_be_visible()


def test_a_widened_list_lets_in_on_the_next_try(page: Page, home: Installation) -> None:
    traveller = Person(home.somebody("traveller"), page, home)
    traveller.is_signed_in()
    traveller.opens("/orders")
    assert traveller.heading == "Not from this address"
    home.gate.command("account", "networks", traveller.name, "--add", "127.0.0.0/8")
    page.get_by_role("link", name="Try again").click()
    assert traveller.heading == "Orders"


def test_a_denial_is_told_in_the_words_of_the_policy(person: Person) -> None:
    person.is_signed_in()
    person.opens("/admin")
    assert person.heading == "You can\u2019t open this page"
    expect(person.page.get_by_text(DENIED)).to_be_visible()
    expect(person.page.get_by_text(f"Signed in as {person.name}")).to_be_visible()
    person.page.get_by_role("link", name="Use another account").click()
    assert person.url.startswith(SIGN_OUT)


def test_g18_a_proof_that_is_too_old_is_asked_for_again(page: Page, home: Installation) -> None:
    admin = Person(home.somebody("admin"), page, home)
    admin.is_signed_in(age=timedelta(minutes=20))
    admin.opens("/orders")
    assert admin.heading == "Orders"
    admin.opens("/admin")
    assert admin.url.startswith(STEP_UP)
    assert admin.heading == "Confirm that it\u2019s you"
    expect(page.locator("main")).to_contain_text("/admin")
    admin.proves()
    assert admin.url == "/admin"
    assert admin.heading == "Office admin"


def test_an_account_without_a_second_factor_is_told_whom_to_ask(
    page: Page, home: Installation
) -> None:
    newcomer = Person(home.somebody("newcomer"), page, home)
    newcomer.opens("/orders")
    newcomer.enters()
    assert newcomer.heading == "A second factor is missing"
    expect(page.locator("main")).to_contain_text("ask the help desk")


def test_a_stopped_form_says_that_nothing_was_delivered_and_can_be_sent_again(
    person: Person,
) -> None:
    person.is_signed_in()
    person.opens("/stock")
    person.page.locator("table.grid a").first.click()
    person.page.get_by_label("New note:").fill(NOTE)
    person.page.context.clear_cookies(name=person.home.gate.cookie_name)
    person.page.get_by_role("button", name="Save note").click()
    expect(person.page.get_by_role("alert")).to_contain_text("What you sent was not delivered.")

    with person.page.context.expect_page() as opened:
        person.page.get_by_role("link", name="Sign in").click()
    beside = Person(person.name, opened.value, person.home)
    beside.enters()
    beside.proves()
    beside.page.get_by_role("heading", name="Welcome").wait_for()

    person.goes_back()
    expect(person.page.get_by_label("New note:")).to_have_value(NOTE)
    person.page.get_by_role("button", name="Save note").click()
    expect(person.page.get_by_text("Your note was added.")).to_be_visible()
    expect(person.page.locator(".note")).to_contain_text(NOTE)


def test_a_site_that_does_not_run_is_told_apart_from_a_refusal(
    page: Page, home: Installation
) -> None:
    answer = page.goto(f"{home.dead_origin}/orders")
    assert answer is not None
    assert answer.status == 502
    expect(page.get_by_role("heading", name="The site is not running")).to_be_visible()
    expect(page.get_by_role("link", name="Try again")).to_be_visible()


def test_a_page_of_the_gate_that_is_not_there_says_so(page: Page, home: Installation) -> None:
    answer = page.goto(f"{home.origin}/-/gate/nothing-here")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", name="Page not found")).to_be_visible()
