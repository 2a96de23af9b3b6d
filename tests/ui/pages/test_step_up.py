"""Step-up by code, and what a partial session can't reach."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.ui.browser import Browser
from tests.ui.house import House, allowlist
from ui.pages import PAGES

STEP_UP = "/-/gate/step-up"


@pytest.fixture
def house() -> House:
    house = House()
    house.add("alice")
    house.add("carol", has_app=False)
    return house


@pytest.fixture
def partial(house: House) -> Browser:
    browser = Browser(house.app)
    browser.enter("alice")
    return browser


def test_the_form_has_the_fields_that_programs_rely_on(partial: Browser) -> None:
    page = partial.get(f"{STEP_UP}?next=/wiki")
    assert set(page.hidden) == {"csrf", "next"}
    assert 'name="code" type="text" autocomplete="one-time-code"' in page.text
    assert 'inputmode="numeric"' in page.text
    assert "maxlength" not in page.text or 'maxlength="16"' in page.text


def test_the_page_says_what_for(partial: Browser, house: House) -> None:
    first = partial.get(f"{STEP_UP}?next=/wiki/admin")
    assert first.title == "Enter your code · Gate"
    assert "/wiki/admin" in first.text
    assert "wiki.example.com" in first.text
    partial.prove(house.code())
    again = partial.get(f"{STEP_UP}?next=/wiki/admin")
    assert again.title.startswith("Confirm that it")
    assert "asks for a fresh code" in again.text


def test_a_code_may_be_typed_with_blanks(partial: Browser, house: House) -> None:
    code = house.code()
    assert partial.prove(f" {code[:3]} {code[3:]} ").status == 303


def test_t40_the_code_gives_a_new_session_and_ends_the_old(partial: Browser, house: House) -> None:
    before = partial.cookies["__Host-gate"]
    partial.prove(house.code())
    assert partial.cookies["__Host-gate"] != before
    old = Browser(house.app, cookies={"__Host-gate": before})
    assert old.get(STEP_UP).status == 303


def test_a_wrong_code_shows_the_form_again(partial: Browser) -> None:
    answer = partial.prove("000000", "/wiki")
    assert answer.status == 422
    assert answer.title.startswith("Error: ")
    assert "That code was not accepted." in answer.text
    assert answer.hidden["next"] == "/wiki"
    assert "000000" not in answer.text


def test_t60_a_code_is_accepted_once(partial: Browser, house: House) -> None:
    code = house.code()
    other = Browser(house.app)
    other.enter("alice")
    assert partial.prove(code).status == 303
    assert other.prove(code).status == 422
    assert other.prove(house.next_code()).status == 303


def test_t60_parallel_posts_of_one_code_give_one_success(house: House) -> None:
    browsers = [Browser(house.app) for _ in range(5)]
    for browser in browsers:
        browser.enter("alice")
    code = house.code()
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda each: each.prove(code).status, browsers))
    assert sorted(answers) == [303, 422, 422, 422, 422]


@pytest.mark.parametrize(
    "wrong", ["", "12345", "1234567", "\uff11\uff12\uff13\uff14\uff15\uff16", "x" * 5000]
)
def test_t60_only_six_ascii_digits_are_a_code(partial: Browser, wrong: str) -> None:
    assert partial.prove(wrong).status == 422


@pytest.mark.parametrize(("steps", "status"), [(-2, 422), (-1, 303), (1, 303), (2, 422)])
def test_t61_a_neighbouring_step_is_accepted(
    partial: Browser, house: House, steps: int, status: int
) -> None:
    now = house.clock.now()
    house.clock.set_wall(now + steps * timedelta(seconds=30))
    code = house.code()
    house.clock.set_wall(now)
    assert partial.prove(code).status == status


def test_t62_g16_guesses_are_counted_over_sessions(house: House) -> None:
    for _ in range(5):
        browser = Browser(house.app)
        browser.enter("alice")
        assert browser.prove("000000").status == 422
    browser = Browser(house.app)
    browser.enter("alice")
    answer = browser.prove(house.code())
    assert answer.status == 429
    assert "Try again in 5 minutes." in answer.text
    assert answer.header("retry-after")


@pytest.mark.parametrize("path", [page.path for page in PAGES if page.path.startswith("account")])
def test_t44_a_partial_session_reaches_no_account_page(partial: Browser, path: str) -> None:
    answer = partial.get(f"/-/gate/{path}")
    assert answer.location.startswith("/-/gate/step-up") or answer.status == 405
    hidden = partial.get("/-/gate/sign-out").hidden
    posted = partial.post(f"/-/gate/{path}", hidden)
    assert posted.status in {303, 401, 405}
    assert posted.location.startswith("/-/gate/step-up") or posted.status in {401, 405}


def test_t48_the_code_comes_after_the_password(house: House) -> None:
    stranger = Browser(house.app)
    assert stranger.get(f"{STEP_UP}?next=/wiki").location == "/-/gate/sign-in?next=/wiki"
    answer = stranger.post(STEP_UP, {"code": house.code(), "csrf": "x", "next": "/wiki"})
    assert answer.location == "/-/gate/sign-in?next=/wiki"
    assert stranger.cookies == {}


def test_t48_the_form_before_is_worth_nothing_after(partial: Browser, house: House) -> None:
    form = partial.get(STEP_UP).hidden | {"code": house.code()}
    assert partial.post(STEP_UP, form).status == 303
    assert partial.post(STEP_UP, form).status == 403


def test_an_account_without_an_app_is_told_whom_to_ask(house: House) -> None:
    browser = Browser(house.app)
    browser.enter("carol")
    answer = browser.get(STEP_UP)
    assert answer.status == 403
    assert "not_enrolled" in answer.text
    assert 'href="/-/gate/sign-out">Use another account' in answer.text
    posted = browser.post(STEP_UP, browser.get("/-/gate/sign-out").hidden | {"code": "1"})
    assert posted.status == 403


def test_a_posted_code_of_an_account_without_an_app_is_refused(house: House) -> None:
    browser = Browser(house.app)
    browser.enter("alice")
    form = browser.get(STEP_UP).hidden | {"code": house.code()}
    house.store.accounts.remove_totp(house.store.accounts.all()[0].id, "app-of-alice")
    assert browser.post(STEP_UP, form).status == 403


def test_t43_a_list_that_no_longer_covers_the_person_holds_at_once(
    partial: Browser, house: House
) -> None:
    form = partial.get(STEP_UP).hidden | {"code": house.code()}
    alice = house.store.accounts.all()[0]
    house.store.accounts.set_networks(alice.id, allowlist("192.0.2.0/24"))
    answer = partial.post(STEP_UP, form)
    assert answer.status == 403
    assert "You came from 203.0.113.9" in answer.text


def test_t41_a_session_that_ended_leads_to_sign_in(partial: Browser, house: House) -> None:
    form = partial.get(f"{STEP_UP}?next=/wiki").hidden | {"code": house.code()}
    house.clock.advance(timedelta(hours=2))
    answer = partial.post(STEP_UP, form)
    assert answer.location == "/-/gate/sign-in?next=/wiki"


def test_g16_the_fifth_wrong_code_signs_a_full_session_out(house: House) -> None:
    browser = Browser(house.app)
    browser.sign_in(house, "alice")
    answers = [browser.prove("000000", "/wiki") for _ in range(5)]
    assert [answer.status for answer in answers] == [422, 422, 422, 422, 303]
    assert answers[-1].location == "/-/gate/sign-in?next=/wiki"
    assert "__Host-gate" not in browser.cookies


def test_g5_a_session_of_another_host_is_none(house: House) -> None:
    browser = Browser(house.app)
    browser.sign_in(house, "alice")
    elsewhere = Browser(house.app, host="shop.example.com", cookies=dict(browser.cookies))
    home = "https://wiki.example.com/-/gate/sign-in?"
    assert elsewhere.get(STEP_UP).location.startswith(home)
