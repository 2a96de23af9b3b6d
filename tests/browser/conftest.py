"""One gate and one Chromium for all journeys; each test has windows and an account of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.installation import Installation, installation
from tests.browser.looks import Console, chromium_path
from tests.browser.person import Person

DESK = {"width": 1280, "height": 800}
PATIENCE = 60_000  # milliseconds for whatever is waited for
expect.set_options(timeout=PATIENCE)
# A person's own browser goes back to pages as they were, and so do these.
WITHOUT = ["--disable-back-forward-cache"]

type NewPerson = Callable[..., Person]


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--shots` takes the pictures of all pages anew."""
    parser.addoption("--shots", action="store_true", help="take pictures into tests/browser/shots")


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Run Chromium."""
    path = chromium_path()
    arguments = ["--disable-dev-shm-usage", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=arguments, ignore_default_args=WITHOUT
        )
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Run a gate in front of the old site; nothing is started without a browser to look at it."""
    chromium_path()
    with installation(tmp_path_factory.mktemp("home") / "gate") as home:
        yield home


@pytest.fixture
def console() -> Iterator[Console]:
    """Listen to what pages say to developers; in the end it must have been nothing."""
    console = Console()
    yield console
    assert console.complaints == []


@pytest.fixture
def browser(chromium: Browser, console: Console) -> Iterator[BrowserContext]:
    """Give a browser that has never been anywhere."""
    with new_browser(chromium, console) as context:
        yield context


@pytest.fixture
def other_browser(chromium: Browser, console: Console) -> Iterator[BrowserContext]:
    """Give a second one, which shares nothing with the first."""
    with new_browser(chromium, console) as context:
        yield context


@pytest.fixture
def page(browser: BrowserContext) -> Page:
    """Give a window of it."""
    return browser.new_page()


@pytest.fixture
def person(page: Page, home: Installation) -> Person:
    """Give somebody of the staff, who has not signed in."""
    return Person(home.somebody(), page, home)


def new_browser(chromium: Browser, console: Console, **options: object) -> BrowserContext:
    """Give a browser whose windows are listened to; a context, which closes it."""
    context = chromium.new_context(
        **{"viewport": DESK, **options}  # type: ignore[arg-type]  # a table of keywords
    )
    context.set_default_timeout(PATIENCE)
    context.on("page", console.watch)
    return context
