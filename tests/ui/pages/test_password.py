"""Change of the password, with the current one in the same request."""

from __future__ import annotations

import pytest

from tests.ui.browser import Browser
from tests.ui.exchange import Answer
from tests.ui.house import PASSWORD, House

PAGE = "/-/gate/account/security/password"
NEW = "seven tired otters rowing home"


@pytest.fixture
def house() -> House:
    house = House()
    house.add("alice")
    house.add("carol", has_app=False)
    return house


def change(browser: Browser, current: str = PASSWORD, new: str = NEW) -> Answer:
    return browser.fill(PAGE, {"current": current, "password": new})


def test_t42_the_other_sessions_end_and_this_one_goes_on(house: House, browser: Browser) -> None:
    other, before = Browser(house.app), browser.cookies["__Host-gate"]
    other.sign_in(house, "alice")
    answer = change(browser)
    assert answer.status == 303
    assert "Your password was changed." in browser.follow(answer).text
    assert other.get("/-/gate/account/security").status == 303
    assert browser.cookies["__Host-gate"] != before
    assert Browser(house.app).enter("alice").status == 422
    assert Browser(house.app).enter("alice", NEW).status == 303


def test_g3_the_current_password_has_to_be_right(browser: Browser) -> None:
    answer = change(browser, current="wrong")
    assert answer.status == 422
    assert "That is not your current password." in answer.text
    assert answer.title.startswith("Error: ")


def test_g16_the_fifth_wrong_proof_ends_the_session(browser: Browser) -> None:
    statuses = [change(browser, current="wrong").status for _ in range(4)]
    assert statuses == [422] * 4
    answer = change(browser, current="wrong")
    assert answer.location == "/-/gate/sign-in?next=/-/gate/account/security/password"
    assert "__Host-gate" not in browser.cookies
    assert browser.get(PAGE).status == 303


def test_guesses_over_sessions_have_to_wait(house: House) -> None:
    last: Answer | None = None
    for _ in range(2):
        browser = Browser(house.app)
        browser.sign_in(house, "alice")
        last = [change(browser, current="wrong") for _ in range(3)][-1]
    assert last is not None
    assert last.status == 429
    assert last.header("retry-after")
    assert "Try again in" in last.text


def test_a_weak_password_is_refused_in_words(browser: Browser) -> None:
    answer = change(browser, new="alice2026")
    assert answer.status == 422
    assert "easy to guess" in answer.text
    assert "alice2026" not in answer.text


def test_the_least_length_depends_on_the_second_factor(house: House, browser: Browser) -> None:
    assert "At least 8 characters." in browser.get(PAGE).text
    carol = Browser(house.app)
    carol.enter("carol")
    assert "At least 12 characters." in carol.get(PAGE).text


def test_t72_no_password_is_shown_again(browser: Browser) -> None:
    answer = change(browser, current="my wrong current one", new="my new one")
    assert "my wrong current one" not in answer.text
    assert "my new one" not in answer.text


def test_password_managers_are_told_which_field_is_which(browser: Browser) -> None:
    text = browser.get(PAGE).text
    assert 'name="current" type="password" autocomplete="current-password"' in text
    assert 'name="password" type="password" autocomplete="new-password"' in text
    assert 'value="alice" autocomplete="username"' in text
