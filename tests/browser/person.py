"""A person in front of a browser: what they know, what they do, and where they end up."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from playwright.sync_api import Page

from gate.core.secret_text import Secret
from gate.core.subject import Method
from gate.factors import totp
from tests.browser.installation import Installation
from tests.support.gate_process import PASSWORD, SEED

__all__ = ["ACCOUNT", "PASSWORD", "PREFIX", "SIGN_IN", "SIGN_OUT", "STEP_UP", "Person"]

PREFIX: Final = "/-/gate/"
SIGN_IN: Final = f"{PREFIX}sign-in"
STEP_UP: Final = f"{PREFIX}step-up"
SIGN_OUT: Final = f"{PREFIX}sign-out"
ACCOUNT: Final = f"{PREFIX}account/security"
AHEAD: Final = 1  # time steps that a phone may be ahead (RFC 6238 section 5.2)


@dataclass
class Person:
    """Somebody with an account, a phone and one window."""

    name: str
    page: Page
    home: Installation
    last_step: int = 0

    @property
    def url(self) -> str:
        """What the address bar shows, without the origin."""
        return self.page.url.removeprefix(self.home.origin)

    @property
    def heading(self) -> str:
        """What the page is headed with."""
        return self.page.locator("h1").inner_text()

    def opens(self, path: str) -> None:
        """Type an address of the site."""
        self.page.goto(self.home.origin + path)

    def code(self) -> str:
        """Look at the phone; a code that was used is not used again, the next one is awaited."""
        while self.last_step >= _step() + AHEAD:
            time.sleep(0.2)
        self.last_step = max(self.last_step + 1, _step())
        at = datetime.fromtimestamp(self.last_step * totp.STEP.total_seconds(), UTC)
        return totp.code_at(Secret(SEED), at)

    def enters(self, password: str = PASSWORD) -> None:
        """Give name and password."""
        self.page.get_by_label("Account name").fill(self.name)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.page.get_by_role("button", name="Sign in", exact=True).click()

    def proves(self, code: str = "") -> None:
        """Give a code."""
        self.page.get_by_label("Code from your app").fill(code or self.code())
        self.page.get_by_role("button", name="Continue").click()

    def signs_in(self, path: str = "/") -> None:
        """Open a page and do what is asked until it is there."""
        self.opens(path)
        self.enters()
        self.proves()
        self.page.wait_for_url(self.home.origin + path)

    def is_signed_in(self, age: timedelta = timedelta(), *, by_key: bool = False) -> None:
        """Be somebody who signed in a while ago, without going through the pages."""
        proofs = {Method.PASSWORD: age, Method.SECURITY_KEY: age} if by_key else None
        token = self.home.gate.session(self.name, proofs, host="localhost", age=age)
        self.page.context.add_cookies(
            [
                {
                    "name": self.home.gate.cookie_name,
                    "value": token,
                    "url": self.home.origin,
                    "httpOnly": True,
                    "sameSite": "Lax",
                }
            ]
        )

    def signs_out(self) -> None:
        """Press the button of the sign-out page."""
        self.opens(SIGN_OUT)
        self.page.get_by_role("button", name="Sign out").click()
        self.page.get_by_role("heading", name="You are signed out").wait_for()

    def goes_back(self) -> None:
        """Press the browser's back button; a page that was kept as it was loads nothing."""
        self.page.go_back(wait_until="commit")

    def goes_forward(self) -> None:
        """Press the other one."""
        self.page.go_forward(wait_until="commit")

    def saves(self, button: str) -> None:
        """Press a button that sends the page's form."""
        self.page.get_by_role("button", name=button, exact=True).click()


def _step() -> int:
    return totp.step_at(datetime.now(UTC))
