"""What can be seen of a page by machine: accessibility, width, and what the console says."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import ConsoleMessage, Error, Page

AXE: Final = Path(__file__).parents[2] / "ui/frontend/node_modules/axe-core/axe.min.js"
GRAVE: Final = frozenset({"serious", "critical"})
REFUSED: Final = "the server responded with a status of"  # a page of the gate's says it as well


@dataclass
class Console:
    """What pages say to developers; a page of the gate has nothing to say."""

    said: list[str] = field(default_factory=list)
    forgiven: list[str] = field(default_factory=lambda: [REFUSED])

    def watch(self, page: Page) -> None:
        """Listen to a window."""
        page.on("console", self._message)
        page.on("pageerror", self._error)

    def forgive(self, words: str) -> None:
        """Expect a complaint."""
        self.forgiven.append(words)

    @property
    def complaints(self) -> list[str]:
        """What was said and not expected."""
        return [each for each in self.said if not any(words in each for words in self.forgiven)]

    def _message(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.said.append(f"{message.type}: {message.text}")

    def _error(self, error: Error) -> None:
        self.said.append(str(error))


@cache
def _axe() -> str:
    if not AXE.exists():
        pytest.skip("axe-core is not installed; make test, or npm ci in ui/frontend")
    return AXE.read_text() + "; undefined"


def barriers(page: Page) -> list[str]:
    """Give what keeps people from using a page, as far as axe-core sees."""
    page.evaluate(_axe())
    found = page.evaluate("() => axe.run(document).then(result => result.violations)")
    return [
        f"{each['id']}: {node['target']} {node['failureSummary']}"
        for each in found
        if each["impact"] in GRAVE
        for node in each["nodes"]
    ]


def leads_sideways(page: Page) -> bool:
    """Say whether a part of the page is beyond the window's right edge."""
    found = page.evaluate("() => document.documentElement.scrollWidth > window.innerWidth")
    return bool(found)


def has_focus(page: Page, selector: str) -> bool:
    """Say whether the keyboard writes there."""
    return bool(page.locator(selector).evaluate("it => it === document.activeElement"))


def chromium_path() -> str:
    """Give the browser; without it the test is skipped, which fails under CI."""
    path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    if not os.access(path, os.X_OK):
        pytest.skip(f"{path} is not there; apt-get install chromium, or set CHROMIUM")
    return path
