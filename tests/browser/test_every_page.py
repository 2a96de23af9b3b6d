"""What holds for every page: no barrier, nothing beyond the right edge, a silent console.

With `--shots` each page is also kept as a picture in `shots`, to be looked at by a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.conftest import new_browser
from tests.browser.installation import Installation
from tests.browser.looks import Console, barriers, leads_sideways
from tests.browser.tour import Tour

SHOTS: Final = Path(__file__).parent / "shots"
WIDTHS: Final = {"desk": (1280, 800), "phone": (375, 740), "narrow": (320, 640)}
KEPT: Final = frozenset({"desk", "phone"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Shots:
    """Keeps pictures of one width and scheme."""

    label: str
    wanted: bool

    def take(self, page: Page, name: str) -> None:
        """Keep a picture of the page that is open."""
        if self.wanted:
            page.screenshot(path=SHOTS / f"{name}-{self.label}.png", full_page=True)


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> Literal["light", "dark"]:
    """Give what the person likes better."""
    return "light" if request.param == "light" else "dark"


@pytest.fixture(params=list(WIDTHS))
def width(request: pytest.FixtureRequest) -> str:
    """Give the kind of window."""
    return str(request.param)


@pytest.fixture
def browser(
    chromium: Browser, console: Console, width: str, scheme: Literal["light", "dark"]
) -> Iterator[BrowserContext]:
    """Give a browser of that width and scheme."""
    wide, high = WIDTHS[width]
    viewport = {"width": wide, "height": high}
    with new_browser(chromium, console, viewport=viewport, color_scheme=scheme) as context:
        yield context


@pytest.fixture
def shots(request: pytest.FixtureRequest, width: str, scheme: str) -> Shots:
    """Give where pictures go, if they are wanted."""
    wanted = request.config.getoption("--shots", default=False) and width in KEPT
    return Shots(label=f"{width}-{scheme}", wanted=wanted)


def test_every_page_can_be_used_and_fits(page: Page, home: Installation, shots: Shots) -> None:
    wrong: list[str] = []
    for name in Tour(home).stops(page):
        wrong += [f"{name}: {each}" for each in barriers(page)]
        wrong += [f"{name} leads sideways"] * leads_sideways(page)
        shots.take(page, name)
    assert wrong == []
