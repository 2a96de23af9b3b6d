"""Every page of the gate, one after the other, as somebody meets them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from playwright.sync_api import Page

from tests.browser.installation import Installation
from tests.browser.invited import Invited, by_link
from tests.browser.key_ring import KeyRing
from tests.browser.person import ACCOUNT, PASSWORD, SIGN_IN, SIGN_OUT, Person
from tests.browser.phone import Phone, phone_that_scanned

KEYS_ONLY = "/headers"  # its rule asks for a security key
HISTORY = f"{ACCOUNT}/history"
NETWORKS = f"{ACCOUNT}/networks"
SETTINGS = "/-/gate/account/settings"
KEYS = f"{ACCOUNT}/keys"
TOTP = f"{ACCOUNT}/totp"
RECOVERY_CODES = f"{ACCOUNT}/recovery-codes"


@dataclass(frozen=True, slots=True)
class Tour:
    """Leads through all pages in one window; each stop is the name of the page that is open."""

    home: Installation

    def stops(self, page: Page) -> Iterator[str]:
        """Open page after page in one window."""
        person = Person(self.home.somebody("resident"), page, self.home)
        yield from self._stranger(person)
        yield from self._account(person)
        yield from self._locked(person)
        yield from self._by_key(page)
        yield from self._refused(page)
        yield from by_link(Invited(self.home.somebody("invited"), page, self.home))

    def _stranger(self, person: Person) -> Iterator[str]:
        person.opens("/orders")
        yield "sign-in"
        person.enters("not the password")
        yield "sign-in-wrong"
        person.enters()
        yield "step-up"
        person.proves("000000")
        yield "step-up-wrong"
        person.page.get_by_role("link", name="Use a recovery code").click()
        yield "step-up-recovery"
        person.page.get_by_label("Recovery code").fill("0")
        person.saves("Continue")
        yield "step-up-recovery-wrong"
        person.page.get_by_role("link", name="Back to the other ways").click()
        person.proves()

    def _account(self, person: Person) -> Iterator[str]:
        page = person.page
        page.get_by_role("heading", name="Orders").wait_for()
        self.home.gate.session(person.name, host="localhost", age=timedelta(minutes=3))
        person.opens(ACCOUNT)
        yield "security"
        person.opens(f"{ACCOUNT}/password")
        yield "password"
        page.get_by_label("Current password", exact=True).fill(PASSWORD)
        page.get_by_label("New password", exact=True).fill(f"{person.name}-2026")
        person.saves("Change password")
        yield "password-weak"
        person.opens(f"{ACCOUNT}/sessions")
        yield "sessions"
        yield from self._history(person)
        person.opens(SETTINGS)
        yield "settings"
        person.opens(f"{SETTINGS}/own-data")
        yield "own-data"
        person.opens(f"{ACCOUNT}/always")
        yield "always"
        person.opens(f"{ACCOUNT}/lock")
        yield "lock"
        yield from self._code_apps(person)
        yield from self._networks(person)
        yield from self._keys(person)
        person.opens(f"{SIGN_IN}?next=/orders")
        yield "sign-in-again"
        person.opens(SIGN_OUT)
        yield "sign-out"
        person.saves("Sign out")
        page.get_by_role("heading", name="You are signed out").wait_for()
        yield "signed-out"

    def _history(self, person: Person) -> Iterator[str]:
        person.opens(HISTORY)
        yield "history"
        person.opens(f"{HISTORY}?kind=addresses")
        yield "history-empty"
        person.opens(f"{HISTORY}?since=2026-03-02&until=2026-03-01")
        yield "history-wrong"

    def _code_apps(self, person: Person) -> Iterator[str]:
        page = person.page
        person.opens(TOTP)
        yield "totp"
        page.get_by_label("Code from your app").fill(person.code())
        person.saves("Add a code app")
        yield "totp-new"
        page.get_by_label("Your password", exact=True).fill(PASSWORD)
        page.get_by_label("Code that the app shows now").fill("000000")
        person.saves("Turn on")
        yield "totp-new-wrong"
        phone = phone_that_scanned(page)
        page.get_by_label("Your password", exact=True).fill(PASSWORD)
        page.get_by_label("Code that the app shows now").fill(phone.code())
        person.saves("Turn on")
        yield "recovery-codes-none"
        person.opens(TOTP)
        page.locator("summary").last.click()
        yield "totp-rename"
        page.get_by_role("link", name="Remove Code app 2").click()
        yield "totp-remove"
        yield from self._recovery_codes(person, phone)

    def _recovery_codes(self, person: Person, phone: Phone) -> Iterator[str]:
        person.opens(RECOVERY_CODES)
        person.page.get_by_label("Code from your app").fill(phone.code())
        person.saves("Make recovery codes")
        yield "recovery-codes-new"
        person.saves("Continue")
        yield "recovery-codes-unconfirmed"
        person.page.get_by_label("I have stored the codes.").check()
        person.saves("Continue")
        yield "security-with-codes"
        person.opens(RECOVERY_CODES)
        yield "recovery-codes"

    def _keys(self, person: Person) -> Iterator[str]:
        page, ring = person.page, KeyRing(self.home, person.page)
        person.opens(KEYS)
        yield "keys-none"
        key = ring.plug_in()
        ring.give(key, person.name)
        person.opens(KEYS)
        yield "keys"
        page.locator("summary").last.click()
        yield "key-rename"
        page.get_by_label("New name").fill(" ")
        person.saves("Save name")
        yield "key-rename-wrong"
        page.get_by_role("link", name="Remove Office").click()
        yield "key-remove"
        person.opens(TOTP)
        yield "totp-by-key"
        ring.pull_out(key)

    def _networks(self, person: Person) -> Iterator[str]:
        person.opens(NETWORKS)
        yield "networks"
        person.page.locator("#networks").fill("198.51.100.0/24 # office\n198.51.100.7")
        person.saves("Check")
        yield "networks-not-covered"
        person.page.locator("#networks").fill("203.0.113.7/24\nthe office")
        person.saves("Check")
        yield "networks-wrong"
        person.page.locator("#networks").fill("127.0.0.0/8 # this machine")
        person.page.get_by_label("Code from your app").fill(person.code())
        person.saves("Save addresses")
        yield "networks-tried"
        person.opens(f"{NETWORKS}/keep")
        yield "network-trial-keep"
        person.opens(f"{NETWORKS}/back")
        yield "network-trial-back"
        person.saves("Go back now")

    def _by_key(self, page: Page) -> Iterator[str]:
        person = Person(self.home.somebody("keyholder"), page, self.home)
        ring = KeyRing(self.home, page)
        key = ring.plug_in(automaticPresenceSimulation=False)
        ring.give(key, person.name)
        person.opens("/orders")
        person.enters()
        yield "step-up-key"
        page.get_by_role("button", name="Use security key").click()
        yield "step-up-key-asked"
        person.saves("Cancel")
        page.get_by_label("Code from your app").wait_for()
        yield "step-up-key-otherwise"
        person.is_signed_in()
        person.opens(KEYS_ONLY)
        yield "step-up-key-only"
        person.opens(NETWORKS)
        yield "networks-by-key"
        ring.pull_out(key)

    def _locked(self, person: Person) -> Iterator[str]:
        person.is_signed_in()
        person.opens(f"{ACCOUNT}/lock")
        person.saves("Sign everything out and lock")
        person.page.get_by_role("heading", name="Your account is locked").wait_for()
        yield "locked"

    def _refused(self, page: Page) -> Iterator[str]:
        bob = Person("bob", page, self.home)
        bob.is_signed_in()
        bob.opens("/admin")
        yield "refused-by-rule"
        yield from self._undelivered(bob)
        admin = Person("alice", page, self.home)
        admin.is_signed_in(age=timedelta(minutes=20))
        admin.opens("/admin")
        yield "step-up-again"
        dora = Person("dora", page, self.home)
        dora.is_signed_in()
        dora.opens("/orders")
        yield "refused-address"
        page.context.clear_cookies()
        carol = Person("carol", page, self.home)
        carol.opens("/orders")
        carol.enters()
        yield "not-enrolled"
        page.goto(f"{self.home.dead_origin}/orders")
        yield "upstream-down"
        page.goto(f"{self.home.origin}/-/gate/nothing-here")
        yield "not-found"

    def _undelivered(self, person: Person) -> Iterator[str]:
        person.opens("/stock")
        person.page.locator("table.grid a").first.click()
        person.page.get_by_label("New note:").fill("Shelf is empty.")
        person.page.context.clear_cookies(name=self.home.gate.cookie_name)
        person.saves("Save note")
        yield "undelivered"
