"""Step-up by the password, where the policy wants it fresh and nothing more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gate.core.subject import Method
from tests.support.keys_in_hand import enrol, new_key
from tests.support.policies import policy_of
from tests.ui.browser import Browser
from tests.ui.exchange import Answer
from tests.ui.house import PASSWORD, House

STEP_UP = "/-/gate/step-up"
PASSWORD_PAGE = f"{STEP_UP}/password"
FRESH = f"{STEP_UP}?next=/fresh"
RULES = """
sites:
  wiki:
    hosts: [wiki.example.com]
    upstream: http://127.0.0.1:8000
    rules:
      - {name: fresh, when: {path: /fresh}, then: {require: signed_in, within: 15m}}
      - {name: rest, when: any, then: {require: signed_in}}
"""


@pytest.fixture
def house() -> House:
    house = House(policy=policy_of(RULES))
    house.add("carol", has_app=False)
    house.add("alice")
    return house


@pytest.fixture
def carol(house: House) -> Browser:
    browser = Browser(house.app)
    browser.enter("carol")
    house.clock.advance(timedelta(minutes=20))
    return browser


def prove(browser: Browser, password: str = PASSWORD) -> Answer:
    return browser.fill(FRESH, {"password": password}, action=PASSWORD_PAGE)


def test_g18_a_password_that_became_old_is_asked_once_more(carol: Browser) -> None:
    page = carol.get(FRESH)
    assert page.status == 200
    assert "asks for your password once more" in page.text
    assert 'name="code"' not in page.text
    before = carol.cookies["__Host-gate"]
    answer = prove(carol)
    assert (answer.status, answer.location) == (303, "/fresh")
    assert carol.cookies["__Host-gate"] != before
    assert carol.get(FRESH).status == 403  # nothing more is asked that carol could prove


def test_a_wrong_one_says_so(carol: Browser) -> None:
    answer = prove(carol, "wrong")
    assert answer.status == 422
    assert "That password was not accepted." in answer.text
    assert answer.hidden["next"] == "/fresh"


def test_g16_the_fifth_wrong_one_signs_out(carol: Browser) -> None:
    found = [prove(carol, "wrong").status for _ in range(5)]
    assert found == [422, 422, 422, 422, 303]
    assert "__Host-gate" not in carol.cookies


def test_g18_a_code_does_not_make_a_password_fresh(house: House) -> None:
    browser = Browser(house.app)
    browser.sign_in(house, "alice")
    house.clock.advance(timedelta(minutes=20))
    page = browser.get(FRESH)
    assert 'name="password"' in page.text
    assert 'name="code"' not in page.text
    assert browser.fill(FRESH, {"code": house.next_code()}).status == 422
    assert prove(browser).status == 303


def test_with_a_key_the_key_comes_first_and_the_password_stands_behind(
    house: House, carol: Browser
) -> None:
    account = house.store.accounts.by_name("carol")
    assert account is not None
    enrol(house.services.new_keys, account, new_key())
    house.store.sessions.end_all(account.id)
    carol.enter("carol")
    house.clock.advance(timedelta(minutes=20))
    text = carol.get(FRESH).text
    assert text.index("Use security key") < text.index('name="password"')


def test_where_a_second_factor_is_asked_for_no_password_is_taken(house: House) -> None:
    browser = Browser(house.app)
    browser.enter("alice")
    answer = browser.fill(STEP_UP, {"password": PASSWORD}, action=PASSWORD_PAGE)
    assert answer.status == 200
    assert 'name="code"' in answer.text
    (session,) = house.store.sessions.all()
    assert [proof.method for proof in session.proofs] == [Method.PASSWORD]
