"""The bare prefix leads on."""

from __future__ import annotations

from tests.ui.browser import Browser
from tests.ui.house import House


def test_a_stranger_is_led_to_sign_in() -> None:
    answer = Browser(House().app).get("/-/gate/")
    assert (answer.status, answer.location) == (303, "/-/gate/sign-in")


def test_whoever_is_signed_in_is_led_to_the_account() -> None:
    house = House()
    house.add("bob", has_app=False)
    browser = Browser(house.app)
    browser.enter("bob")
    answer = browser.get("/-/gate/")
    assert (answer.status, answer.location) == (303, "/-/gate/account/security")
