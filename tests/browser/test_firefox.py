"""The ceremonies in Firefox: keys, passkeys and codes, where they work and where they fail."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gate.core.secret_text import Secret
from gate.factors.webauthn import user_handle_of
from tests.browser.firefox import firefox_path, running_firefox
from tests.browser.firefox_window import FirefoxWindow
from tests.browser.installation import Installation
from tests.browser.key_ring import RP_ID, known_key
from tests.browser.person import ACCOUNT, SIGN_IN, SIGN_OUT, STEP_UP
from tests.browser.phone import Phone
from tests.support.gate_process import PASSWORD, SEED, until
from tests.support.marionette import Marionette

NEW_PASSWORD: Final = "seven quiet herons wade"
KEYS: Final = f"{ACCOUNT}/keys"
KEYS_ONLY: Final = "/headers"  # its rule asks for a security key within 15 minutes
ASK: Final = "Use security key"
PASSKEY: Final = "Sign in with a passkey"
CODE: Final = "Code from your app"
NOT_ALLOWED: Final = "That was cancelled, or it took too long. Try again when you are ready."


@dataclass
class Person:
    """Somebody with an account, a code app and one window of Firefox."""

    name: str
    window: FirefoxWindow
    home: Installation
    phone: Phone = field(default_factory=lambda: Phone(Secret(SEED)))

    def enters(self) -> None:
        """Give name and password."""
        self.window.fills("Account name", self.name)
        self.window.fills("Password", PASSWORD)
        self.window.presses("Sign in")

    def proves(self) -> None:
        """Give the code that the app shows now."""
        self.window.fills(CODE, self.phone.code())
        self.window.presses("Continue")

    def signs_in(self) -> None:
        """Give password and code, and be at the orders."""
        self.window.opens("/orders")
        self.enters()
        self.proves()
        self.window.lands_on("/orders")

    def signs_out(self) -> None:
        """Press the button of the sign-out page."""
        self.window.opens(SIGN_OUT)
        self.window.presses("Sign out")
        self.window.shows("You are signed out")

    def reads_in_the_history(self, words: str) -> None:
        """Look until it says so; events are written behind what they are about."""

        def is_there() -> bool:
            self.window.opens(ACCOUNT)
            return words in self.window.text

        assert until(is_there), f"{words!r} is not in the history: {self.window.text}"

    def owns(self, key: str, *, resident: bool = True) -> None:
        """Have added a key before."""
        private = ec.generate_private_key(ec.SECP256R1())
        record = known_key(self.home, self.name, private)
        encoded = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        credential: dict[str, Any] = {
            "credentialId": _text(record.credential_id),
            "isResidentCredential": resident,
            "rpId": RP_ID,
            "privateKey": _text(encoded),
            "userHandle": _text(user_handle_of(record.account)) if resident else "",
            "signCount": 0,
        }
        self.window.told.tells(
            "WebAuthn:AddCredential", {"authenticatorId": key, "credentials": credential}
        )


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Marionette]:
    """Run Firefox."""
    firefox_path()
    with running_firefox(tmp_path_factory.mktemp("firefox")) as told:
        yield told


@pytest.fixture
def window(firefox: Marionette, home: Installation) -> Iterator[FirefoxWindow]:
    """Give a window of a browser that has never been anywhere; its console must stay silent."""
    window = FirefoxWindow(firefox, home.origin)
    window.forgets()
    yield window
    complaints = window.complaints
    window.forgets()
    assert complaints == []


@pytest.fixture
def person(window: FirefoxWindow, home: Installation) -> Person:
    """Give somebody with a code app, who has not signed in."""
    return Person(home.somebody("keyholder"), window, home)


def test_a_password_and_a_code_lead_to_the_wanted_page(
    person: Person, window: FirefoxWindow
) -> None:
    window.opens("/stock?q=a%20b")
    assert window.path.startswith(SIGN_IN)
    person.enters()
    window.shows("Enter your code")
    person.proves()
    window.lands_on("/stock?q=a%20b")


def test_a_password_and_a_key_lead_to_the_wanted_page(
    person: Person, window: FirefoxWindow
) -> None:
    person.owns(window.plugs_in())
    window.opens("/stock?q=a%20b")
    person.enters()
    window.shows("Use your security key")
    assert window.focused == ASK
    assert not window.has_field(CODE)
    window.presses(ASK)
    window.lands_on("/stock?q=a%20b")


def test_a_passkey_alone_signs_in_by_its_button(person: Person, window: FirefoxWindow) -> None:
    person.owns(window.plugs_in())
    window.opens(KEYS_ONLY)
    window.presses(PASSKEY)
    window.lands_on(KEYS_ONLY)
    person.reads_in_the_history("Signed in with a passkey")


def test_a_key_without_a_pin_is_a_second_factor(person: Person, window: FirefoxWindow) -> None:
    key = window.plugs_in(hasUserVerification=False, isUserVerified=False, hasResidentKey=False)
    person.owns(key, resident=False)
    window.opens("/orders")
    person.enters()
    window.presses(ASK)
    window.lands_on("/orders")


def test_a_person_who_is_not_verified_is_told_so_and_signs_in_with_a_code(
    person: Person, window: FirefoxWindow
) -> None:
    key = window.plugs_in()
    person.owns(key)
    window.mistypes_pin(key)
    window.opens("/orders")
    window.presses(PASSKEY)
    window.shows(NOT_ALLOWED)
    person.enters()
    window.presses(ASK)
    window.shows(NOT_ALLOWED)
    person.proves()
    window.lands_on("/orders")


def test_t70_a_rule_that_asks_for_a_key_takes_the_key_alone(
    person: Person, window: FirefoxWindow
) -> None:
    person.owns(window.plugs_in())
    window.opens("/orders")
    person.enters()
    window.presses("Can\u2019t use your key?")
    person.proves()
    window.lands_on("/orders")
    window.opens(KEYS_ONLY)
    assert window.path.startswith(STEP_UP)
    window.shows("takes nothing else")
    assert not window.has_field(CODE)
    window.presses(ASK)
    window.lands_on(KEYS_ONLY)


def test_who_has_no_key_at_hand_is_told_so_and_uses_a_code(
    person: Person, window: FirefoxWindow
) -> None:
    key = window.plugs_in()
    person.owns(key)
    window.pulls_out(key)
    window.opens("/orders")
    person.enters()
    window.presses(ASK)
    window.shows(NOT_ALLOWED)
    person.proves()
    window.lands_on("/orders")
    person.reads_in_the_history("Confirmed with a code in place of the security key")


def test_g3_addresses_are_saved_by_a_key(person: Person, window: FirefoxWindow) -> None:
    person.owns(window.plugs_in())
    window.opens("/orders")
    window.presses(PASSKEY)
    window.lands_on("/orders")
    window.opens(f"{ACCOUNT}/networks")
    window.fills("Allowed networks", "127.0.0.0/8  # here\n::1")
    window.presses("Save addresses")
    window.shows("Your new addresses count from now on")
    window.presses("Keep it")
    window.shows("Your addresses were kept")


def test_a_key_that_is_added_on_the_account_page_signs_in_alone(
    person: Person, window: FirefoxWindow
) -> None:
    window.plugs_in()
    person.signs_in()
    window.opens(KEYS)
    window.fills("What do you call it?", "Blue")
    window.fills(CODE, person.phone.code())
    window.presses("Add this key")
    window.shows("Your new security key is on.")
    window.shows("USB key, with PIN or fingerprint")
    window.fills("What do you call it?", "Blue again")
    window.fills(CODE, person.phone.code())  # the key that waits proves no changes yet
    window.presses("Add this key")
    window.shows("This key is already on your list.")
    person.signs_out()
    window.opens("/orders")
    window.presses(PASSKEY)
    window.lands_on("/orders")


def test_a_key_whose_holder_is_not_verified_is_not_added(
    person: Person, window: FirefoxWindow
) -> None:
    window.mistypes_pin(window.plugs_in())
    person.signs_in()
    window.opens(KEYS)
    window.fills("What do you call it?", "Blue")
    window.fills(CODE, person.phone.code())
    window.presses("Add this key")
    window.shows(NOT_ALLOWED)
    window.shows("You have none yet.")


def test_g20_a_link_leads_to_a_first_sign_in_by_a_new_key(
    home: Installation, window: FirefoxWindow
) -> None:
    invited = home.somebody("invited")
    window.plugs_in()
    window.opens(home.link(invited).removeprefix(home.origin))
    window.follows("Begin")
    window.fills("Password", NEW_PASSWORD)
    window.presses("Continue")
    window.follows("Set up a security key")
    window.fills("What do you call this key?", "Blue")
    window.presses("Continue with this key")
    window.shows("Set up: Blue.")
    window.follows("Continue")
    window.presses("Show my recovery codes")
    window.ticks("I have stored the codes where I will find them again.")
    window.presses("Finish")
    window.follows(f"Go to {home.origin.removeprefix('http://')}")
    window.presses(ASK)
    window.lands_on("/")
    window.shows(f"Signed in as: {invited}")
