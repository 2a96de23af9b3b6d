"""The whole history: filtered by the address, part by part, and as a file."""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime, timedelta

import pytest

from gate.core.ports import AuditRecord
from tests.ui.browser import Browser
from tests.ui.exchange import Answer
from tests.ui.house import NOON, House
from ui.pages.history import KINDS
from ui.pages.security import EVENTS

PAGE = "/-/gate/account/security/history"
FILE = f"{PAGE}/file"


def happened(house: House, kind: str, at: datetime = NOON, **details: object) -> None:
    record = AuditRecord(
        at=at, kind=kind, account="alice", client="198.51.100.4", details=dict(details)
    )
    house.store.audit.append([record])


def shown(answer: Answer) -> list[str]:
    return re.findall(r'<span class="event-what">(.*?)</span>', answer.text)


def lines(answer: Answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.text)))


def test_it_says_what_when_and_from_where(browser: Browser) -> None:
    text = browser.get(PAGE).text
    assert shown(browser.get(PAGE)) == ["Confirmed with a code", "Signed in with the password"]
    assert "from 203.0.113.9, Firefox on Linux" in text
    assert 'datetime="2026-03-02T12:00:30+00:00" data-exact>2 March 2026, 12:00 UTC' in text
    assert "Times and days are in UTC." in text


def test_the_overview_leads_to_it(browser: Browser) -> None:
    assert f'<a href="{PAGE}">Whole history</a>' in browser.get("/-/gate/account/security").text


def test_the_terminal_is_a_place_too(house: House, browser: Browser) -> None:
    house.store.audit.append([AuditRecord(at=NOON, kind="factors_reset", account="alice")])
    assert "at the terminal of the gate" in browser.get(PAGE).text


def test_g10_it_shows_nobody_elses(house: House, browser: Browser) -> None:
    house.add("bob")
    Browser(house.app, client="192.0.2.77").enter("bob", "wrong")
    assert "192.0.2.77" not in browser.get(PAGE).text


def test_single_requests_are_not_part_of_it(house: House, browser: Browser) -> None:
    happened(house, "decision")
    assert len(shown(browser.get(PAGE))) == 2


def test_older_events_are_a_click_away_and_the_newest_again(house: House, browser: Browser) -> None:
    for number in range(60):
        happened(house, "key_renamed", key=str(number))
    first = browser.get(f"{PAGE}?kind=factors")
    assert shown(first)[0] == "Security key renamed: 59"
    assert len(shown(first)) == 50
    older = re.findall(r'href="([^"]+)">Older', first.text)[0].replace("&amp;", "&")
    second = browser.get(older)
    assert shown(second) == [f"Security key renamed: {number}" for number in range(9, -1, -1)]
    assert f'href="{PAGE}?kind=factors">Newest' in second.text
    assert ">Older" not in second.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Confirmed with a code", "Signed in with the password", "Security key added"]),
        ("kind=factors", ["Security key added"]),
        ("kind=signing-in", ["Confirmed with a code", "Signed in with the password"]),
        ("kind=addresses", []),
        ("kind=nothing&before=x", None),
        ("since=2026-03-02", ["Confirmed with a code", "Signed in with the password"]),
        ("until=2026-03-01", ["Security key added"]),
        ("since=2026-03-01&until=2026-03-01", ["Security key added"]),
        ("until=9999-12-31&since=0001-01-01", None),
        ("before=1", []),
        (f"before={'9' * 40}", None),
    ],
)
def test_a_filter_is_in_the_address(query: str, found: list[str] | None) -> None:
    house = House()
    house.add("alice")
    happened(house, "key_added", NOON - timedelta(days=1))
    browser = Browser(house.app)
    browser.sign_in(house, "alice")
    everything = ["Confirmed with a code", "Signed in with the password", "Security key added"]
    assert shown(browser.get(f"{PAGE}?{query}")) == (everything if found is None else found)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("since=yesterday", "Write the date as year-month-day"),
        ("until=2026-02-30", "Write the date as year-month-day"),
        ("since=2026-03-02&until=2026-03-01", "The last day comes before the first."),
    ],
)
def test_a_day_that_is_none_is_told_at_its_field(browser: Browser, query: str, words: str) -> None:
    answer = browser.get(f"{PAGE}?{query}")
    assert answer.status == 422
    assert answer.title.startswith("Error: ")
    assert words in answer.text
    assert shown(answer) == []


def test_nothing_that_fits_leads_on(browser: Browser) -> None:
    text = browser.get(f"{PAGE}?kind=addresses").text
    assert "Nothing fits." in text
    assert f'href="{PAGE}">Show everything' in text


def test_t81_what_was_typed_is_inert(browser: Browser) -> None:
    assert "<b>" not in browser.get(f"{PAGE}?since=%22%3E%3Cb%3E&kind=%3Cb%3E").text


def test_every_event_is_of_one_kind() -> None:
    grouped = [
        kind for word, (_, kinds) in KINDS.items() if word not in ("", "refused") for kind in kinds
    ]
    assert sorted(grouped) == sorted(EVENTS)


# --- the file -----------------------------------------------------------------------------------


def test_it_is_saved_as_a_table(house: House, browser: Browser) -> None:
    happened(house, "networks_changed", NOON)
    answer = browser.fill(f"{PAGE}?kind=signing-in", {}, action=FILE)
    assert answer.header("content-type").startswith("text/csv")
    named = 'attachment; filename="gate-history-alice-2026-03-02.csv"'
    assert answer.header("content-disposition") == named
    heads, newest, oldest = lines(answer)
    assert heads[:4] == ["time (UTC)", "event", "address", "browser"]
    assert newest[:4] == [
        "2026-03-02T12:00:30",
        "Confirmed with a code",
        "203.0.113.9",
        "Firefox on Linux",
    ]
    assert oldest[1] == "Signed in with the password"


def test_a_file_with_a_wrong_filter_leads_back_to_it(browser: Browser) -> None:
    answer = browser.fill(PAGE, {"since": "never"}, action=FILE)
    assert answer.location == f"{PAGE}?since=never"


def test_coming_back_to_the_address_of_the_button_shows_the_page(browser: Browser) -> None:
    assert browser.get(FILE).location == PAGE


def test_g3_the_file_is_for_navigations_from_its_own_page(browser: Browser) -> None:
    fetched = {"sec-fetch-mode": "cors", "sec-fetch-dest": "empty"}
    hidden = browser.get(PAGE).hidden
    assert browser.post(FILE, hidden, fetched).status == 401
    assert browser.post(FILE, hidden | {"csrf": "0" * 64}).status == 403


def test_g14_an_account_without_a_factor_is_told_so(house: House) -> None:
    house.add("carol", has_app=False)
    browser = Browser(house.app)
    browser.enter("carol")
    assert "Whole history" not in browser.get("/-/gate/account/security").text
    answer = browser.get(PAGE)
    assert answer.status == 403
    assert "not_enrolled" in answer.text
