"""Step-up by a security key first, by a code where one will do, and by nothing else."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from gate.core.policy import Policy
from tests.support.keys_in_hand import enrol, new_key
from tests.support.policies import policy_of
from tests.support.software_authenticator import Authenticator
from tests.ui.browser import Browser
from tests.ui.exchange import Answer
from tests.ui.house import House, allowlist

STEP_UP = "/-/gate/step-up"
ADMIN = f"{STEP_UP}?next=/admin/users"
FETCH = {
    "sec-fetch-mode": "cors",
    "sec-fetch-dest": "empty",
    "sec-fetch-site": "same-origin",
    "content-type": "application/json",
}
RULES = """
sites:
  wiki:
    hosts: [wiki.example.com]
    upstream: http://127.0.0.1:8000
    rules:
      - {name: admin, when: {path: /admin/**}, then: {require: security_key, within: 15m}}
      - {name: rest, when: any, then: {require: second_factor}}
  shop:
    hosts: [shop.example.com]
    upstream: http://127.0.0.1:8001
    rules:
      - {name: keys, when: any, then: {require: security_key}}
"""


def rules() -> Policy:
    return policy_of(RULES)


@pytest.fixture
def house() -> House:
    house = House(policy=rules())
    house.add("alice")
    return house


@pytest.fixture
def key(house: House) -> Authenticator:
    return add_key(house)


@pytest.fixture
def partial(house: House) -> Browser:
    browser = Browser(house.app)
    browser.enter("alice")
    return browser


def add_key(house: House, *, vouched: bool = True, **made: Any) -> Authenticator:
    key = new_key(**made)
    alice = house.store.accounts.by_name("alice")
    assert alice is not None
    enrol(house.services.new_keys, alice, key, vouched=vouched)
    return key


def post(browser: Browser, path: str, body: str = "{}", *, next_to: str = "/") -> Answer:
    token = browser.get(STEP_UP).text.partition('data-token="')[2].partition('"')[0]
    headers = FETCH | {"x-gate-csrf": token, "origin": browser.origin}
    return browser.send("POST", f"/-/gate/{path}?next={next_to}", headers, body.encode())


def prove(browser: Browser, key: Authenticator, *, next_to: str = "/", **bends: Any) -> Answer:
    options = post(browser, "step-up/key/options", next_to=next_to)
    assert options.status == 200, options.text
    return post(browser, "step-up/key", key.get(json.loads(options.text), **bends), next_to=next_to)


def test_a_key_is_asked_first_and_a_code_stands_behind(
    partial: Browser, key: Authenticator
) -> None:
    page = partial.get(f"{STEP_UP}?next=/wiki/Start")
    assert page.title == "Use your security key · Gate"
    assert page.text.index("Use security key") < page.text.index("use your key?")
    assert "<details" in page.text
    assert 'name="code"' in page.text
    assert "/wiki/Start" in page.text
    assert key.credentials


def test_t40_a_key_gives_a_new_session_and_leads_on(partial: Browser, key: Authenticator) -> None:
    before = partial.cookies["__Host-gate"]
    answer = prove(partial, key, next_to="/wiki/Start")
    assert (answer.status, json.loads(answer.text)) == (200, {"next": "/wiki/Start"})
    assert partial.cookies["__Host-gate"] != before
    assert partial.get("/-/gate/account/security").status == 200


def test_without_a_key_the_code_is_asked_as_ever(partial: Browser) -> None:
    page = partial.get(STEP_UP)
    assert page.title == "Enter your code · Gate"
    assert "<details" not in page.text
    assert "security key" not in page.text


def test_t70_where_a_key_is_asked_for_no_code_is_offered_or_taken(
    house: House, partial: Browser, key: Authenticator
) -> None:
    page = partial.get(ADMIN)
    assert 'name="code"' not in page.text
    assert "asks for your security key, and takes nothing else." in page.text
    hidden = partial.get(STEP_UP).hidden
    answer = partial.post(STEP_UP, hidden | {"code": house.code(), "next": "/admin/users"})
    assert answer.status == 422
    assert "A code is not enough here" in answer.text
    assert prove(partial, key, next_to="/admin/users").status == 200


def test_t70_what_stands_in_the_address_bar_loosens_nothing(
    house: House, partial: Browser, key: Authenticator
) -> None:
    partial.prove(house.code())
    answer = partial.get(f"{STEP_UP}?next=/admin/users&level=second_factor&methods=totp")
    assert 'name="code"' not in answer.text
    assert key.credentials


def test_an_account_without_a_key_is_told_where_one_is_asked_for(
    house: House, partial: Browser
) -> None:
    for answer in (
        partial.get(ADMIN),
        partial.fill(STEP_UP, {"code": house.code(), "next": "/admin/users"}),
    ):
        assert answer.status == 403
        assert "A security key is needed" in answer.text
        assert "needs_security_key" in answer.text
        assert 'href="/-/gate/account/security/keys"' in answer.text


def test_g6_only_keys_that_count_are_asked_where_a_key_is_asked_for(
    house: House, partial: Browser
) -> None:
    add_key(house, vouched=False)
    assert partial.get(ADMIN).status == 403
    add_key(house)
    options = post(partial, "step-up/key/options", next_to="/admin/users")
    assert len(json.loads(options.text)["allowCredentials"]) == 1
    options = post(partial, "step-up/key/options", next_to="/wiki")
    assert len(json.loads(options.text)["allowCredentials"]) == 2


def test_g6_a_key_that_waited_long_enough_is_asked(house: House, partial: Browser) -> None:
    waiting = add_key(house, vouched=False)
    house.clock.advance(timedelta(hours=24))
    partial.enter("alice")
    assert partial.get(ADMIN).status == 200
    assert prove(partial, waiting, next_to="/admin/users").status == 200


def test_a_proof_that_became_old_is_asked_for_again(
    house: House, partial: Browser, key: Authenticator
) -> None:
    prove(partial, key, next_to="/admin/users")
    house.clock.advance(timedelta(minutes=16))
    page = partial.get(ADMIN)
    assert page.title.startswith("Confirm that it")
    assert "asks for your security key, and takes nothing else." in page.text


def test_another_sites_rule_is_asked_there(partial: Browser, key: Authenticator) -> None:
    page = partial.get(f"{STEP_UP}?next=https://shop.example.com/basket?x=1")
    assert 'name="code"' not in page.text
    assert "/basket" in page.text
    assert key.credentials


def test_g5_on_another_host_the_key_is_not_asked(house: House, key: Authenticator) -> None:
    browser = Browser(house.app, host="shop.example.com", site="shop")
    browser.enter("alice")
    assert "Use security key" not in browser.get(STEP_UP).text
    assert key.credentials


def test_a_wrong_answer_says_so(partial: Browser, key: Authenticator) -> None:
    answer = prove(partial, key, signature=b"forged")
    assert (answer.status, json.loads(answer.text)["error"]) == (422, "wrong_key")
    assert "was not accepted" in json.loads(answer.text)["words"]


def test_g16_the_fifth_wrong_answer_signs_a_full_session_out(
    partial: Browser, key: Authenticator
) -> None:
    prove(partial, key)
    found = [prove(partial, key, signature=b"forged") for _ in range(5)]
    assert [answer.status for answer in found] == [422, 422, 422, 422, 401]
    assert "__Host-gate" not in partial.cookies


def test_g16_a_wait_is_told(partial: Browser, key: Authenticator) -> None:
    found = [post(partial, "step-up/key").status for _ in range(31)]
    assert found == [422] * 30 + [429]
    assert key.credentials


def test_t43_a_list_that_no_longer_covers_the_person_holds_at_once(
    house: House, partial: Browser, key: Authenticator
) -> None:
    alice = house.store.accounts.all()[0]
    house.store.accounts.set_networks(alice.id, allowlist("192.0.2.0/24"))
    answer = post(partial, "step-up/key/options")
    assert (answer.status, json.loads(answer.text)["error"]) == (403, "ip_not_allowed")
    assert key.credentials


def test_t48_a_stranger_is_asked_to_sign_in(house: House) -> None:
    stranger = Browser(house.app)
    headers = FETCH | {"origin": stranger.origin}
    for path in ("step-up/key", "step-up/key/options"):
        answer = stranger.send("POST", f"/-/gate/{path}", headers, b"{}")
        assert (answer.status, json.loads(answer.text)["error"]) == (401, "needs_sign_in")


def test_a_recovery_code_leads_where_it_helps(partial: Browser, key: Authenticator) -> None:
    assert 'step-up/recovery?next=/wiki"' in partial.get(f"{STEP_UP}?next=/wiki").text
    account = "/-/gate/account/security"
    assert f'step-up/recovery?next={account}"' in partial.get(ADMIN).text
    assert "Use a recovery code</a> to set up a new one" in partial.get(ADMIN).text
    assert key.credentials
