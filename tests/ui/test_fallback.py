"""Pages that a data plane shows by itself."""

from __future__ import annotations

import re

import pytest

from gate.core.decision import Reason
from ui.fallback import static_pages

PAGES = static_pages("the help desk")


@pytest.mark.parametrize("reason", list(Reason))
def test_each_reason_has_a_page_that_needs_no_other_file(reason: Reason) -> None:
    page = PAGES.page(reason, "boot-7").decode()
    assert "boot-7" in page
    assert "@request-id@" not in page
    assert "/-/gate/static/" not in page
    assert not re.search(r"<(script|img|link)\b", page)
    assert "<title>" in page


@pytest.mark.parametrize("reason", [each for each in Reason if each is not Reason.UNKNOWN_HOST])
def test_no_page_is_a_dead_end(reason: Reason) -> None:
    assert b'class="button ' in PAGES.page(reason, "1")


def test_a_page_says_whom_to_ask() -> None:
    assert b"the help desk" in PAGES.page(Reason.UPSTREAM_DOWN, "1")


def test_trying_again_loads_the_same_address() -> None:
    page = PAGES.page(Reason.UPSTREAM_DOWN, "1").decode()
    assert re.search(r'href=""[^>]*>Try again', page)


def test_what_has_no_page_of_its_own_has_the_one_of_a_gate_that_is_away() -> None:
    assert PAGES.otherwise == PAGES.by_reason[Reason.GATE_UNAVAILABLE]


def test_nothing_is_claimed_about_a_person() -> None:
    for page in PAGES.by_reason.values():
        assert b"Signed in as" not in page
