"""Recovery codes: shown once, in the answer to the POST that made them."""

from __future__ import annotations

import re

import pytest

from tests.ui.browser import Browser
from tests.ui.exchange import Answer
from tests.ui.factor_forms import RECOVERY_CODES, SECURITY, codes_of, make_codes, recover
from tests.ui.house import PASSWORD, House
from ui.account_page import NOTICES

DOWNLOAD = f"{RECOVERY_CODES}/download"
STORED = f"{RECOVERY_CODES}/stored"


@pytest.fixture
def house() -> House:
    house = House()
    house.add("alice")
    house.add("bob")
    return house


@pytest.fixture
def shown(house: House, browser: Browser) -> Answer:
    return make_codes(house, browser)


def test_without_codes_the_page_says_what_that_means(browser: Browser) -> None:
    text = browser.get(RECOVERY_CODES).text
    assert "You have no recovery codes." in text
    assert "Make recovery codes" in text


def test_g21_ten_codes_are_shown_once(browser: Browser, shown: Answer) -> None:
    codes = codes_of(shown)
    assert len(set(codes)) == 10
    again = browser.get(RECOVERY_CODES)
    assert "10 of 10 codes are left." in again.text
    assert not any(code in again.text for code in codes)


def test_g3_codes_are_made_with_proof_in_the_request(house: House, browser: Browser) -> None:
    answer = browser.fill(RECOVERY_CODES, {"proof": PASSWORD})
    assert answer.status == 422
    assert "That code was not accepted." in answer.text
    assert codes_of(answer) == []
    assert house.store.recovery_codes.left(house.store.accounts.all()[0].id) == 0


def test_t42_other_browsers_are_signed_out_and_this_one_goes_on(
    house: House, browser: Browser
) -> None:
    other = Browser(house.app)
    other.sign_in(house, "alice")
    before = browser.cookies["__Host-gate"]
    make_codes(house, browser)
    assert browser.cookies["__Host-gate"] != before
    assert browser.get(RECOVERY_CODES).status == 200
    assert other.get(RECOVERY_CODES).status == 303


def test_t65_a_new_set_says_that_it_kills_the_old_one(
    house: House, browser: Browser, shown: Answer
) -> None:
    assert "the old codes stop working" in browser.get(RECOVERY_CODES).text
    make_codes(house, browser)
    late = Browser(house.app)
    assert recover(late, codes_of(shown)[0]).status == 422


def test_the_codes_are_a_file_without_any_script(browser: Browser, shown: Answer) -> None:
    answer = browser.post(DOWNLOAD, shown.hidden)
    assert answer.status == 200
    assert answer.header("content-type") == "text/plain; charset=utf-8"
    assert answer.header("content-disposition") == (
        'attachment; filename="wiki.example.com-recovery-codes-alice-2026-03-02.txt"'
    )
    assert answer.header("cache-control") == "no-store"
    lines = answer.text.split("\r\n")
    assert lines[0] == "Recovery codes of alice for wiki.example.com"
    assert lines[1].startswith("Made on 02 March 2026, 12:")
    assert [line for line in lines if re.fullmatch(r"[0-9A-Z-]{19}", line)] == codes_of(shown)


@pytest.mark.parametrize("codes", ["", "hello", "0000-0000-0000-0000", "x " * 5000])
def test_nothing_else_can_be_made_a_file(browser: Browser, shown: Answer, codes: str) -> None:
    answer = browser.post(DOWNLOAD, shown.hidden | {"codes": codes})
    assert answer.status in {400, 404}
    assert "attachment" not in answer.header("content-disposition")


def test_the_codes_of_somebody_else_are_none(house: House, shown: Answer) -> None:
    bob = Browser(house.app)
    bob.sign_in(house, "bob")
    mine = make_codes(house, bob).hidden
    answer = bob.post(DOWNLOAD, mine | {"codes": shown.hidden["codes"]})
    assert answer.status == 404


def test_whoever_says_that_they_are_stored_goes_on(browser: Browser, shown: Answer) -> None:
    answer = browser.post(STORED, shown.hidden | {"stored": "yes"})
    assert answer.location.startswith(SECURITY)
    assert NOTICES["recovery-codes"] in browser.follow(answer).text
    assert "10 left" in browser.get(SECURITY).text


def test_whoever_says_nothing_sees_them_again(browser: Browser, shown: Answer) -> None:
    answer = browser.post(STORED, shown.hidden)
    assert answer.status == 422
    assert answer.title.startswith("Error: ")
    assert codes_of(answer) == codes_of(shown)
    assert browser.post(STORED, answer.hidden | {"stored": "yes"}).status == 303


def test_one_of_them_shows_it_and_is_used_up(browser: Browser, shown: Answer) -> None:
    wrong = browser.post(STORED, shown.hidden | {"recovery_code": "0000 0000 0000 0000"})
    assert wrong.status == 422
    assert "not accepted" in wrong.text
    assert codes_of(wrong) == codes_of(shown)
    typed = codes_of(shown)[3].lower().replace("-", " ")
    assert browser.post(STORED, shown.hidden | {"recovery_code": typed}).status == 303
    assert "9 of 10 codes are left." in browser.get(RECOVERY_CODES).text


def test_a_form_without_its_codes_leads_to_the_page(browser: Browser, shown: Answer) -> None:
    answer = browser.post(STORED, shown.hidden | {"codes": "hello"})
    assert answer.location == RECOVERY_CODES


def test_t62_guesses_at_the_form_are_counted(browser: Browser, shown: Answer) -> None:
    for _ in range(5):
        browser.post(STORED, shown.hidden | {"recovery_code": "0" * 16})
    answer = browser.post(STORED, shown.hidden | {"recovery_code": codes_of(shown)[0]})
    assert answer.status == 429
    assert answer.header("retry-after")


def test_the_last_three_are_warned_of(house: House, browser: Browser, shown: Answer) -> None:
    alice = house.store.accounts.all()[0]
    for left in (9, 8, 7, 6, 5, 4, 3):
        unused = house.store.recovery_codes.unused(alice.id)
        assert house.store.recovery_codes.use(alice.id, unused[0], house.clock.now()) == left
    assert "3 of 10 codes are left." in browser.get(RECOVERY_CODES).text
    assert "Make a new set before you run out." in browser.get(RECOVERY_CODES).text
    assert shown.status == 200


def test_g21_a_recovery_code_makes_no_new_set(house: House, shown: Answer) -> None:
    recovered = Browser(house.app)
    recover(recovered, codes_of(shown)[0])
    page = recovered.get(RECOVERY_CODES)
    assert "so a new set can" in page.text
    assert "csrf" not in page.hidden
    assert house.store.recovery_codes.left(house.store.accounts.all()[0].id) == 9


def test_buttons_addresses_lead_back_to_the_page(browser: Browser) -> None:
    for path in (DOWNLOAD, STORED):
        assert browser.get(path).location == RECOVERY_CODES


def test_t71_no_code_is_in_the_history_or_the_overview(
    house: House, browser: Browser, shown: Answer
) -> None:
    browser.post(STORED, shown.hidden | {"recovery_code": codes_of(shown)[0]})
    recorded = str(house.history(house.store.accounts.all()[0]))
    overview = browser.get(SECURITY).text
    for code in codes_of(shown):
        assert code not in recorded + overview
        assert code.replace("-", "") not in recorded + overview
