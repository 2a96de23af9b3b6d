"""Locking the own account: everything is signed out, and nobody signs in any more."""

from __future__ import annotations

from gate.core.subject import AccountState
from tests.ui.browser import Browser
from tests.ui.house import House

PAGE = "/-/gate/account/security/lock"
ACCOUNT = "/-/gate/account/security"


def state(house: House) -> AccountState:
    alice = house.store.accounts.by_name("alice")
    assert alice is not None
    return alice.state


def test_looking_at_the_page_locks_nothing(house: House, browser: Browser) -> None:
    text = browser.get(PAGE).text
    assert "Lock your account?" in text
    assert "the help desk" in text
    assert state(house) is AccountState.ENABLED


def test_sessions_and_history_lead_to_it(browser: Browser) -> None:
    for page in (f"{ACCOUNT}/sessions", f"{ACCOUNT}/history", ACCOUNT):
        assert f'href="{PAGE}"' in browser.get(page).text


def test_t43_every_browser_is_out_and_the_page_says_how_to_come_back(
    house: House, browser: Browser
) -> None:
    other = Browser(house.app, client="198.51.100.4")
    other.sign_in(house, "alice")
    answer = browser.fill(PAGE, {})
    assert answer.status == 200
    assert "Your account is locked" in answer.text
    assert "the help desk" in answer.text
    assert "boot-1" in answer.text
    assert "__Host-gate" not in browser.cookies
    assert answer.header("clear-site-data") == '"cache"'
    assert state(house) is AccountState.LOCKED
    assert other.get(ACCOUNT).status == 303
    assert Browser(house.app).enter("alice").status == 422


def test_g3_it_takes_the_pages_own_form(house: House, browser: Browser) -> None:
    hidden = browser.get(PAGE).hidden
    assert browser.post(PAGE, hidden | {"csrf": "0" * 64}).status == 403
    fetched = {"sec-fetch-mode": "cors", "sec-fetch-dest": "empty"}
    assert browser.post(PAGE, hidden, fetched).status == 401
    assert browser.post(PAGE, hidden, {"origin": "https://evil.example"}).status == 403
    assert state(house) is AccountState.ENABLED


def test_a_second_press_leads_to_sign_in(house: House, browser: Browser) -> None:
    hidden = browser.get(PAGE).hidden
    cookies = dict(browser.cookies)
    browser.post(PAGE, hidden)
    again = Browser(house.app, cookies=cookies).post(PAGE, hidden)
    assert again.location.startswith("/-/gate/sign-in")
