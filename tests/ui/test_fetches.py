"""Scripts of the application beside the pages get no page out of them (G3)."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from tests.ui.browser import NAVIGATION, Browser
from tests.ui.house import House
from ui.pages import PAGES

OTHERS = [
    {"sec-fetch-mode": "cors", "sec-fetch-dest": "empty"},
    {"sec-fetch-mode": "same-origin", "sec-fetch-dest": "empty"},
    {"sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"},
    {"sec-fetch-mode": "no-cors", "sec-fetch-dest": "script"},
    {"sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"},
    {"sec-fetch-mode": "navigate", "sec-fetch-dest": "frame"},
    {"sec-fetch-mode": "navigate", "sec-fetch-dest": "object"},
    {"sec-fetch-mode": "navigate", "sec-fetch-dest": "serviceworker"},
    {"sec-fetch-mode": "cors", "sec-fetch-dest": "document"},
    {"sec-fetch-mode": "websocket", "sec-fetch-dest": "(absent)"},
    {"sec-fetch-mode": "", "sec-fetch-dest": ""},
]


@pytest.fixture(scope="module")
def browser() -> Browser:
    house = House()
    house.add("alice")
    browser = Browser(house.app)
    browser.sign_in(house, "alice")
    return browser


@pytest.mark.parametrize("headers", OTHERS, ids=lambda h: "-".join(h.values()))
@pytest.mark.parametrize("path", [page.path for page in PAGES if page.show])
def test_g3_pages_are_for_navigations(
    browser: Browser, path: str, headers: Mapping[str, str]
) -> None:
    answer = browser.get(f"/-/gate/{path}", headers)
    assert answer.status == 401
    assert answer.header("location") == ""
    assert "csrf" not in answer.text
    assert json.loads(answer.text) == {
        "error": "needs_sign_in",
        "sign_in": "/-/gate/sign-in",
        "request": "boot-1",
    }


def test_g3_an_error_page_is_a_page(browser: Browser) -> None:
    answer = browser.get("/-/gate/nothing", OTHERS[0])
    assert answer.status == 404
    assert json.loads(answer.text)["error"] == "not_found"


def test_g3_clients_without_the_headers_are_served(browser: Browser) -> None:
    old = dict.fromkeys(("sec-fetch-mode", "sec-fetch-dest"), "(absent)")
    assert browser.get("/-/gate/account/security", old).status == 200


def test_g3_a_script_can_not_post_a_form(browser: Browser) -> None:
    hidden = browser.get("/-/gate/account/security/sessions").hidden
    fetched = NAVIGATION | OTHERS[1]
    answer = browser.post("/-/gate/account/security/sessions/others", hidden, fetched)
    assert answer.status == 401


def test_files_are_for_everything(browser: Browser) -> None:
    page = browser.get("/-/gate/sign-in").text
    url = page.partition('src="')[2].partition('"')[0]
    script = {"sec-fetch-mode": "cors", "sec-fetch-dest": "script"}
    assert browser.get(url, script).status == 200
