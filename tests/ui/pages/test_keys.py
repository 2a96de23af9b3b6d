"""Security keys on the account's page."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from gate.core.ports import SecurityKey
from gate.service.security_keys import MOST
from tests.support.keys_in_hand import new_key
from tests.ui.browser import Browser
from tests.ui.factor_forms import codes_of, make_codes, recover
from tests.ui.house import PASSWORD, House
from tests.ui.key_forms import (
    KEYS,
    OPTIONS,
    add_key,
    fetch,
    give_key,
    register,
    sign_change,
    token_for,
)
from ui.account_page import NOTICES
from ui.pages.keys import kind_of


def kept(house: House) -> list[SecurityKey]:
    return list(house.store.keys.of_account(house.store.accounts.all()[0].id))


def change(name: str, key: str) -> dict[str, object]:
    return {"change": "security key", "parameters": {"name": name, "key": key}}


def test_the_form_has_the_fields_that_programs_rely_on(browser: Browser) -> None:
    page = browser.get(KEYS)
    assert set(page.hidden) == {"csrf", "key"}
    assert 'name="name" type="text"' in page.text
    assert 'name="proof"' in page.text
    assert "You have none yet." in page.text
    assert token_for(page, OPTIONS)


def test_g3_the_first_key_is_added_with_a_code(house: House, browser: Browser) -> None:
    other = Browser(house.app)
    other.sign_in(house, "alice")
    answer = add_key(house, browser)
    assert answer.location.startswith(KEYS)
    listed = browser.follow(answer)
    assert NOTICES["key-added"] in listed.text
    assert '<span class="strong">Blue</span>' in listed.text
    assert "Opens pages that ask for a security key, and confirms changes, from" in listed.text
    assert "Add a second key and keep it somewhere else" in browser.get(KEYS).text
    assert "Security key added: Blue" in browser.get("/-/gate/account/security").text
    assert other.get(KEYS).location.startswith("/-/gate/sign-in")


def test_g6_the_second_key_is_added_with_the_first(house: House, browser: Browser) -> None:
    first = give_key(house)
    assert "Code from your app" not in browser.get(KEYS).text
    response = register(browser, new_key())
    assertion = sign_change(browser, KEYS, first, change("Green", response))
    form = {"name": "Green", "key": response, "assertion": assertion}
    answer = browser.fill(KEYS, form)
    assert answer.location.startswith(KEYS)
    green = next(key for key in kept(house) if key.name == "Green")
    assert green.counts_from is None


def test_g3_a_key_that_was_asked_for_one_name_adds_no_other(house: House, browser: Browser) -> None:
    first = give_key(house)
    response = register(browser, new_key())
    assertion = sign_change(browser, KEYS, first, change("Green", response))
    answer = browser.fill(KEYS, {"name": "Red", "key": response, "assertion": assertion})
    assert answer.status == 422
    assert len(kept(house)) == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"proof": "000000"}, "That code was not accepted."),
        ({"name": " "}, "Give it a name."),
        ({"name": "x" * 65}, "That name is too long"),
    ],
    ids=["code", "no name", "long name"],
)
def test_a_wrong_field_is_said_and_the_new_key_is_not_asked_again(
    house: House, browser: Browser, wrong: dict[str, str], said: str
) -> None:
    typed = {"name": "Blue", "key": register(browser, new_key()), "proof": house.next_code()}
    again = browser.fill(KEYS, typed | wrong)
    assert again.status == 422
    assert again.title.startswith("Error: ")
    assert said in again.text
    assert "The new key is ready." in again.text
    form = again.hidden | {"name": "Blue", "proof": house.next_code()}
    assert browser.post(KEYS, form).status == 303
    assert len(kept(house)) == 1


def test_a_registration_that_is_too_late_is_asked_for_again(house: House, browser: Browser) -> None:
    response = register(browser, new_key())
    house.clock.advance(timedelta(minutes=6))
    answer = browser.fill(KEYS, {"name": "Blue", "key": response, "proof": house.code()})
    assert answer.status == 422
    assert "That took too long." in answer.text
    assert 'href="#new-key"' in answer.text
    assert answer.hidden["key"] == ""


@pytest.mark.parametrize("response", ["", "{}", "nonsense", "[" * 5000])
def test_w36_a_registration_that_is_none_is_refused(
    house: House, browser: Browser, response: str
) -> None:
    form = {"name": "Blue", "key": response, "proof": house.next_code()}
    answer = browser.fill(KEYS, form)
    assert answer.status == 422
    assert kept(house) == []


def test_t50_the_options_are_for_the_pages_own_script(browser: Browser) -> None:
    token = token_for(browser.get(KEYS), OPTIONS)
    assert fetch(browser, OPTIONS, "x", {}).status == 403
    elsewhere = Browser(browser.app, host="evil.example", cookies=dict(browser.cookies))
    assert fetch(elsewhere, OPTIONS, token, {}).status in {401, 403}
    assert fetch(Browser(browser.app), OPTIONS, token, {}).status == 401
    assert browser.get(OPTIONS).status == 405


def test_g16_too_many_questions_have_to_wait(browser: Browser) -> None:
    token = token_for(browser.get(KEYS), OPTIONS)
    answers = [fetch(browser, OPTIONS, token, {}) for _ in range(301)]
    assert answers[-1].status == 429
    assert answers[-1].header("retry-after")
    assert "Try again in" in answers[-1].text


def test_there_are_so_many_and_no_more(house: House, browser: Browser) -> None:
    token = token_for(browser.get(KEYS), OPTIONS)
    for _ in range(MOST):
        give_key(house)
    assert "as many as there can be" in browser.get(KEYS).text
    refused = fetch(browser, OPTIONS, token, {})
    assert refused.status == 403
    assert "too_many_factors" in refused.text


def test_g21_a_recovery_code_lets_one_key_be_added_with_the_password(
    house: House, browser: Browser
) -> None:
    code = codes_of(make_codes(house, browser))[0]
    recovered = Browser(house.app)
    recover(recovered, code)
    assert 'name="proof" type="password"' in recovered.get(KEYS).text
    wrong = add_key(house, recovered, proof="wrong")
    assert "That password was not accepted." in wrong.text
    assert add_key(house, recovered, proof=PASSWORD).status == 303
    assert "lets you add one new app or key, and you have" in recovered.get(KEYS).text


def test_the_page_tells_browsers_which_passkeys_there_are(house: House, browser: Browser) -> None:
    give_key(house)
    text = browser.get(KEYS).text
    assert 'data-rp-id="wiki.example.com"' in text
    assert re.search(r'data-known-keys="[\w-]{40,}"', text)
    assert re.search(r'data-user-id="[\w-]+"', text)


def test_a_key_that_may_have_been_copied_is_pointed_at(house: House, browser: Browser) -> None:
    give_key(house)
    house.store.keys.warn_of_clone(kept(house)[0].id, house.clock.now())
    assert "There may be a copy of this key" in browser.get(KEYS).text
    assert "There may be a copy of one of them." in browser.get("/-/gate/account/security").text


def test_a_key_is_called_what_it_is(house: House) -> None:
    give_key(house)
    key = kept(house)[0]
    assert [
        kind_of(replace(key, **told))
        for told in (
            {"transports": ("usb",)},
            {"transports": ("nfc",)},
            {"transports": ("internal",)},
            {"backup_eligible": True, "backed_up": True},
            {"backup_eligible": True},
        )
    ] == [
        "USB key",
        "Security key",
        "Passkey of one device",
        "Passkey, synced",
        "Passkey, not synced yet",
    ]
