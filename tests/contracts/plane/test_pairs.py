"""Two people who do the same at the same moment never get what is the other's (T49)."""

from __future__ import annotations

import base64
import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Barrier
from typing import Final

import pytest

from gate.core.handoff import PREFIX
from gate.core.secret_text import Secret
from gate.factors import totp
from tests.contracts.plane.conftest import House
from tests.support.browser_client import SIGN_IN, Browser
from tests.support.gate_process import PASSWORD

PAIRS: Final = 50
AT_ONCE: Final = 8  # people, so four pairs
PATIENCE: Final = 300.0  # seconds for the other of a pair to come as far
NETWORKS: Final = f"{PREFIX}account/security/networks"


@dataclass(frozen=True, slots=True)
class Twin:
    """One of a pair, with an address list, a mail address and a code app of their own."""

    pair: int
    side: int

    @property
    def name(self) -> str:
        return f"twin-{self.pair}-{self.side}"

    @property
    def email(self) -> str:
        return f"{self.name}@example.com"

    @property
    def network(self) -> str:
        return f"10.{self.pair}.{self.side}.0/24"

    @property
    def seed(self) -> str:
        return base64.b32encode(hashlib.sha1(self.name.encode()).digest()).decode()

    @property
    def other(self) -> Twin:
        return Twin(self.pair, 1 - self.side)

    def code(self, offset: int = 0) -> str:
        return totp.code_at(Secret(self.seed), datetime.now(UTC) + offset * totp.STEP)

    def line(self) -> dict[str, object]:
        networks = f"127.0.0.0/8\n{self.network}"
        return {"name": self.name, "email": self.email, "totp": self.seed, "networks": networks}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one of a pair got: tokens that are for one browser, identities, and a page."""

    twin: Twin
    tokens: tuple[str, ...]
    identities: frozenset[tuple[str, str]]
    page: str


def entered(house: House, twin: Twin, together: Barrier) -> Found:
    """Sign in, each step at the moment at which the other does it."""
    browser = house.browser()
    together.wait(PATIENCE)
    browser.open(SIGN_IN)
    tokens = [browser.hidden(SIGN_IN)["csrf"]]
    together.wait(PATIENCE)
    assert browser.submit(SIGN_IN, {"account": twin.name, "password": PASSWORD}).status == 303
    tokens.append(browser.token)
    together.wait(PATIENCE)
    if twin.other.code() not in {twin.code(offset) for offset in (-2, -1, 0, 1, 2)}:
        assert browser.step_up(twin.other.code()).status == 422
    together.wait(PATIENCE)
    assert browser.step_up(twin.code()).status == 303
    tokens.append(browser.token)
    together.wait(PATIENCE)
    identities = frozenset(identity(browser) for _ in range(5))
    return Found(
        twin=twin,
        tokens=tuple(tokens),
        identities=identities,
        page=browser.open(NETWORKS).text,
    )


def identity(browser: Browser) -> tuple[str, str]:
    """Give the name and the mail address that the site is told."""
    told = dict(browser.open("/open/x").json()["headers"])
    return told.get("Remote-User", ""), told.get("Remote-Email", "")


@pytest.mark.timeout(900)
def test_t49_fifty_pairs_who_sign_in_at_once_never_get_what_is_the_others(house: House) -> None:
    pairs = [tuple(Twin(pair, side) for side in (0, 1)) for pair in range(PAIRS)]
    house.gate.add_accounts(*(twin.line() for pair in pairs for twin in pair))
    found: list[Found] = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        # A pair is taken up in one go: at most one of them waits for a thread.
        begun = [
            pool.submit(entered, house, twin, together)
            for pair in pairs
            for together in [Barrier(2)]
            for twin in pair
        ]
        found += [each.result() for each in begun]
    tokens = [token for each in found for token in each.tokens]
    assert len(set(tokens)) == len(tokens) == 2 * PAIRS * 3
    for each in found:
        assert each.identities == {(each.twin.name, each.twin.email)}
        assert each.twin.network in each.page
        assert each.twin.other.network not in each.page
        assert each.twin.other.name not in each.page
