"""Code apps on the account's page: a seed shown once, confirmed by password and first code."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gate.factors import totp
from gate.service.code_apps import MOST
from tests.ui.browser import Browser
from tests.ui.exchange import Answer
from tests.ui.factor_forms import (
    RECOVERY_CODES,
    TOTP,
    begin_app,
    codes_of,
    confirm_app,
    make_codes,
    recover,
    seed_of,
)
from tests.ui.house import PASSWORD, SEED, House
from ui.account_page import NOTICES


def test_the_list_names_each_app_and_when_it_was_used(browser: Browser) -> None:
    text = browser.get(TOTP).text
    assert '<span class="strong">phone</span>' in text
    assert "1 day ago" in text
    assert "just now" in text
    assert SEED.reveal() not in text


def test_t64_an_app_is_added_with_name_password_and_code(house: House, browser: Browser) -> None:
    other = Browser(house.app)
    other.sign_in(house, "alice")
    page = begin_app(house, browser)
    assert page.status == 200
    assert page.title == "Add a code app · Gate"
    assert 'name="name" type="text"' in page.text
    assert 'name="password" type="password" autocomplete="current-password"' in page.text
    assert 'name="code" type="text" autocomplete="one-time-code"' in page.text
    answer = confirm_app(house, browser, page)
    assert answer.location.startswith(RECOVERY_CODES)
    assert NOTICES["code-app-added"] in browser.follow(answer).text
    assert "Tablet" in browser.get(TOTP).text
    assert other.get(TOTP).location.startswith("/-/gate/sign-in")
    house.clock.advance(totp.STEP)
    phone = Browser(house.app)
    phone.enter("alice")
    assert phone.prove(totp.code_at(seed_of(page), house.clock.now())).status == 303


def test_the_page_shows_the_seed_as_picture_text_and_link(house: House, browser: Browser) -> None:
    page = begin_app(house, browser)
    seed = seed_of(page).reveal()
    assert len(seed) == 32
    assert 'role="img" aria-label="QR code' in page.text
    assert "<svg " in page.text
    assert f'href="otpauth://totp/wiki.example.com:alice?secret={seed}&amp;issuer=' in page.text
    assert 'data-copies="seed"' in page.text


def test_g3_no_get_shows_a_seed(house: House, browser: Browser) -> None:
    seed = seed_of(begin_app(house, browser)).reveal()
    for path in (TOTP, f"{TOTP}/new"):
        answer = browser.get(path)
        assert seed not in answer.text
        assert "otpauth" not in answer.text
    assert browser.get(f"{TOTP}/new").location == TOTP


def test_g3_the_seed_comes_after_the_strongest_proof(house: House, browser: Browser) -> None:
    answer = begin_app(house, browser, proof=PASSWORD)
    assert answer.status == 422
    assert answer.title.startswith("Error: ")
    assert "That code was not accepted." in answer.text
    assert "otpauth" not in answer.text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"code": "000000"}, "That code was not accepted."),
        ({"password": "wrong"}, "That password was not accepted."),
        ({"name": ""}, "Give it a name."),
        ({"name": "phone"}, "Another one has that name already."),
        ({"name": "x" * 65}, "That name is too long"),
    ],
    ids=["code", "password", "no name", "taken name", "long name"],
)
def test_t64_what_is_wrong_is_said_and_the_seed_stays(
    house: House, browser: Browser, wrong: dict[str, str], said: str
) -> None:
    page = begin_app(house, browser)
    again = confirm_app(house, browser, page, **wrong)
    assert again.status == 422
    assert again.title.startswith("Error: ")
    assert said in again.text
    assert seed_of(again) == seed_of(page)
    assert "horse" not in again.text
    assert confirm_app(house, browser, again).status == 303


@pytest.mark.parametrize("shown", ["", "0" * 64], ids=["none", "another"])
@pytest.mark.parametrize("wrong", [{"name": ""}, {"password": "wrong"}, {}], ids=str)
def test_g3_whoever_has_the_cookie_alone_is_not_shown_the_seed_that_waits(
    house: House, browser: Browser, wrong: dict[str, str], shown: str
) -> None:
    page = begin_app(house, browser)
    thief = Browser(house.app, cookies=dict(browser.cookies))
    fields = {"name": "x", "password": PASSWORD, "code": "000000", "shown": shown} | wrong
    answer = thief.post(TOTP, thief.get(TOTP).hidden | fields)
    assert answer.status == 422
    assert "otpauth" not in answer.text
    assert "seed" not in answer.text
    assert "The key is not shown once more" in answer.text
    assert confirm_app(house, browser, page).status == 303, "its own page is good all the same"


def test_g3_a_page_that_showed_a_seed_stands_for_no_later_one(
    house: House, browser: Browser
) -> None:
    old = begin_app(house, browser)
    browser.post(TOTP, old.hidden | {"action": "cancel"})
    begin_app(house, browser)
    assert "otpauth" not in browser.post(TOTP, old.hidden | {"name": ""}).text


@pytest.mark.parametrize(("steps", "side"), [(3, "90 seconds ahead"), (-4, "120 seconds behind")])
def test_a_clock_that_is_off_is_told(house: House, browser: Browser, steps: int, side: str) -> None:
    page = begin_app(house, browser)
    off = totp.code_at(seed_of(page), house.clock.now() + steps * totp.STEP)
    assert f"about {side}" in confirm_app(house, browser, page, code=off).text


def test_t64_a_seed_is_good_for_ten_minutes(house: House, browser: Browser) -> None:
    page = begin_app(house, browser)
    house.clock.advance(timedelta(minutes=10))
    answer = confirm_app(house, browser, page)
    assert answer.status == 422
    assert "The key that was shown is no longer good." in answer.text


def test_a_seed_can_be_dropped(house: House, browser: Browser) -> None:
    page = begin_app(house, browser)
    dropped = browser.post(TOTP, page.hidden | {"action": "cancel"})
    assert dropped.location == TOTP
    assert "no longer good" in confirm_app(house, browser, page).text


def test_t64_a_seed_is_its_sessions_own(house: House, browser: Browser) -> None:
    other = Browser(house.app)
    other.sign_in(house, "alice")
    page = begin_app(house, browser)
    code = totp.code_at(seed_of(page), house.clock.now())
    fields = {"name": "x", "password": PASSWORD, "code": code}
    answer = other.post(TOTP, other.get(TOTP).hidden | fields)
    assert answer.status == 422
    assert "no longer good" in answer.text


def test_t62_guesses_have_to_wait(house: House, browser: Browser) -> None:
    page = begin_app(house, browser)
    for _ in range(5):
        confirm_app(house, browser, page, code="000000")
    answer = confirm_app(house, browser, page)
    assert answer.status == 429
    assert answer.header("retry-after")
    assert "Try again in 5 minutes." in answer.text
    assert seed_of(answer) == seed_of(page)


def test_g16_the_fifth_wrong_proof_ends_the_session(house: House, browser: Browser) -> None:
    answers = [begin_app(house, browser, proof="000000") for _ in range(5)]
    assert [answer.status for answer in answers] == [422, 422, 422, 422, 303]
    assert answers[-1].location.startswith("/-/gate/sign-in")


def test_there_are_so_many_and_no_more(house: House, browser: Browser) -> None:
    seeds: list[Answer] = []
    for number in range(MOST - 1):
        seeds.append(begin_app(house, browser))
        assert confirm_app(house, browser, seeds[-1], f"app {number}").status == 303
    full = browser.get(TOTP)
    assert "as many as there can be" in full.text
    assert "totp/new" not in full.text
    refused = browser.post(f"{TOTP}/new", full.hidden | {"proof": house.next_code()})
    assert refused.status == 403
    assert "too_many_factors" in refused.text


def test_g21_a_recovery_code_lets_one_app_be_added(house: House, browser: Browser) -> None:
    code = codes_of(make_codes(house, browser))[0]
    recovered = Browser(house.app)
    recover(recovered, code)
    listed = recovered.get(TOTP)
    assert "You signed in with a recovery code." in listed.text
    assert 'name="proof"' not in listed.text
    page = recovered.fill(TOTP, {}, f"{TOTP}/new")
    answer = confirm_app(house, recovered, page)
    assert answer.location.startswith(TOTP)
    listed = recovered.follow(answer)
    assert "lets you add one new app or key, and you have" in listed.text
    again = recovered.post(f"{TOTP}/new", listed.hidden)
    assert again.status == 403
    assert "Not after a recovery code" in again.text
