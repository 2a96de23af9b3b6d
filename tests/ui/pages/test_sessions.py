"""The account's sessions: seen, and signed out at once."""

from __future__ import annotations

import re

import pytest

from tests.support.store_values import some_child
from tests.ui.browser import Browser
from tests.ui.house import House

PAGE = "/-/gate/account/security/sessions"
ACCOUNT = "/-/gate/account/security"


@pytest.fixture
def house() -> House:
    house = House()
    for name in ("alice", "bob"):
        house.add(name)
    return house


def signed_in(house: House, name: str = "alice", client: str = "203.0.113.9") -> Browser:
    browser = Browser(house.app, client=client)
    browser.sign_in(house, name)
    return browser


def sessions(browser: Browser) -> list[str]:
    """Give the names of the sessions that the page offers to end."""
    text = browser.get(PAGE).text
    return re.findall(r'<input type="hidden" name="session" value="([^"]+)">', text)


def test_it_shows_browsers_with_place_and_proofs(house: House) -> None:
    signed_in(house, client="198.51.100.4")
    text = signed_in(house).get(PAGE).text
    assert text.count("Firefox on Linux</span>") == 2
    assert "198.51.100.4" in text
    assert "with password, code" in text
    assert text.count("This one") == 1


def test_g5_a_browser_that_is_signed_in_to_several_sites_is_one_line(house: House) -> None:
    browser = signed_in(house)
    (parent,) = house.store.sessions.all()
    house.store.sessions.begin(some_child(parent, "child"))
    text = browser.get(PAGE).text
    assert text.count("Firefox on Linux</span>") == 1
    assert "wiki.example.com, shop.example.com" in text
    assert "Only this browser is signed in." in browser.get(ACCOUNT).text


def test_t41_one_is_signed_out_at_once(house: House) -> None:
    other, browser = signed_in(house), signed_in(house)
    (session,) = sessions(browser)
    answer = browser.fill(PAGE, {"session": session})
    assert answer.status == 303
    assert "That browser has been signed out." in browser.follow(answer).text
    assert other.get(ACCOUNT).status == 303
    assert browser.get(ACCOUNT).status == 200


def test_all_others_are_signed_out_at_once(house: House) -> None:
    others, browser = [signed_in(house) for _ in range(3)], signed_in(house)
    answer = browser.fill(PAGE, {}, action=f"{PAGE}/others")
    assert "Every other browser has been signed out." in browser.follow(answer).text
    assert [each.get(ACCOUNT).status for each in others] == [303] * 3
    assert sessions(browser) == []


def test_nobody_ends_the_session_of_somebody_else(house: House) -> None:
    bobs, browser = signed_in(house, "bob"), signed_in(house)
    signed_in(house, "bob")
    (session,) = sessions(bobs)
    signed_in(house)
    answer = browser.fill(PAGE, {"session": session})
    assert answer.status == 404
    assert bobs.get(ACCOUNT).status == 200


def test_a_session_that_is_gone_is_not_there(house: House) -> None:
    signed_in(house)
    browser = signed_in(house)
    assert browser.fill(PAGE, {"session": "nothing"}).status == 404


def test_coming_back_to_the_address_of_the_button_shows_the_table(house: House) -> None:
    assert signed_in(house).get(f"{PAGE}/others").status == 200


def test_t71_no_token_is_on_the_page(house: House) -> None:
    other, browser = signed_in(house), signed_in(house)
    text = browser.get(PAGE).text
    for each in (other, browser):
        assert each.cookies["__Host-gate"] not in text


def test_t81_a_browsers_name_is_inert(house: House) -> None:
    browser = Browser(house.app)
    browser.enter("alice")
    form = browser.get("/-/gate/step-up").hidden | {"code": house.next_code()}
    browser.post("/-/gate/step-up", form, {"user-agent": "<img src=x onerror=alert(1)>"})
    assert "<img" not in browser.get(PAGE).text
