"""Signing in through the pages: tokens, the order of steps, and what ends a session (T40-T48)."""

from __future__ import annotations

import re

import pytest

from gate.core.handoff import PREFIX
from tests.contracts.plane.conftest import House
from tests.support.browser_client import SIGN_IN, SIGN_OUT, STEP_UP, code
from tests.support.gate_process import PASSWORD, Answer
from ui.page import Page, Reach
from ui.pages import PAGES

ACCOUNT = f"{PREFIX}account/security"
NEW_PASSWORD = "a wholly different pass phrase"
BY_TOKEN = {"arrive", "enrol"}  # pages that say no more without the token that leads to them


def passes(house: House, token: str, host: str = "localhost") -> bool:
    """Say whether a token opens the site."""
    return house.gate.ask("/x", host, token=token).status == 200


def test_t40_the_token_is_another_one_after_each_step(house: House, person: str) -> None:
    browser = house.browser()
    answer = browser.sign_in(person, "/x")
    assert (answer.status, answer.header("location")) == (303, f"{STEP_UP}?next=/x")
    first = browser.token
    answer = browser.step_up(code(), "/x")
    assert (answer.status, answer.header("location")) == (303, "/x")
    assert first not in {"", browser.token}
    assert not passes(house, first)
    assert passes(house, browser.token)


def test_t40_g24_a_planted_session_is_not_adopted(house: House, person: str) -> None:
    browser = house.browser()
    for planted in ("A" * 43, house.fresh("bob", "localhost")):
        browser.cookies[house.gate.cookie_name] = planted
        assert browser.sign_in(person).status == 303
        assert browser.token != planted
        assert not passes(house, planted)


def test_t41_a_session_that_was_signed_out_is_over(house: House, person: str) -> None:
    browser = house.browser()
    browser.enter(person)
    token = browser.token
    browser.open(SIGN_OUT)
    assert passes(house, token)  # a GET changes nothing
    answer = browser.submit(SIGN_OUT, {})
    assert answer.status == 303
    assert not passes(house, token)


def test_t42_a_new_password_ends_the_other_sessions(house: House, person: str) -> None:
    browser = house.browser()
    browser.enter(person)
    others = [house.fresh(person, "localhost"), house.fresh(person, "echo.test"), browser.token]
    browser.open(f"{ACCOUNT}/password")
    wanted = {"current": PASSWORD, "password": NEW_PASSWORD}
    assert browser.submit(f"{ACCOUNT}/password", wanted).status == 303
    assert passes(house, browser.token)
    assert not any(passes(house, token) for token in (others[0], others[2]))
    assert not passes(house, others[1], "echo.test")
    assert house.browser().sign_in(person).status == 422
    assert house.browser().sign_in(person, password=NEW_PASSWORD).status == 303


def test_t42_g3_a_password_is_not_changed_without_the_current_one(
    house: House, person: str
) -> None:
    browser = house.browser()
    browser.enter(person)
    browser.open(f"{ACCOUNT}/password")
    for current in ("", "wrong", NEW_PASSWORD):
        wanted = {"current": current, "password": NEW_PASSWORD}
        assert browser.submit(f"{ACCOUNT}/password", wanted).status == 422
    assert house.browser().sign_in(person).status == 303


def planted(answer: Answer, name: str) -> list[str]:
    """Give the attributes of each Set-Cookie of a name, in lower case."""
    texts = [line.decode() for line in answer.values("set-cookie")]
    mine = [text for text in texts if text.startswith(f"{name}=")]
    return [";".join(sorted(re.split(r"; ?", text.lower())[1:])) for text in mine]


def test_t46_cookies_are_set_and_taken_back_with_the_same_attributes(
    house: House, person: str
) -> None:
    browser, name = house.browser(), house.gate.cookie_name
    answer = browser.sign_in(person)
    assert planted(answer, name) == ["httponly;path=/;samesite=lax"]
    assert planted(browser.step_up(code()), name) == ["httponly;path=/;samesite=lax"]
    browser.open(SIGN_OUT)
    answer = browser.submit(SIGN_OUT, {})
    assert planted(answer, name) == ["httponly;max-age=0;path=/;samesite=lax"]


