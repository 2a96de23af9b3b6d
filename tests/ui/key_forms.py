"""What people do on the page about security keys, for the tests of these pages."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from tests.support.keys_in_hand import enrol, new_key
from tests.support.software_authenticator import Authenticator
from tests.ui.browser import Browser
from tests.ui.exchange import Answer
from tests.ui.factor_forms import SECURITY
from tests.ui.house import House

KEYS = f"{SECURITY}/keys"
OPTIONS = f"{KEYS}/options"
PROOF_OPTIONS = f"{SECURITY}/proof/options"
FETCH = {
    "sec-fetch-mode": "cors",
    "sec-fetch-dest": "empty",
    "content-type": "application/json",
}


def give_key(house: House, name: str = "alice", *, vouched: bool = True) -> Authenticator:
    """Give somebody a key, as if it had been added before."""
    account = house.store.accounts.by_name(name)
    assert account is not None
    key = new_key()
    enrol(house.services.new_keys, account, key, vouched=vouched)
    return key


def fetch(browser: Browser, path: str, token: str, body: object) -> Answer:
    """Ask as the page's script does."""
    headers = {"x-gate-csrf": token, "origin": browser.origin, "sec-fetch-site": "same-origin"}
    return browser.send("POST", path, FETCH | headers, json.dumps(body).encode())


def token_for(page: Answer, options: str) -> str:
    """Read the token that a page gives its script for an address."""
    found = re.search(rf'"{re.escape(options)}" data-token="([^"]+)"', page.text)
    return found[1] if found else ""


def register(browser: Browser, key: Authenticator) -> str:
    """Press the button that adds a key and touch it."""
    token = token_for(browser.get(KEYS), OPTIONS)
    answer = fetch(browser, OPTIONS, token, {})
    assert answer.status == 200, answer.text
    return key.create(json.loads(answer.text))


def sign_change(
    browser: Browser, page: str, key: Authenticator, change: Mapping[str, object]
) -> str:
    """Touch a key that is to prove a change."""
    answer = fetch(browser, PROOF_OPTIONS, token_for(browser.get(page), PROOF_OPTIONS), change)
    assert answer.status == 200, answer.text
    return key.get(json.loads(answer.text))


def add_key(house: House, browser: Browser, name: str = "Blue", **fields: str) -> Answer:
    """Add a key with a code."""
    typed = {"name": name, "key": register(browser, new_key()), "proof": house.next_code()}
    return browser.fill(KEYS, typed | fields)
