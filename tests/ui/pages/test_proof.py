"""A security key proves a change: the browser is asked for this very change, and for no other."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

import pytest

from gate.core.secret_text import Secret
from tests.support.keys_in_hand import enrol, new_key
from tests.support.software_authenticator import Authenticator
from tests.ui.browser import Browser
from tests.ui.exchange import Answer
from tests.ui.house import House
from ui.forms import binding, csrf_token

OPTIONS = "/-/gate/account/security/proof/options"
NETWORKS = "/-/gate/account/security/networks"
FETCH = {
    "sec-fetch-mode": "cors",
    "sec-fetch-dest": "empty",
    "content-type": "application/json",
}


@pytest.fixture
def key(house: House, browser: Browser) -> Authenticator:
    assert browser.cookies  # a code was the proof of the sign-in, before there was a key
    key = new_key()
    alice = house.store.accounts.by_name("alice")
    assert alice is not None
    enrol(house.services.new_keys, alice, key)
    return key


def token_of(browser: Browser) -> str:
    found = re.search(r'data-token="([^"]+)"', browser.get(NETWORKS).text)
    return found[1] if found else ""


def token_in(browser: Browser) -> Secret:
    return Secret(browser.cookies["__Host-gate"])


def ask(browser: Browser, body: object, token: str) -> Answer:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"x-gate-csrf": token, "origin": browser.origin, "sec-fetch-site": "same-origin"}
    return browser.send("POST", OPTIONS, FETCH | headers, sent)


def change(text: str) -> Mapping[str, object]:
    return {"change": "networks", "parameters": {"networks": text}}


def test_g3_a_list_is_saved_with_a_key(house: House, browser: Browser, key: Authenticator) -> None:
    text = "203.0.113.0/24\n2001:db8::/48"
    answer = ask(browser, change(text), token_of(browser))
    assert answer.status == 200
    signed = key.get(json.loads(answer.text))
    sent = {"networks": text.replace("\n", "\r\n"), "assertion": signed}
    assert browser.fill(NETWORKS, sent).status == 303
    assert "203.0.113.0/24" in browser.get(NETWORKS).text
    alice = house.store.accounts.by_name("alice")
    assert alice is not None
    assert alice.trial is not None


def test_g3_a_key_that_was_asked_for_one_list_saves_no_other(
    browser: Browser, key: Authenticator
) -> None:
    signed = key.get(json.loads(ask(browser, change("203.0.113.0/24"), token_of(browser)).text))
    answer = browser.fill(NETWORKS, {"networks": "203.0.0.0/16", "assertion": signed})
    assert answer.status == 422
    assert "Your security key\u2019s answer was not accepted. Try again." in answer.text


def test_t70_with_a_key_no_code_saves_it(
    house: House, browser: Browser, key: Authenticator
) -> None:
    answer = browser.fill(NETWORKS, {"networks": "203.0.113.0/24", "proof": house.next_code()})
    assert answer.status == 422
    assert "Your security key has to confirm this" in answer.text
    assert key.credentials[0].sign_count == 0


def test_the_form_has_no_field_for_a_code_then(browser: Browser, key: Authenticator) -> None:
    text = browser.get(NETWORKS).text
    assert 'name="proof"' not in text
    assert 'name="assertion"' in text
    assert 'data-binds="networks"' in text
    assert "<noscript>" in text
    assert key.credentials


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        {},
        {"change": "networks"},
        {"change": 1, "parameters": {}},
        {"change": "networks", "parameters": {"networks": 1}},
        b'{"change": "a", "change": "b", "parameters": {}}',
    ],
)
def test_what_names_no_change_is_refused(
    browser: Browser, key: Authenticator, body: object
) -> None:
    answer = ask(browser, body, token_of(browser))
    assert (answer.status, json.loads(answer.text)["error"]) == (400, "unclean_request")
    assert key.credentials


def test_r19_without_the_token_nothing_is_asked(browser: Browser, key: Authenticator) -> None:
    assert ask(browser, change(""), "").status == 403
    assert ask(browser, change(""), browser.get(NETWORKS).hidden["csrf"]).status == 403
    assert key.credentials


def test_a_form_is_no_json(browser: Browser, key: Authenticator) -> None:
    token = token_of(browser)
    answer = browser.post(OPTIONS, {"change": "networks"}, {"x-gate-csrf": token})
    assert answer.status == 415
    assert key.credentials


def test_without_a_key_there_is_nothing_to_ask(house: House, browser: Browser) -> None:
    assert 'data-token="' not in browser.get(NETWORKS).text
    key = csrf_token(house.services.csrf_key, binding(session=token_in(browser)), "proof")
    answer = ask(browser, change(""), key)
    assert (answer.status, json.loads(answer.text)["error"]) == (403, "not_enrolled")


def test_too_many_questions_are_told_with_the_wait(browser: Browser, key: Authenticator) -> None:
    token = token_of(browser)
    for _ in range(300):
        ask(browser, change(""), token)
    answer = ask(browser, change(""), token)
    assert answer.status == 429
    assert json.loads(answer.text)["words"].startswith("Too many attempts. Try again in")
    assert answer.header("retry-after")
    assert key.credentials


def test_a_stranger_is_asked_to_sign_in(house: House) -> None:
    answer = ask(Browser(house.app), change(""), "")
    assert (answer.status, json.loads(answer.text)["error"]) == (401, "needs_sign_in")
