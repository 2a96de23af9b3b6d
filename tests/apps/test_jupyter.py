"""Jupyter behind the gate: token sign-in, files with odd names, a terminal over a WebSocket."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final
from urllib.parse import quote

import httpx
import pytest

from tests.apps.applications import TOKEN
from tests.apps.clients import Way, curl
from tests.apps.compare import DATE, compare
from tests.apps.programs import START, end, program
from tests.apps.running_gate import RunningGate
from tests.apps.ways import Ways

AUTHORIZED: Final = {"Authorization": f"token {TOKEN}"}
CUT: Final = 60.0  # seconds: one that is promised, the others for a busy machine
XSRF: Final = re.compile(r'name="_xsrf" value="([^"]+)"')
SAFE: Final = "~+=.!$'()*,:@"  # what browsers leave as it is in a path
NAMES: Final = ("~draft.txt", "a b.txt", "Grüße.txt", "a..b.txt", "x+y=z,(1).txt", "a@b:c!.txt")
AMBIGUOUS: Final = (
    "/files/../login",
    "/files/%2e%2e/login",
    "/files//a",
    "/files/a%2fb",
    "/files/a;b",
    "/files/a%5cb",
    "/files/a%25b",
    "/files/a%zz",
    "/files/a%00",
)
MASKS: Final = (
    r"2\|[0-9a-f]{8}\|[0-9a-f]{32}\|\d{10}",  # tokens of forms
    r'username-127[^=]+="?2\|[^;]+',  # a visitor gets a made-up name
    r'"[0-9a-f]{40}"',  # entity tags of pages with such tokens in them
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)",
)

MODIFIED: Final = DATE.pattern.decode()  # when a file was written, which is just now


def _signed_in(browser: httpx.Client) -> httpx.Response:
    """Sign in by jupyter's own form."""
    page = browser.get("/login", params={"next": "/tree"})
    found = XSRF.search(page.text)
    assert found, page.text
    form = {"_xsrf": found[1], "password": TOKEN}
    return browser.post("/login", params={"next": "/tree"}, data=form)


def _signing_in(browser: httpx.Client) -> Iterator[httpx.Response]:
    refused = browser.get("/api/contents")
    assert refused.status_code == 403
    yield refused
    yield browser.get("/")
    yield browser.get("/login")
    done = _signed_in(browser)
    assert (done.status_code, done.headers["location"]) == (302, "/tree")
    yield done
    yield browser.get("/api/contents")
    without_token = browser.post("/api/terminals")
    assert without_token.status_code == 403
    yield without_token
    yield browser.get("/logout")
    yield browser.get("/api/contents")


def test_signing_in_and_out_is_the_same_behind_the_gate(ways: Ways) -> None:
    compare(_signing_in, *ways.both("jupyter"), *MASKS)


def _files(browser: httpx.Client) -> Iterator[httpx.Response]:
    browser.headers.update(AUTHORIZED)
    for name in NAMES:
        place = f"/api/contents/{quote(name, safe=SAFE)}"
        model = {"type": "file", "format": "text", "content": f"of {name}\n"}
        made = browser.put(place, json=model)
        assert made.status_code in {200, 201}
        yield browser.put(place, json=model)
        shown = browser.get(f"/files/{quote(name, safe=SAFE)}")
        assert shown.text == model["content"]
        yield shown
        yield browser.delete(place)
        yield browser.get(place)


def test_files_with_odd_names_are_the_same_behind_the_gate(ways: Ways) -> None:
    compare(_files, *ways.both("jupyter"), *MASKS, MODIFIED)


@pytest.mark.parametrize("path", AMBIGUOUS)
def test_g12_a_path_that_servers_read_differently_never_reaches_a_strict_site(
    path: str, ways: Ways
) -> None:
    answer = curl(ways.gated("jupyter"), path, "--path-as-is")
    assert answer.stdout.startswith(b"HTTP/1.1 400 ")
    assert b"X-Gate-Reason: unclean_request" in answer.stdout