def test_t46_g24_no_own_cookie_reaches_the_site_in_any_spelling(house: House, mark: str) -> None:
    port = house.gate.port
    names = [f"gate{kind}-{port}" for kind in ("", "-form", "-device")]
    spelled = [f"{name}={mark}" for name in names] + [f"{names[0].upper()}={mark}"]
    sent = "; ".join(["app=1", *spelled, "last=2"])
    answer = house.gate.ask("/public/x", "echo.test", headers=[("Cookie", sent)])
    assert answer.status == 200
    assert mark not in answer.text
    assert "app=1; last=2" in answer.text


def test_g24_a_cookie_of_another_port_is_none(house: House) -> None:
    token = house.token("alice")
    for name in ("gate-1", "gate", "__Host-gate", house.gate.cookie_name.upper()):
        headers = [("Cookie", f"{name}={token}")]
        assert house.gate.ask("/x", "echo.test", headers=headers).status == 401


def test_t48_no_step_is_skipped_or_counted_twice(house: House, person: str) -> None:
    browser = house.browser()
    browser.open(SIGN_IN)
    assert browser.submit(SIGN_IN, {}).status == 422
    assert browser.submit(STEP_UP, {"code": code()}).status == 401
    assert browser.token == ""
    assert browser.sign_in(person).status == 303
    browser.open(STEP_UP)
    form, cookies = browser.page, browser.cookies.copy()
    assert browser.submit(STEP_UP, {"code": ""}).status == 422
    assert browser.submit(STEP_UP, {"code": code()}).status == 303
    assert passes(house, browser.token)
    done = browser.token
    browser.cookies, browser.page = cookies, form  # back, and the same form once more
    assert browser.submit(STEP_UP, {"code": code()}).status == 401
    assert not passes(house, browser.token)
    assert passes(house, done)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_t44_g14_a_partial_session_reaches_no_page_but_step_up(house: House, page: Page) -> None:
    path, reach = PREFIX + page.path, page.reach
    token = house.partial("alice", "localhost")
    answer = house.gate.ask(path, "localhost", token=token, page=True)
    if page.path == "":  # the bare prefix has nothing of its own to show
        assert (answer.status, answer.header("location")) == (303, ACCOUNT)
    elif page.path.partition("/")[0] in BY_TOKEN:
        assert answer.status in {200, 303, 403, 404, 405}
    elif reach in {Reach.PUBLIC, Reach.SESSION}:
        assert answer.status in {200, 405}
    else:
        assert answer.header("location").startswith(f"{STEP_UP}?next=")
    posted = house.gate.ask(path, "localhost", method="POST", token=token, page=True, body=b"a=b")
    assert posted.status in {401, 403, 405, 415}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_g14_a_stranger_reaches_only_what_is_open_to_all(house: House, page: Page) -> None:
    path, reach = PREFIX + page.path, page.reach
    answer = house.gate.ask(path, "localhost", page=True)
    if page.path == "":
        assert (answer.status, answer.header("location")) == (303, SIGN_IN)
    elif page.path.partition("/")[0] in BY_TOKEN:
        assert answer.status in {303, 403, 404, 405}
    elif reach is Reach.PUBLIC:
        assert answer.status in {200, 404, 405}
    else:
        assert answer.header("location").startswith(f"{SIGN_IN}?next=")


@pytest.mark.parametrize("path", ["admin/", "admin/accounts", "nothing", "static/../admin", "x/y"])
def test_g14_what_is_no_page_is_none_for_anybody(house: House, path: str) -> None:
    for token in (None, house.token("bob", "localhost")):
        answer = house.gate.ask(PREFIX + path, "localhost", token=token, page=True)
        assert answer.status in {303, 400, 403, 404}
        if answer.status == 303:
            assert answer.reason == "needs_sign_in"


def test_g14_account_pages_keep_to_the_accounts_own_addresses(house: House) -> None:
    answer = house.gate.ask(
        ACCOUNT, "localhost", token=house.token("carol", "localhost"), page=True
    )
    assert (answer.status, answer.reason) == (403, "ip_not_allowed")
