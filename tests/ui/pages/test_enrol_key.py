"""The journey's security keys: the form, the options for a script, and what came back."""

from __future__ import annotations

import json

import pytest

from tests.support.keys_in_hand import new_key
from tests.support.software_authenticator import Authenticator
from tests.ui.browser import Browser
from tests.ui.exchange import Answer
from tests.ui.house import House
from tests.ui.travelling import ENROL, Travelling

JSON = {"content-type": "application/json", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty"}


@pytest.fixture
def erin() -> Travelling:
    erin = Travelling(House())
    erin.opens()
    erin.gives()
    return erin


def options(somebody: Travelling, token: str) -> Answer:
    headers = JSON | {"x-gate-csrf": token}
    return somebody.browser.post(f"{ENROL}/key/options", {}, headers)


def answered(somebody: Travelling, key: Authenticator, token: str) -> str:
    answer = options(somebody, token)
    assert answer.status == 200, answer.text
    return key.create(json.loads(answer.text))


def registers(somebody: Travelling, key: Authenticator, name: str = "Blue key") -> Answer:
    hidden = somebody.browser.get(f"{ENROL}/key").hidden
    fields = {"key": answered(somebody, key, hidden["csrf"]), "name": name}
    return somebody.browser.post(f"{ENROL}/key", hidden | fields)


def test_the_form_has_the_fields_that_scripts_rely_on(erin: Travelling) -> None:
    page = erin.browser.get(f"{ENROL}/key")
    assert set(page.hidden) == {"csrf", "key"}
    assert 'name="name" type="text" value="Security key"' in page.text
    assert 'data-new-key="/-/gate/enrol/key/options"' in page.text


def test_without_script_the_code_app_is_offered(erin: Travelling) -> None:
    page = erin.browser.get(f"{ENROL}/key")
    assert "its scripts are off." in page.text
    assert '<a href="/-/gate/enrol/factor">Set up a code app</a>' in page.text


def test_a_registered_key_leads_back_to_what_is_ready(erin: Travelling) -> None:
    answer = registers(erin, new_key())
    assert (answer.status, answer.location) == (303, f"{ENROL}/factor")
    page = erin.browser.follow(answer)
    assert "Your second proof is ready" in page.text
    assert "<strong>Blue key</strong>" in page.text


def test_with_a_key_alone_the_journey_comes_to_its_end(erin: Travelling) -> None:
    registers(erin, new_key())
    erin.sees_codes()
    page = erin.browser.follow(erin.finishes())
    assert "then for your security key" in page.text
    assert "The first page that you open asks for it at once" in page.text
    assert erin.account.key_counts


@pytest.mark.parametrize("text", ["", "{}", "what", '{"id": "a"}'])
def test_t66_what_is_no_answer_of_a_key_is_refused(erin: Travelling, text: str) -> None:
    answer = erin.sends("key", "key", key=text, name="Blue key")
    assert answer.status == 422
    assert answer.title.startswith("Error: ")
    assert 'value="Blue key"' in answer.text


def test_t67_an_answer_counts_once(erin: Travelling) -> None:
    hidden = erin.browser.get(f"{ENROL}/key").hidden
    fields = hidden | {"key": answered(erin, new_key(), hidden["csrf"]), "name": "a"}
    assert erin.browser.post(f"{ENROL}/key", fields).status == 303
    again = erin.browser.post(f"{ENROL}/key", fields)
    assert again.status == 422
    assert "That took too long. Try again." in again.text


def test_options_need_the_token_of_this_journey(erin: Travelling) -> None:
    assert options(erin, "").status == 403
    other = Travelling(erin.house, "frank")
    other.opens()
    other.gives()
    token = other.browser.get(f"{ENROL}/key").hidden["csrf"]
    assert options(erin, token).status == 403


def test_g16_too_many_questions_wait(erin: Travelling) -> None:
    token = erin.browser.get(f"{ENROL}/key").hidden["csrf"]
    for _ in range(300):
        options(erin, token)
    answer = options(erin, token)
    assert answer.status == 429
    assert int(answer.header("retry-after")) > 0
    assert "Too many attempts. Try again in" in answer.text


def test_options_need_a_journey_that_is_good(erin: Travelling) -> None:
    token = erin.browser.get(f"{ENROL}/key").hidden["csrf"]
    erin.new_link()
    answer = options(erin, token)
    assert answer.status == 403
    assert json.loads(answer.text)["words"].startswith("This page is no longer good.")
    erin.browser.cookies.clear()
    assert options(erin, token).status == 401


def test_options_come_after_the_password(erin: Travelling) -> None:
    fresh = Travelling(erin.house, "frank")
    fresh.opens()
    token = fresh.browser.get(f"{ENROL}/password").hidden["csrf"]
    assert options(fresh, token).status == 403


def test_options_are_for_scripts_of_this_origin_alone(erin: Travelling) -> None:
    browser: Browser = erin.browser
    token = browser.get(f"{ENROL}/key").hidden["csrf"]
    elsewhere = JSON | {"x-gate-csrf": token, "origin": "https://shop.example.com"}
    assert browser.post(f"{ENROL}/key/options", {}, elsewhere).status == 403
