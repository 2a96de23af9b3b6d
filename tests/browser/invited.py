"""Somebody with a one-time link, who sets up how they will sign in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from playwright.sync_api import expect

from tests.browser.person import Person
from tests.browser.phone import Phone, phone_that_scanned

NEW_PASSWORD = "seven quiet herons wade"
BEGIN = "Begin"


@dataclass
class Invited(Person):
    """A person at the pages of a journey."""

    def opens_link(self, *words: str) -> str:
        """Be given a link and open it."""
        link = self.home.link(self.name, *words)
        self.page.goto(link)
        return link

    def follows(self, link: str) -> None:
        """Press what leads to another page."""
        self.page.get_by_role("link", name=link, exact=True).click()

    def gives(self, password: str = NEW_PASSWORD) -> None:
        """Fill the form of the password."""
        self.page.get_by_label("Password", exact=True).fill(password)
        self.saves("Continue")

    def begins(self, *words: str) -> None:
        """Open a link and choose a password."""
        self.opens_link(*words)
        self.follows(BEGIN)
        self.gives()
        expect(self.page.get_by_role("heading", name="Choose a second proof")).to_be_visible()

    def sets_up_app(self) -> Phone:
        """Scan the picture and enter the code."""
        self.saves("Set up a code app")
        phone = phone_that_scanned(self.page)
        self.confirms(phone.code())
        self.is_ready()
        return phone

    def confirms(self, code: str) -> None:
        """Enter the code of the new app."""
        self.page.get_by_label("Code from your app").fill(code)
        self.saves("Confirm")

    def sets_up_key(self, name: str = "Blue key") -> None:
        """Let the browser ask for a key."""
        self.follows("Set up a security key")
        self.page.get_by_label("What do you call this key?").fill(name)
        self.saves("Continue with this key")
        self.is_ready()

    def is_ready(self) -> None:
        """See that there is a second proof."""
        heading = self.page.get_by_role("heading", name="Your second proof is ready")
        expect(heading).to_be_visible()

    def sees_codes(self) -> list[str]:
        """Have the recovery codes shown."""
        self.follows("Continue")
        self.saves("Show my recovery codes")
        return self.page.locator("#codes li").all_inner_texts()

    def finishes(self) -> None:
        """Say that the codes are stored."""
        self.page.get_by_label("I have stored the codes").check()
        self.saves("Finish")
        expect(self.page.get_by_role("heading", name="You are all set")).to_be_visible()

    def goes_on(self) -> None:
        """Leave the journey for the site."""
        self.page.get_by_role("link", name="Go to localhost").click()


def by_link(invited: Invited) -> Iterator[str]:
    """Lead through the pages of a link; each stop is the name of the page that is open."""
    page = invited.page
    link = invited.opens_link()
    yield "enrol"
    invited.follows(BEGIN)
    yield "enrol-password"
    invited.gives("password")
    yield "enrol-password-weak"
    invited.gives()
    yield "enrol-factor"
    invited.follows("Set up a security key")
    yield "enrol-key"
    invited.follows("Choose something else")
    invited.saves("Set up a code app")
    yield "enrol-code-app"
    phone = phone_that_scanned(page)
    invited.confirms("000000")
    yield "enrol-code-app-wrong"
    invited.confirms(phone.code())
    invited.is_ready()
    yield "enrol-ready"
    invited.follows("Continue")
    yield "enrol-recovery-codes"
    invited.saves("Show my recovery codes")
    invited.saves("Finish")
    page.get_by_text("Show it with one of them instead").click()
    yield "enrol-recovery-codes-shown"
    invited.finishes()
    yield "enrol-done"
    page.context.clear_cookies()
    page.goto(link)
    yield "link-used"
    page.goto(f"{invited.home.origin}/-/gate/enrol")
    yield "needs-link"
