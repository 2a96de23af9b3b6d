"""What the gate says and where it leads: redirects, markup, headers, logs, secrets (T71-T83)."""

from __future__ import annotations

import html
import itertools
import json
import re
from html.parser import HTMLParser
from typing import Final, override
from urllib.parse import quote

import pytest

from gate.core.handoff import PREFIX
from tests.contracts.plane.conftest import House
from tests.support.browser_client import SIGN_IN, STEP_UP, code
from tests.support.gate_process import PASSWORD, SEED, Answer
from tests.support.vectors import cases

NETWORKS: Final = f"{PREFIX}account/security/networks"

# --- T80: where it leads -------------------------------------------------------------------------

SCHEMES: Final = (
    "",
    "http:",
    "https:",
    "javascript:",
    "data:",
    "JaVaScRiPt:",
    "ftp:",
    "\tjavascript:",
)
SLASHES: Final = (
    "",
    "/",
    "//",
    "///",
    "\\",
    "\\\\",
    "/\\",
    "\\/",
    "/%2f",
    "%2f%2f",
    "/./",
    "/\t/",
    "/%09/",
)
AUTHORITIES: Final = (
    "evil.test",
    "echo.test@evil.test",
    "evil.test#@echo.test",
    "evil.test%00.echo.test",
    "echo.test.evil.test",
    "evil.test\\.echo.test",
    "echo.test:80@evil.test",
)
ODD: Final = (
    "/x%0d%0aSet-Cookie: a=b", "/x\u560d\u560aLocation: y", "/..//evil.test", "/.//evil.test",
    "/%5cevil.test", "/-/gate/sign-out", "/-/gate/sign-in", "/-/GATE/sign-out", "/x y", "/\u017f",
    "/%2d/gate/sign-out", "http://localhost", "http://[::1]/", "http:evil.test", "?", "#",
    "//localhost:1/x",
)  # fmt: skip


def wanted_targets() -> list[str]:
    """Give targets that lead elsewhere in some reader; several hundred."""
    parts = itertools.product(SCHEMES, SLASHES, AUTHORITIES)
    return ["".join(part) for part in parts] + list(ODD)


def is_own(house: House, target: str) -> bool:
    """Say whether a target is a plain path, or an address of a site of this gate."""
    own = rf"http://(?:(?:echo|lenient|watched|down|silent)\.test|localhost|127\.0\.0\.1):{house.gate.port}"
    return re.fullmatch(rf"(?:{own})?/(?![/\\])[!-\[\]-~]*", target) is not None


def test_t80_a_next_never_leads_away(house: House) -> None:
    browser = house.browser()
    every = wanted_targets()
    assert len(every) > 700
    for wanted in every:
        browser.open(f"{SIGN_IN}?next={quote(wanted, safe='')}")
        target = browser.hidden(SIGN_IN)["next"]
        assert is_own(house, target), (wanted, target)
        assert "sign-out" not in target, wanted


@pytest.mark.parametrize("wanted", [*ODD, "//evil.test", "https://evil.test", "/\\evil.test"])
def test_t80_no_step_leads_away_whatever_the_form_says(house: House, wanted: str) -> None:
    browser = house.browser()
    browser.open(SIGN_IN)
    answer = browser.submit(SIGN_IN, {"account": "dave", "password": PASSWORD, "next": wanted})
    location = answer.header("location")
    assert answer.status == 303
    assert location.startswith(f"{STEP_UP}?next=/") or location == STEP_UP
    assert not re.search(r"next=/(?:/|%2f|%5c|\\)", location, re.IGNORECASE)


@pytest.mark.parametrize("path", ["//evil.test", "/\\evil.test", "/%09/evil.test", "/%0d%0aX:y"])
def test_t80_t82_an_odd_path_is_not_made_into_a_redirect(house: House, path: str) -> None:
    answer = house.gate.ask(path, "echo.test", page=True)
    assert (answer.status, answer.header("location")) == (400, "")


def test_t80_headers_of_the_client_lead_nowhere(house: House) -> None:
    headers = [
        ("Referer", "https://evil.test/"),
        ("X-Forwarded-Host", "evil.test"),
        ("X-Forwarded-Proto", "javascript"),
        ("Forwarded", "host=evil.test"),
    ]
    for path in ("/x", NETWORKS, SIGN_IN, f"{PREFIX}sign-out", "/never/x"):
        answer = house.gate.ask(path, "echo.test", page=True, headers=headers)
        assert b"evil.test" not in answer.raw


# --- T81, T82: markup and headers ----------------------------------------------------------------


