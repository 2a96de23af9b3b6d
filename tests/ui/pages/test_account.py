"""The account's start leads to its overview."""

from __future__ import annotations

import pytest

from tests.ui.browser import Browser
from tests.ui.house import House


@pytest.mark.parametrize("path", ["/-/gate/account", "/-/gate/account/"])
def test_the_account_begins_with_its_security(path: str) -> None:
    house = House()
    house.add("alice")
    browser = Browser(house.app)
    browser.sign_in(house, "alice")
    answer = browser.get(path)
    assert (answer.status, answer.location) == (303, "/-/gate/account/security")
