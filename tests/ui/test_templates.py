"""Templates escape everything, and miss nothing."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import override

import pytest
from jinja2 import UndefinedError

from tests.ui.browser import Browser
from tests.ui.house import House
from ui.pages import PAGES
from ui.templates import FOLDER, environment, render


def test_a_name_that_is_not_there_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        render("sign_in.html")


def test_t81_everything_is_escaped() -> None:
    assert environment().from_string("{{ x }}").render(x="<b>") == "&lt;b&gt;"
    unescaped = [
        path.name for path in sorted(FOLDER.glob("*.html")) if "| safe" in path.read_text()
    ]
    assert unescaped == ["base.html"]  # the style of a page that stands alone


class Outline(HTMLParser):
    """Collects what makes a page usable without eyes or mouse."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.labelled: set[str] = set()
        self.inputs: list[dict[str, str | None]] = []
        self.headings: list[str] = []
        self.referred: list[str] = []
        self.tags: set[str] = set()
        self.feed(text)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.add(tag)
        if "id" in found:
            self.ids.append(found["id"] or "")
        if tag == "label":
            self.labelled.add(found.get("for") or "")
        if tag in {"input", "textarea", "select"} and found.get("type") != "hidden":
            self.inputs.append(found)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(tag)
        self.referred += (found.get("aria-describedby") or "").split()


def pages() -> dict[str, str]:
    """Give every page that a person sees, forms with errors among them."""
    house = House()
    house.add("alice", networks="203.0.113.0/24")
    stranger, browser = Browser(house.app), Browser(house.app)
    found = {
        "stranger/sign-in": stranger.get("/-/gate/sign-in").text,
        "stranger/sign-out": stranger.get("/-/gate/sign-out").text,
        "sign-in/wrong": stranger.enter("alice", "wrong").text,
    }
    browser.enter("alice")
    found["step-up/wrong"] = browser.prove("000000").text
    browser.prove(house.next_code())
    for page in PAGES:
        answer = browser.get(f"/-/gate/{page.path}")
        if answer.status == 200:
            found[page.path] = answer.text
    networks = "/-/gate/account/security/networks"
    found["networks/wrong"] = browser.fill(networks, {"networks": "what"}).text
    found["networks/tick"] = browser.fill(networks, {"networks": "192.0.2.1"}).text
    found["nothing"] = browser.get("/-/gate/nothing").text
    return found


def test_every_page_can_be_used_without_eyes_or_script() -> None:
    for name, text in pages().items():
        _check(name, text)


def _check(name: str, text: str) -> None:
    outline = Outline(text)
    assert '<html lang="en">' in text
    assert outline.headings[:1] == ["h1"] or "h1" in outline.headings
    assert outline.headings.count("h1") == 1
    assert "main" in outline.tags
    assert len(outline.ids) == len(set(outline.ids))
    for each in outline.inputs:
        labelled = each.get("id") in outline.labelled or each.get("type") == "checkbox"
        assert labelled or each.get("aria-hidden") == "true", (name, each)
    assert set(outline.referred) <= set(outline.ids)
    assert ("<title>Error: " in text) == ('role="alert"' in text)
    assert "{{" not in text
    assert "{%" not in text