# --- the terminal -----------------------------------------------------------------------------


class Terminal:
    """A terminal of jupyter's over a WebSocket, with websocat as the client."""

    def __init__(self, way: Way, cookies: str, origin: str) -> None:
        """Connect; whether that went well shows in what comes."""
        address = f"ws://{way.address}/terminals/websocket/1"
        options = ["--exit-on-eof", "--origin", origin, f"--header=Cookie: {cookies}"]
        self.process = subprocess.Popen(
            [program("websocat"), *options, address],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def runs(self, command: str, shows: str) -> bool:
        """Type a command and say whether its output comes."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(["stdin", f"{command}\r"]).encode() + b"\n")
        self.process.stdin.flush()
        read = ""
        while line := self.process.stdout.readline():
            word, *rest = json.loads(line)
            read += "".join(rest) if word == "stdout" else ""
            if shows in read:
                return True
        return False

    def refusal(self) -> str:
        """Give what websocat says when it is not let in."""
        _, errors = self.process.communicate(timeout=START)
        assert self.process.returncode != 0
        return errors.decode()

    def ends(self, seconds: float) -> bool:
        """Say whether the connection is closed in time."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True


@contextmanager
def _terminal(way: Way, *, origin: str = "", cookies: str | None = None) -> Iterator[Terminal]:
    """Open the terminal as a browser that is signed in to jupyter does."""
    way = replace(way, host=way.address)  # websocat names the host that it connects to
    with way.browser() as browser:
        own = _own_cookies(browser)
    carried = way.cookies(own) if cookies is None else f"{own}; {cookies}"
    terminal = Terminal(way, carried, origin or way.origin)
    try:
        yield terminal
    finally:
        end(terminal.process)
        terminal.process.communicate()


def _own_cookies(browser: httpx.Client) -> str:
    """Sign in to jupyter, see to it that terminal 1 is there, and give jupyter's cookies."""
    _signed_in(browser)
    if browser.get("/api/terminals/1").status_code == 404:
        browser.post("/api/terminals", headers=AUTHORIZED, json={"name": "1"})
    kept = [cookie for cookie in browser.cookies.jar if not cookie.name.startswith("gate")]
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in kept)


@pytest.mark.parametrize("gated", [False, True], ids=["straight", "gated"])
def test_a_terminal_runs_a_command(gated: bool, ways: Ways) -> None:
    with _terminal(ways.both("jupyter")[gated]) as terminal:
        assert terminal.runs("echo $((6 * 7))-$((7 * 8))", "42-56")


@pytest.mark.parametrize("gated", [False, True], ids=["straight", "gated"])
def test_g30_a_terminal_is_not_opened_for_another_origin(gated: bool, ways: Ways) -> None:
    way = ways.both("jupyter")[gated]
    with _terminal(way, origin="http://elsewhere.test") as terminal:
        assert "403 Forbidden" in terminal.refusal()


def test_a_terminal_is_not_opened_without_the_gates_session(ways: Ways) -> None:
    way = ways.gated("jupyter")
    name = way.cookie.partition("=")[0]
    with _terminal(way, cookies=f"{name}={'A' * 43}") as terminal:
        assert "401 Unauthorized" in terminal.refusal()


def test_g19_a_terminal_is_cut_when_its_session_is_revoked_and_no_other(
    gate: RunningGate, ways: Ways
) -> None:
    with (
        _terminal(ways.gated("jupyter", "terminal")) as cut,
        _terminal(ways.gated("jupyter")) as kept,
    ):
        assert cut.runs("echo $((1000 + 1))", "1001")
        assert kept.runs("echo $((1000 + 2))", "1002")
        gate.revoke("terminal")
        assert cut.ends(CUT)
        assert kept.runs("echo $((1000 + 3))", "1003")