class Outline(HTMLParser):
    """Collects what a page is made of: elements and the names of their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.parts: set[tuple[str, ...]] = set()
        self.feed(text)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts.add((tag, *(name for name, _ in attrs)))


STRINGS: Final[list[str]] = [text for text in cases("blns") if text]


def outline(answer: Answer) -> set[tuple[str, ...]]:
    return Outline(answer.text).parts


def test_t81_no_string_in_a_path_becomes_markup(house: House) -> None:
    token = house.token("bob")
    plain = outline(house.gate.ask("/never/x", "echo.test", token=token, page=True))
    for text in STRINGS:
        answer = house.gate.ask(
            f"/never/x?{quote(text[:500])}", "echo.test", token=token, page=True
        )
        assert answer.status in {400, 403}
        if answer.status == 403:
            assert outline(answer) == plain, text


def test_t81_no_string_in_a_list_of_networks_becomes_markup(house: House, person: str) -> None:
    browser = house.browser()
    browser.enter(person)
    browser.open(NETWORKS)
    plain = outline(browser.submit(NETWORKS, {"networks": "nonsense", "action": "check"}))
    for text in STRINGS:
        answer = browser.submit(NETWORKS, {"networks": f"nonsense\n{text}", "action": "check"})
        assert answer.status == 200
        assert outline(answer) - plain <= {("li",), ("ul",), ("br",)}, text


@pytest.mark.parametrize(
    "text", ['"><script>alert(1)</script>', "'onfocus=x autofocus ", "{{7*7}}"]
)
def test_t81_no_string_in_a_name_becomes_markup(house: House, text: str) -> None:
    browser = house.browser()
    plain = outline(browser.sign_in("nobody", password="x"))
    answer = browser.sign_in(text, password="x")
    assert (answer.status, outline(answer)) == (422, plain)
    assert f'value="{html.escape(text.strip())}' in answer.text.replace("&#34;", "&quot;").replace(
        "&#39;", "&#x27;"
    )


# --- T83: logs -----------------------------------------------------------------------------------


def test_t83_one_event_is_one_line_of_json(house: House, mark: str) -> None:
    odd = f'{mark}"}},{{"x":"\\n\x85\u2028'
    agent = ("User-Agent", odd.encode().decode("latin-1"))
    house.gate.ask(f"/{quote(odd)}?{mark}%0a%1b[31m", "echo.test", headers=[agent], page=True)
    house.browser().sign_in(f"x\n{mark}\x1b[31m", password="x")
    house.gate.ask(f"/never/{mark}%1b%0a", "echo.test", headers=[agent], page=True)
    for line in house.gate.log.splitlines():
        assert isinstance(json.loads(line), dict)
        assert "\x1b" not in line
    for line in house.gate.command("audit", "tail", "--json").split("\n")[:-1]:
        assert isinstance(json.loads(line), dict)
    assert "\x1b" not in house.gate.command("audit", "tail")


# --- T71, T72: secrets ---------------------------------------------------------------------------


def test_t71_t72_no_secret_is_written_down(house: House, person: str) -> None:
    browser = house.browser()
    browser.sign_in(person)
    first, digits = browser.token, code()
    browser.step_up(digits)
    house.browser().sign_in(person, password="a mistyped pass phrase")
    house.gate.ask("/x?key=query-value", "localhost", token=browser.token)
    secrets = [first, browser.token, PASSWORD, SEED, "a mistyped pass phrase", "query-value"]
    written = [house.gate.log, house.gate.command("audit", "tail", "--json")]
    kept = [path.read_bytes() for path in (house.gate.folder / "state").glob("*.db*")]
    assert len(kept) >= 2
    for secret in secrets:
        assert not any(secret in text for text in written), secret
        assert not any(secret.encode() in held for held in kept), secret
    assert digits not in house.gate.log


def test_t71_no_page_shows_a_secret(house: House) -> None:
    browser = house.browser()
    token = house.token("bob", "localhost")
    browser.cookies[house.gate.cookie_name] = token
    for path in ("", "/password", "/networks", "/sessions"):
        answer = browser.open(f"{PREFIX}account/security{path}")
        assert answer.status == 200
        assert not any(secret in answer.text for secret in (token, SEED, PASSWORD))
        assert answer.header("cache-control") == "no-store"


# --- T73: who exists -----------------------------------------------------------------------------


def shape(house: House, name: str, password: str) -> list[object]:
    """Give everything of a refused sign-in that does not name the request."""
    browser = house.browser()
    answer = browser.sign_in(name, password=password)
    token = browser.hidden(SIGN_IN).get("csrf", "none")
    text = answer.text.replace(name, "NAME").replace(token, "TOKEN")
    headers = [
        (key, value) for key, value in answer.headers if key not in {"date", "content-length"}
    ]
    return [answer.status, headers, text, sorted(browser.cookies)]


def test_t73_nobody_learns_who_has_an_account(house: House) -> None:
    known = [next(house.strangers) for _ in range(24)]
    for name in known[:8]:
        house.gate.disable(name)
    unknown = [f"stranger{number}" for number in range(24)]
    names = [name for name in (*known, *unknown) for _ in range(4)]
    assert len(names) >= 190
    shapes = [shape(house, name, "a wrong pass phrase") for name in names]
    assert all(each == shapes[0] for each in shapes)


@pytest.mark.parametrize("name", ["", " ", "x" * 5000, "é", "a b", "../x", "\x00", "ALICE\u200b"])
def test_t73_an_impossible_name_is_answered_as_a_wrong_one(house: House, name: str) -> None:
    answer = house.browser().sign_in(name, password="a wrong pass phrase")
    assert answer.status in {422, 429}
