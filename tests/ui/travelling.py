"""Somebody with a one-time link, who goes through its journey page by page."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape

from gate.core.ports import LinkPurpose
from gate.core.secret_text import Secret
from gate.core.subject import Account, AccountId
from gate.factors import totp
from tests.ui.browser import Browser
from tests.ui.exchange import Answer
from tests.ui.house import House

ENROL = "/-/gate/enrol"
NEW_PASSWORD = "seven quiet herons wade"


@dataclass
class Travelling:
    """A person, their browser and their phone."""

    house: House
    name: str = "erin"
    purpose: LinkPurpose = LinkPurpose.NEW
    browser: Browser = field(init=False)
    token: Secret = field(init=False)

    def __post_init__(self) -> None:
        self.browser = Browser(self.house.app)
        if self.house.store.accounts.by_name(self.name) is None:
            account = Account(id=AccountId(f"id-of-{self.name}"), name=self.name)
            self.house.store.accounts.add(account)
        self.token = self.new_link()

    @property
    def account(self) -> Account:
        """Give the account as it is now."""
        found = self.house.store.accounts.by_name(self.name)
        assert found is not None
        return found

    def new_link(self) -> Secret:
        """Be given a link."""
        return self.house.links.make(self.account, self.purpose).token

    def opens(self) -> Answer:
        """Open the link, and see where it leads."""
        answer = self.browser.get(f"{ENROL}/{self.token.reveal()}")
        return self.browser.follow(answer) if answer.status == 303 else answer

    def sends(self, page: str, form: str, **fields: str) -> Answer:
        """Send a form with the token of the page that is open at `page`."""
        hidden = self.browser.get(f"{ENROL}/{page}").hidden
        return self.browser.post(f"{ENROL}/{form}", hidden | fields)

    def gives(self, password: str = NEW_PASSWORD) -> Answer:
        """Give a password."""
        return self.sends("password", "password", password=password)

    def sees_app(self) -> Answer:
        """Have the code app shown."""
        return self.sends("factor", "code-app")

    def seed_on(self, answer: Answer) -> Secret:
        """Read the seed from the page."""
        found = re.search(r'href="otpauth://[^"]*secret=([A-Z2-7]+)', answer.text)
        assert found is not None, answer.text
        return Secret(found[1])

    def code(self, seed: Secret) -> str:
        """Look at the phone."""
        return totp.code_at(seed, self.house.clock.now())

    def sets_up_app(self) -> Answer:
        """Have the code app shown and confirm it."""
        seed = self.seed_on(self.sees_app())
        return self.sends("factor", "code-app", code=self.code(seed))

    def sees_codes(self) -> list[str]:
        """Have the recovery codes shown."""
        answer = self.sends("recovery-codes", "recovery-codes")
        return codes_on(answer)

    def finishes(self, **fields: str) -> Answer:
        """Send the last form."""
        return self.sends("recovery-codes", "done", **(fields or {"stored": "yes"}))

    def goes_all_the_way(self) -> Answer:
        """Do everything that is asked."""
        self.opens()
        self.gives()
        self.sets_up_app()
        self.sees_codes()
        return self.finishes()


def codes_on(answer: Answer) -> list[str]:
    """Give the recovery codes on a page."""
    return [
        unescape(code) for code in re.findall(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\b", answer.text)
    ]
