"""The own data as a file, for whoever proves to be the owner."""

from __future__ import annotations

import json

import pytest

from tests.ui.browser import Browser
from tests.ui.house import PASSWORD, House

PAGE = "/-/gate/account/settings/own-data"


def test_the_file_comes_in_the_answer_to_the_proof(house: House, browser: Browser) -> None:
    assert f'href="{PAGE}"' in browser.get("/-/gate/account/settings").text
    answer = browser.fill(PAGE, {"proof": house.next_code()})
    assert answer.status == 200
    named = 'attachment; filename="gate-account-alice-2026-03-02.json"'
    assert answer.header("content-disposition") == named
    assert "no-store" in answer.header("cache-control")
    assert json.loads(answer.text)["account"]["name"] == "alice"


@pytest.mark.parametrize("proof", ["", "000000", PASSWORD])
def test_g3_signing_in_a_moment_ago_is_no_proof(browser: Browser, proof: str) -> None:
    answer = browser.fill(PAGE, {"proof": proof})
    assert answer.status == 422
    assert answer.header("content-disposition") == ""
    assert "That code was not accepted." in answer.text


def test_g3_a_get_gives_nothing(browser: Browser) -> None:
    assert browser.get(PAGE).header("content-type").startswith("text/html")


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
