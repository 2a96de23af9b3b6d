"""Sign-in by a passkey alone, as the page's script does it."""

from __future__ import annotations

import json

import pytest

from gate.core.subject import AccountState
from tests.support.keys_in_hand import enrol, new_key
from tests.support.software_authenticator import Authenticator
from tests.ui.browser import Browser
from tests.ui.exchange import Answer
from tests.ui.house import House, allowlist

SIGN_IN = "/-/gate/sign-in"
FETCH = {
    "sec-fetch-mode": "cors",
    "sec-fetch-dest": "empty",
    "sec-fetch-site": "same-origin",
    "content-type": "application/json",
}


@pytest.fixture
def key(house: House) -> Authenticator:
    key = new_key()
    alice = house.store.accounts.by_name("alice")
    assert alice is not None
    enrol(house.services.new_keys, alice, key)
    return key


def post(
    browser: Browser, path: str, body: str = "{}", *, token: str | None = None, next_to: str = ""
) -> Answer:
    known = browser.get(SIGN_IN).hidden["csrf"] if token is None else token
    headers = FETCH | {"x-gate-csrf": known, "origin": browser.origin}
    query = f"?next={next_to}" if next_to else ""
    return browser.send("POST", f"/-/gate/{path}{query}", headers, body.encode())


def asked(browser: Browser, key: Authenticator) -> str:
    options = post(browser, "sign-in/key/options")
    assert options.status == 200, options.text
    return key.get(json.loads(options.text))


def error_of(answer: Answer) -> str:
    return str(json.loads(answer.text)["error"])


def test_a_passkey_signs_in_and_leads_on(house: House, key: Authenticator) -> None:
    browser = Browser(house.app)
    answer = post(browser, "sign-in/key", asked(browser, key), next_to="/wiki/Start")
    assert (answer.status, json.loads(answer.text)) == (200, {"next": "/wiki/Start"})
    assert "__Host-gate" in browser.cookies
    assert "__Host-gate-form" not in browser.cookies
    assert browser.get("/-/gate/account/security").status == 200


def test_the_page_offers_it_beside_the_password(house: House) -> None:
    page = Browser(house.app).get(f"{SIGN_IN}?next=/wiki")
    assert 'autocomplete="username webauthn"' in page.text
    assert "Sign in with a passkey" in page.text
    assert 'data-next="/wiki"' in page.text


def test_g5_another_port_of_the_pages_host_does_not_offer_it(house: House) -> None:
    page = Browser(house.app, host="wiki.example.com:8443").get(SIGN_IN)
    assert "passkey" not in page.text
    assert 'autocomplete="username"' in page.text


def test_t73_the_question_is_the_same_whoever_has_an_account(
    house: House, key: Authenticator
) -> None:
    browsers = [Browser(each.app) for each in (house, House())]
    seen = [json.loads(post(each, "sign-in/key/options").text) for each in browsers]
    first, second = ({**each, "challenge": ""} for each in seen)
    assert first == second
    assert key.credentials


def test_w09_an_answer_of_another_browser_signs_nobody_in(house: House, key: Authenticator) -> None:
    answer = asked(Browser(house.app), key)
    other = Browser(house.app)
    refused = post(other, "sign-in/key", answer)
    assert (refused.status, error_of(refused)) == (422, "wrong_key")
    assert "__Host-gate" not in other.cookies


@pytest.mark.parametrize("state", [AccountState.DISABLED, AccountState.LOCKED])
def test_t73_what_is_wrong_with_an_account_is_not_told(
    house: House, key: Authenticator, state: AccountState
) -> None:
    browser = Browser(house.app)
    answer = asked(browser, key)
    alice = house.store.accounts.by_name("alice")
    assert alice is not None
    house.store.accounts.set_state(alice.id, state)
    refused = post(browser, "sign-in/key", answer)
    assert (refused.status, error_of(refused)) == (422, "wrong_key")
    assert "not accepted" in json.loads(refused.text)["words"]


def test_an_address_that_is_not_admitted_is_named(house: House, key: Authenticator) -> None:
    alice = house.store.accounts.by_name("alice")
    assert alice is not None
    house.store.accounts.set_networks(alice.id, allowlist("192.0.2.0/24"))
    browser = Browser(house.app)
    refused = post(browser, "sign-in/key", asked(browser, key))
    assert (refused.status, error_of(refused)) == (403, "ip_not_allowed")
    assert "You came from 203.0.113.9" in json.loads(refused.text)["words"]


def test_g16_too_many_wrong_answers_are_told_with_the_wait(house: House) -> None:
    browser = Browser(house.app)
    token = browser.get(SIGN_IN).hidden["csrf"]
    for _ in range(30):
        post(browser, "sign-in/key", token=token)
    refused = post(browser, "sign-in/key", token=token)
    assert (refused.status, error_of(refused)) == (429, "rate_limited")
    assert refused.header("retry-after")


@pytest.mark.parametrize("path", ["sign-in/key", "sign-in/key/options"])
def test_r19_without_the_forms_token_nothing_is_taken(house: House, path: str) -> None:
    browser = Browser(house.app)
    browser.get(SIGN_IN)
    assert post(browser, path, token="x").status == 403
    assert post(Browser(house.app), path, token="").status == 403


def test_r19_another_origin_is_refused(house: House, key: Authenticator) -> None:
    browser = Browser(house.app)
    token = browser.get(SIGN_IN).hidden["csrf"]
    headers = FETCH | {"x-gate-csrf": token, "origin": "https://evil.example.com"}
    answer = browser.send("POST", "/-/gate/sign-in/key/options", headers, b"{}")
    assert answer.status == 403
    assert key.credentials


@pytest.mark.parametrize("body", ["", "[]", "null", '{"id": "a"}', "\x00" * 100, "{" * 20_000])
def test_t66_what_is_no_answer_is_refused_and_no_more(house: House, body: str) -> None:
    assert post(Browser(house.app), "sign-in/key", body).status == 422


def test_t66_an_answer_of_a_megabyte_is_too_large(house: House) -> None:
    assert post(Browser(house.app), "sign-in/key", " " * 1_000_000).status == 413
