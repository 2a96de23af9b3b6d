"""Renaming and removing security keys."""

from __future__ import annotations

import pytest

from tests.support.software_authenticator import Authenticator
from tests.ui.browser import Browser
from tests.ui.exchange import Answer
from tests.ui.factor_forms import SECURITY
from tests.ui.house import House
from tests.ui.key_forms import KEYS, give_key, sign_change
from ui.account_page import NOTICES

RENAME = f"{KEYS}/rename"
REMOVE = f"{KEYS}/remove"


@pytest.fixture
def house() -> House:
    house = House()
    house.add("alice")
    house.add("bob")
    return house


@pytest.fixture
def key(house: House, browser: Browser) -> Authenticator:
    assert browser.cookies  # a code was the proof of the sign-in, before there was a key
    return give_key(house)


def id_of(house: House, name: str = "alice") -> str:
    account = house.store.accounts.by_name(name)
    assert account is not None
    return house.store.keys.of_account(account.id)[0].id


def rename(browser: Browser, key: str, name: str) -> Answer:
    csrf = browser.get(KEYS).hidden["csrf"]
    return browser.post(RENAME, {"csrf": csrf, "id": key, "name": name})


def remove(browser: Browser, key: Authenticator, named: str, signed_for: str = "") -> Answer:
    page = f"{REMOVE}?id={named}"
    change = {"change": "remove security key", "parameters": {"id": signed_for or named}}
    assertion = sign_change(browser, page, key, change)
    return browser.fill(page, {"assertion": assertion})


def test_a_key_gets_another_name(house: House, browser: Browser, key: Authenticator) -> None:
    assert key.credentials
    listed = browser.follow(rename(browser, id_of(house), "Blue key"))
    assert NOTICES["key-renamed"] in listed.text
    assert '<span class="strong">Blue key</span>' in listed.text


def test_a_name_that_can_not_be_is_said_at_its_field(
    house: House, browser: Browser, key: Authenticator
) -> None:
    assert key.credentials
    answer = rename(browser, id_of(house), "")
    assert answer.status == 422
    assert f'href="#name-{id_of(house)}"' in answer.text
    assert "Give it a name." in answer.text
    assert 'required value="Security key"' in answer.text


def test_g3_a_key_is_removed_with_a_proof_for_this_key(
    house: House, browser: Browser, key: Authenticator
) -> None:
    named = id_of(house)
    assert "Remove “Office”?" in browser.get(f"{REMOVE}?id={named}").text
    for_another = remove(browser, key, named, "another")
    assert for_another.status == 422
    assert "answer was not accepted" in for_another.text
    without = browser.fill(f"{REMOVE}?id={named}", {"proof": house.next_code()})
    assert without.status == 422
    assert "Your security key has to confirm this" in without.text
    answer = remove(browser, key, named)
    assert answer.location.startswith(KEYS)
    assert NOTICES["key-removed"] in browser.follow(answer).text
    assert "You have none yet." in browser.get(KEYS).text


def test_t68_the_key_of_somebody_else_does_not_exist(
    house: House, browser: Browser, key: Authenticator
) -> None:
    assert key.credentials
    give_key(house, "bob")
    theirs = id_of(house, "bob")
    assert rename(browser, theirs, "mine").status == 404
    assert browser.get(f"{REMOVE}?id={theirs}").location == KEYS
    csrf = browser.get(KEYS).hidden["csrf"]
    assert browser.post(REMOVE, {"csrf": csrf, "id": theirs}).status == 404


def test_t70_the_last_factor_stays_and_the_page_says_why(
    house: House, browser: Browser, key: Authenticator
) -> None:
    alice = house.store.accounts.all()[0]
    house.store.accounts.set_always_second_factor(alice.id, on=True)
    house.store.accounts.remove_totp(alice.id, "app-of-alice")
    assert key.credentials
    assert "Your last one, which has to stay" in browser.get(KEYS).text
    page = browser.get(f"{REMOVE}?id={id_of(house)}")
    assert "this site asks for one" in page.text
    assert "data-proof" not in page.text


def test_the_last_factor_of_all_leads_to_the_overview(
    house: House, browser: Browser, key: Authenticator
) -> None:
    alice = house.store.accounts.all()[0]
    house.store.accounts.remove_totp(alice.id, "app-of-alice")
    answer = remove(browser, key, id_of(house))
    assert answer.location.partition("?")[0] == SECURITY
    assert "This account has no second factor." in browser.follow(answer).text


def test_buttons_addresses_lead_back_to_the_list(browser: Browser) -> None:
    assert browser.get(RENAME).location == KEYS
    assert browser.get(REMOVE).location == KEYS
