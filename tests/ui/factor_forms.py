"""What people do on the pages about their factors, for the tests of these pages."""

from __future__ import annotations

import re

from gate.core.secret_text import Secret
from gate.factors import totp
from tests.ui.browser import Browser
from tests.ui.exchange import Answer
from tests.ui.house import PASSWORD, House

SECURITY = "/-/gate/account/security"
TOTP = f"{SECURITY}/totp"
RECOVERY_CODES = f"{SECURITY}/recovery-codes"
RECOVERY = "/-/gate/step-up/recovery"


def begin_app(house: House, browser: Browser, proof: str = "") -> Answer:
    """Prove with a code and be shown a seed."""
    return browser.fill(TOTP, {"proof": proof or house.next_code()}, f"{TOTP}/new")


def seed_of(page: Answer) -> Secret:
    """Read the seed that a page shows."""
    groups = re.findall(r'<code id="seed">(.*?)</code>', page.text)
    return Secret("".join(re.findall(r"<span>(\w+)</span>", groups[0])))


def confirm_app(
    house: House, browser: Browser, page: Answer, name: str = "Tablet", **fields: str
) -> Answer:
    """Send the form under a seed with the code of the app that has it."""
    code = totp.code_at(seed_of(page), house.clock.now())
    typed = {"name": name, "password": PASSWORD, "code": code}
    return browser.post(TOTP, page.hidden | typed | fields)


def make_codes(house: House, browser: Browser) -> Answer:
    """Make a new set of recovery codes and be shown it."""
    return browser.fill(RECOVERY_CODES, {"proof": house.next_code()})


def codes_of(page: Answer) -> list[str]:
    """Read the recovery codes that a page shows."""
    return re.findall(r"<li><code>([0-9A-Z-]{19})</code></li>", page.text)


def recover(browser: Browser, code: str, name: str = "alice") -> Answer:
    """Sign in with the password and a recovery code."""
    browser.enter(name)
    return browser.fill(RECOVERY, {"recovery_code": code})
