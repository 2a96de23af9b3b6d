"""Most pages are tested with alice, who is signed in with both factors."""

from __future__ import annotations

import pytest

from tests.ui.browser import Browser
from tests.ui.house import House


@pytest.fixture
def house() -> House:
    house = House()
    house.add("alice")
    return house


@pytest.fixture
def browser(house: House) -> Browser:
    browser = Browser(house.app)
    browser.sign_in(house, "alice")
    return browser
