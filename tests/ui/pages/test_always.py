"""Always asked for a second factor: the person's own choice."""

from __future__ import annotations

import pytest

from tests.ui.browser import Browser
from tests.ui.factor_forms import codes_of, make_codes, recover
from tests.ui.house import PASSWORD, House

PAGE = "/-/gate/account/security/always"
ACCOUNT = "/-/gate/account/security"


def is_on(house: House) -> bool:
    alice = house.store.accounts.by_name("alice")
    assert alice is not None
    return alice.always_second_factor


def test_it_is_switched_on_and_off_again(house: House, browser: Browser) -> None:
    answer = browser.fill(PAGE, {"proof": house.next_code()})
    page = browser.follow(answer)
    assert "From now on you are always asked" in page.text
    assert is_on(house)
    assert "Nothing opens without your second factor." in browser.get(ACCOUNT).text
    browser.fill(PAGE, {"proof": house.next_code()})
    assert not is_on(house)


@pytest.mark.parametrize("proof", ["", "000000", PASSWORD])
def test_g3_signing_in_a_moment_ago_is_no_proof(house: House, browser: Browser, proof: str) -> None:
    answer = browser.fill(PAGE, {"proof": proof})
    assert answer.status == 422
    assert "That code was not accepted." in answer.text
    assert not is_on(house)


def test_a_form_without_a_choice_leads_back(house: House, browser: Browser) -> None:
    answer = browser.fill(PAGE, {"on": "maybe", "proof": house.next_code()})
    assert answer.location == PAGE
    assert not is_on(house)


def test_a_form_that_was_open_for_long_does_what_its_button_said(
    house: House, browser: Browser
) -> None:
    hidden = browser.get(PAGE).hidden
    for _ in range(2):
        browser.post(PAGE, hidden | {"proof": house.next_code()})
        assert is_on(house)


def test_g16_the_fifth_wrong_proof_ends_the_session(browser: Browser) -> None:
    answers = [browser.fill(PAGE, {"proof": "0" * n}) for n in range(5)]
    assert answers[-1].location.startswith("/-/gate/sign-in")
    assert "__Host-gate" not in browser.cookies


def test_g16_too_many_codes_have_to_wait(house: House) -> None:
    answer = None
    for _ in range(2):
        browser = Browser(house.app)
        browser.sign_in(house, "alice")
        answer = [browser.fill(PAGE, {"proof": "000000"}) for _ in range(3)][-1]
    assert answer is not None
    assert answer.status == 429
    assert answer.header("retry-after")


def test_g21_not_after_a_recovery_code(house: House, browser: Browser) -> None:
    code = codes_of(make_codes(house, browser))[0]
    recovered = Browser(house.app)
    recover(recovered, code)
    answer = recovered.fill(PAGE, {"proof": house.next_code()})
    assert answer.status == 403
    assert "Not after a recovery code" in answer.text
