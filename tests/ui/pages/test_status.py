"""Answers that need nothing but a status."""

from __future__ import annotations

import json

import pytest
from starlette.datastructures import Headers

from tests.ui.browser import NAVIGATION, Browser
from tests.ui.house import House
from ui.fallback import static_pages
from ui.handoff import HandOff, read_handoff
from ui.pages.status import show


@pytest.fixture(scope="module")
def handed() -> HandOff:
    found = read_handoff(Headers(Browser(House().app).handed()))
    if found is None:
        raise ValueError("a browser hands nothing over")
    return found


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (400, "unclean_request"),
        (404, "not_found"),
        (405, "method_not_allowed"),
        (413, "too_large"),
        (500, "gate_unavailable"),
        (503, "gate_unavailable"),
    ],
)
def test_a_status_has_a_page_and_a_word(handed: HandOff, status: int, reason: str) -> None:
    page = show(static_pages(), handed, Headers(NAVIGATION), status)
    assert page.status_code == status
    assert f"<code>{reason}</code>".encode() in bytes(page.body)
    assert b"boot-1" in bytes(page.body)
    told = show(static_pages(), handed, Headers({"sec-fetch-mode": "cors"}), status)
    assert told.status_code == status
    assert json.loads(bytes(told.body))["error"] == reason


def test_an_unknown_page_is_the_gates_own() -> None:
    answer = Browser(House().app).get("/-/gate/nothing/here")
    assert answer.status == 404
    assert answer.title == "Page not found · Gate"


def test_a_wrong_method_is_told_the_right_ones() -> None:
    answer = Browser(House().app).send("DELETE", "/-/gate/sign-in", NAVIGATION)
    assert answer.status == 405
    assert "POST" in answer.header("allow")
