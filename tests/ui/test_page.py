"""What a page is, and that its reach is checked whatever the data plane decided."""

from __future__ import annotations

import pytest
from starlette.responses import PlainTextResponse, Response

from tests.ui.browser import Browser
from tests.ui.house import House
from ui.ask import Ask
from ui.page import Page, Reach
from ui.pages import PAGES


def answer(_ask: Ask) -> Response:
    return PlainTextResponse("ok")


def test_a_page_answers_what_it_has() -> None:
    assert Page(path="a", show=answer).methods == ["GET"]
    assert Page(path="a", show=answer, submit=answer).methods == ["GET", "POST"]
    assert Page(path="a", submit=answer).methods == ["POST"]


def test_g14_a_page_is_for_the_strongest_proof_unless_it_says_otherwise() -> None:
    assert Page(path="a").reach is Reach.ACCOUNT
    open_pages = {page.path for page in PAGES if page.reach is Reach.PUBLIC}
    partial = {page.path for page in PAGES if page.reach is Reach.SESSION}
    by_link = {path for path in open_pages if path.partition("/")[0] == "enrol"}
    by_key = {"sign-in/key", "sign-in/key/options"}
    assert open_pages - by_link == {"", "arrive", "sign-in", *by_key, "sign-out"}
    below = {"step-up/key", "step-up/key/options", "step-up/password", "step-up/recovery"}
    assert partial == {"step-up", *below}


def test_every_form_has_a_name_and_only_sign_in_comes_before_a_session() -> None:
    assert all(page.form for page in PAGES if page.submit)
    assert {page.path for page in PAGES if page.before_sign_in} == {
        "sign-in",
        "sign-in/key",
        "sign-in/key/options",
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_g14_without_a_session_no_account_page_answers(page: Page) -> None:
    house = House()
    browser = Browser(house.app)
    headers = {"sec-fetch-mode": "cors", "sec-fetch-dest": "empty"} if page.is_fetched else {}
    for answered in (
        browser.get(f"/-/gate/{page.path}", headers),
        browser.post(f"/-/gate/{page.path}", {}, headers),
    ):
        if page.reach is Reach.PUBLIC:
            continue
        assert answered.status in {303, 401, 405}
        if answered.status == 303:
            assert answered.location.startswith("/-/gate/sign-in")


def test_a_form_sent_where_none_is_taken_is_refused() -> None:
    house = House()
    house.add("alice")
    browser = Browser(house.app)
    browser.sign_in(house, "alice")
    hidden = browser.get("/-/gate/sign-out").hidden
    assert browser.post("/-/gate/account/security", hidden).status == 405
