"""One sign-in for the sites of several hosts, from outside: by ticket, and never otherwise (G5)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from typing import Final
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.contracts.plane.conftest import House
from tests.support.browser_client import SIGN_IN, SIGN_OUT, STEP_UP, Browser, code
from tests.support.gate_process import PASSWORD, Answer

HOME: Final = "localhost"
HERE: Final = "lenient.test"
THERE: Final = "echo.test"
ARRIVE: Final = "/-/gate/arrive"
MOST: Final = 12  # answers on one way

_REFRESH: Final = re.compile(r'<meta http-equiv="refresh" content="0; url=([^"]+)">')


@dataclass
class Window:
    """A browser on all hosts of the gate; cookies are kept by host, as browsers do."""

    house: House
    browsers: dict[str, Browser] = field(default_factory=dict)
    trail: list[str] = field(default_factory=list)

    def at(self, host: str) -> Browser:
        """Give the browser as one host knows it."""
        return self.browsers.setdefault(host, self.house.browser(host))

    def open(self, host: str, path: str) -> Answer:
        """Open a page and follow wherever it leads."""
        self.trail = [f"{self.at(host).origin}{path}"]
        return self.follow(self.at(host).open(path))

    def send(self, path: str, fields: dict[str, str]) -> Answer:
        """Send the form of the page that is open at home, and follow."""
        return self.follow(self.at(HOME).submit(path, fields))

    def follow(self, answer: Answer) -> Answer:
        """Go where an answer leads, until it leads nowhere."""
        for _ in range(MOST):
            found = _REFRESH.search(answer.text)
            led = answer.header("location") or (unescape(found[1]) if found else "")
            if not led:
                return answer
            here = urlsplit(self.trail[-1])
            url = led if "://" in led else f"{here.scheme}://{here.netloc}{led}"
            self.trail.append(url)
            parts = urlsplit(url)
            browser = self.at(parts.hostname or "")
            assert url.startswith(browser.origin), url
            answer = browser.open(url.removeprefix(browser.origin))
        raise AssertionError(self.trail)

    def enter(self, name: str, wanted: str = "/x", host: str = HERE) -> Answer:
        """Be led to sign-in by a site and prove both factors."""
        self.open(host, wanted)
        self.trail = [f"{self.at(HOME).origin}{SIGN_IN}"]
        self.send(SIGN_IN, {"account": name, "password": PASSWORD})
        return self.send(STEP_UP, {"code": code()})

    def ends_at(self, host: str, path: str) -> bool:
        """Say whether the way ended at a page of a site."""
        return self.trail[-1] == f"{self.at(host).origin}{path}"


@pytest.fixture
def window(house: House) -> Window:
    return Window(house)


def test_g5_one_sign_in_opens_two_sites_at_the_exact_pages(window: Window, person: str) -> None:
    wanted = "/a%20b?c=%2F&d"
    answer = window.enter(person, wanted)
    assert (answer.status, window.ends_at(HERE, wanted)) == (200, True)
    assert dict(answer.json()["headers"])["Remote-User"] == person
    answer = window.open(THERE, "/x")
    assert (answer.status, window.ends_at(THERE, "/x")) == (200, True)
    assert [urlsplit(url).path for url in window.trail] == ["/x", SIGN_IN, SIGN_IN, ARRIVE, "/x"]
    tokens = {window.at(host).token for host in (HOME, HERE, THERE)}
    assert "" not in tokens
    assert len(tokens) == 3


def test_g5_a_childs_cookie_counts_on_its_own_host(window: Window, person: str) -> None:
    window.enter(person)
    child, gate = window.at(HERE).token, window.house.gate
    assert gate.ask("/x", HERE, token=child).status == 200
    for host in (THERE, HOME):
        assert gate.ask("/x", host, token=child).status == 401
    assert gate.ask("/x", HERE, token=window.at(HOME).token).status == 401


@pytest.mark.parametrize("host", [HOME, HERE])
def test_t41_t43_signing_out_anywhere_ends_all_on_the_next_request(
    window: Window, person: str, host: str
) -> None:
    window.enter(person)
    window.open(THERE, "/x")
    old = {each: window.at(each).token for each in (HOME, HERE, THERE)}
    browser = window.at(host)
    browser.open(SIGN_OUT)
    assert browser.submit(SIGN_OUT, {}).status == 303
    for each, token in old.items():
        assert window.house.gate.ask("/x", each, token=token).status == 401
    window.open(THERE, "/x")
    assert urlsplit(window.trail[-1]).path == SIGN_IN


def test_t43_a_revoked_sign_in_is_over_on_every_host(window: Window, person: str) -> None:
    window.enter(person)
    listed = window.house.gate.command("session", "list", "--account", person)
    assert "localhost,lenient.test" in listed
    window.house.gate.command("session", "revoke", listed.splitlines()[1].split()[0])
    assert window.house.gate.ask("/x", HERE, token=window.at(HERE).token).status == 401


def test_t40_a_rule_that_needs_more_leads_home_and_back_with_a_new_token(window: Window) -> None:
    gate = window.house.gate
    old = gate.session("alice", host=HOME, age=timedelta(minutes=20))
    window.at(HOME).cookies[gate.cookie_name] = old
    assert window.open(THERE, "/x").status == 200
    child = window.at(THERE).token
    window.open(THERE, "/admin/x")
    assert urlsplit(window.trail[-1]).path == STEP_UP
    answer = window.send(STEP_UP, {"code": code()})
    assert (answer.status, window.ends_at(THERE, "/admin/x")) == (200, True)
    assert window.at(THERE).token not in {"", child}
    assert gate.ask("/x", THERE, token=child).status == 401
    assert gate.ask("/x", HOME, token=old).status == 401


def test_fetches_on_another_host_get_json_with_a_way_to_sign_in(
    window: Window, person: str
) -> None:
    way = ""
    for headers in ([("Sec-Fetch-Mode", "cors")], [("Sec-Fetch-Dest", "image")]):
        answer = window.house.gate.ask("/x", HERE, headers=headers)
        assert (answer.status, answer.values("set-cookie")) == (401, [])
        way = answer.json()["sign_in"]
    window.open(HERE, way)
    window.send(SIGN_IN, {"account": person, "password": PASSWORD})
    assert window.send(STEP_UP, {"code": code()}).status == 200
    assert window.ends_at(HERE, "/x")


def test_t46_the_nonce_is_no_business_of_the_site(window: Window, person: str) -> None:
    name = f"gate-ticket-{window.house.gate.port}"
    led = window.at(HERE).open(f"{SIGN_IN}?next=/x")
    planted = led.header("set-cookie")
    assert re.fullmatch(
        rf"{name}=[\w-]{{43}}; Path=/; HttpOnly; SameSite=Lax; Max-Age=3600", planted
    )
    window.enter(person)
    window.at(HERE).cookies[name] = "n" * 43
    answer = window.at(HERE).open("/x")
    assert answer.status == 200
    assert "n" * 43 not in answer.text


def test_t50_a_ticket_of_somebody_else_signs_nobody_in(house: House, person: str) -> None:
    mallory, victim = Window(house), Window(house)
    mallory.at(HOME).enter(person)
    led = mallory.at(HERE).open(f"{SIGN_IN}?next=/trap").header("location")
    path = led.removeprefix(mallory.at(HOME).origin)
    ticket = mallory.at(HOME).open(path).header("location")
    assert urlsplit(ticket).path == ARRIVE
    victim.at(HERE).open(f"{SIGN_IN}?next=/x")
    arrived = victim.at(HERE).open(ticket.removeprefix(victim.at(HERE).origin))
    assert (arrived.status, victim.at(HERE).token) == (403, "")


def test_t80_sign_in_on_another_host_leads_to_the_pages_alone(house: House) -> None:
    for wanted in ("https://evil.test/", "//evil.test", "/\\evil.test", "http://evil.test:80/"):
        answer = house.browser(HERE).open(f"{SIGN_IN}?next={wanted}")
        led = urlsplit(answer.header("location"))
        assert f"{led.scheme}://{led.netloc}{led.path}" == f"{house.browser().origin}{SIGN_IN}"
        assert parse_qs(led.query)["next"] == [f"http://{HERE}:{house.gate.port}/"]


def test_t09_a_forged_host_makes_no_address(house: House) -> None:
    lies = [("X-Forwarded-Host", "evil.test"), ("Forwarded", "host=evil.test")]
    answer = house.gate.ask(SIGN_IN, HERE, page=True, headers=lies)
    assert "evil" not in answer.header("location")
    assert house.gate.ask(SIGN_IN, "evil.test", page=True).status == 421


def test_account_pages_of_another_host_are_led_home(window: Window, person: str) -> None:
    window.enter(person)
    answer = window.open(HERE, "/-/gate/account/security")
    assert answer.status == 200
    assert window.ends_at(HOME, "/-/gate/account/security")
