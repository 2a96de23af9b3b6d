"""Sign-out: a button, then nothing is left of the session."""

from __future__ import annotations

from tests.ui.browser import Browser
from tests.ui.house import House

SIGN_OUT = "/-/gate/sign-out"
ACCOUNT = "/-/gate/account/security"


def test_t50_a_get_signs_nobody_out(browser: Browser) -> None:
    page = browser.get(SIGN_OUT)
    assert page.title == "Sign out · Gate"
    assert browser.get(ACCOUNT).status == 200


def test_t41_after_the_button_the_old_cookie_is_dead(house: House, browser: Browser) -> None:
    cookies = dict(browser.cookies)
    answer = browser.fill(SIGN_OUT, {})
    assert (answer.status, answer.location) == (303, SIGN_OUT)
    assert "__Host-gate" not in browser.cookies
    assert Browser(house.app, cookies=cookies).get(ACCOUNT).status == 303
    assert browser.follow(answer).title == "You are signed out · Gate"


def test_t46_the_deletion_carries_the_same_attributes(browser: Browser) -> None:
    answer = browser.fill(SIGN_OUT, {})
    taken = "__Host-gate=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0"
    assert taken in answer.set_cookies


def test_g4_the_applications_cookies_and_storage_stay(browser: Browser) -> None:
    answer = browser.fill(SIGN_OUT, {})
    assert answer.header("clear-site-data") == '"cache"'
    assert all(each.startswith("__Host-gate") for each in answer.set_cookies)


def test_a_partial_session_signs_out_too(house: House) -> None:
    browser = Browser(house.app)
    browser.enter("alice")
    assert browser.fill(SIGN_OUT, {}).status == 303
    assert browser.get("/-/gate/step-up").location.startswith("/-/gate/sign-in")


def test_signing_out_twice_does_no_harm(browser: Browser) -> None:
    form = browser.get(SIGN_OUT).hidden
    browser.post(SIGN_OUT, form)
    again = browser.post(SIGN_OUT, form)
    assert (again.status, again.location) == (303, SIGN_OUT)


def test_only_this_browser_is_signed_out(house: House, browser: Browser) -> None:
    other = Browser(house.app)
    other.sign_in(house, "alice")
    browser.fill(SIGN_OUT, {})
    assert other.get(ACCOUNT).status == 200
