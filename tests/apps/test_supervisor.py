"""Supervisor's pages behind the gate: Basic auth, redirects, and a log that never ends."""

from __future__ import annotations

import http.client
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from xmlrpc.client import dumps, loads

import httpx

from tests.apps.applications import NAME, PASSWORD
from tests.apps.clients import Way
from tests.apps.compare import compare
from tests.apps.programs import START
from tests.apps.running_gate import RunningGate
from tests.apps.ways import Ways

OWN: Final = (NAME, PASSWORD)
TAIL: Final = "/logtail/ticker"
CUT: Final = 60.0  # seconds: one that is promised, the others for a busy machine
CLOCK: Final = r"pid \d+|uptime \d+:\d\d:\d\d"


def _pages(browser: httpx.Client) -> Iterator[httpx.Response]:
    unknown = browser.get("/")
    assert unknown.status_code == 401
    assert unknown.headers["www-authenticate"].startswith("Basic ")
    yield unknown
    yield browser.get("/", auth=(NAME, "wrong"))
    yield browser.get("/", auth=OWN)
    yield browser.get("/stylesheets/supervisor.css", auth=OWN)
    yield browser.get("/tail.html", params={"processname": "still"}, auth=OWN)
    yield browser.get("/logtail/nobody", auth=OWN)
    yield browser.get("/nowhere", auth=OWN)
    yield browser.head("/stylesheets/supervisor.css", auth=OWN)


def test_pages_and_basic_auth_are_the_same_behind_the_gate(ways: Ways) -> None:
    compare(_pages, *ways.both("supervisor"), CLOCK)


def _stopped_and_started(browser: httpx.Client) -> Iterator[httpx.Response]:
    for action in ("stop", "stop", "start", "clearlog"):
        asked = {"processname": "still", "action": action}
        answer = browser.get("/index.html", params=asked, auth=OWN)
        assert answer.status_code == 301
        assert answer.headers["location"].startswith(f"http://{browser.headers['Host']}/?")
        yield answer


def test_requests_that_change_something_and_redirect_are_the_same_behind_the_gate(
    ways: Ways,
) -> None:
    compare(_stopped_and_started, *ways.both("supervisor"), CLOCK)


def _called(browser: httpx.Client) -> Iterator[httpx.Response]:
    for method in ("supervisor.getState", "supervisor.getSupervisorVersion", "no.such"):
        body = dumps((), method)
        answer = browser.post("/RPC2", content=body, headers={"Content-Type": "text/xml"}, auth=OWN)
        yield answer
    state = browser.post("/RPC2", content=dumps((), "supervisor.getState"), auth=OWN)
    assert loads(state.text)[0] == ({"statecode": 1, "statename": "RUNNING"},)


def test_remote_calls_are_the_same_behind_the_gate(ways: Ways) -> None:
    compare(_called, *ways.both("supervisor"))


# --- the log without an end -------------------------------------------------------------------


class Tail:
    """The endless log, open; reading waits no longer than a busy machine needs."""

    def __init__(self, way: Way) -> None:
        """Ask for the log."""
        basic = b64encode(":".join(OWN).encode()).decode()
        headers = {"Host": way.host, "Cookie": way.cookies("a=1")}
        self.connection = http.client.HTTPConnection(way.address, timeout=START)
        self.connection.request("GET", TAIL, headers=headers | {"Authorization": f"Basic {basic}"})
        self.response = self.connection.getresponse()

    def tick(self) -> int:
        """Give the number in the next whole line."""
        while line := self.response.readline():
            word, _, number = line.strip().partition(b" ")
            if word == b"tick" and number.isdigit():
                return int(number)
        raise AssertionError("the log has ended")

    def flows(self) -> bool:
        """Say whether the next ten lines come, without a gap."""
        first = self.tick()
        return [self.tick() for _ in range(10)] == list(range(first + 1, first + 11))

    def ends(self, seconds: float) -> bool:
        """Say whether the log breaks off in time."""
        deadline = time.monotonic() + seconds
        try:
            while time.monotonic() < deadline:
                self.tick()
        except (http.client.IncompleteRead, ConnectionError, AssertionError):
            return True
        return False


@contextmanager
def _tail(way: Way) -> Iterator[Tail]:
    tail = Tail(way)
    try:
        yield tail
    finally:
        tail.connection.close()


def test_the_log_without_an_end_comes_line_by_line_on_both_ways(ways: Ways) -> None:
    for way in ways.both("supervisor"):
        with _tail(way) as tail:
            assert tail.response.status == 200
            assert tail.response.headers["Transfer-Encoding"] == "chunked"
            assert tail.response.headers["X-Accel-Buffering"] == "no"
            assert tail.flows()


def test_g19_the_log_is_cut_when_its_session_is_revoked_and_no_other(
    gate: RunningGate, ways: Ways
) -> None:
    revoked = ways.gated("supervisor", "tail")
    other = ways.gated("supervisor", "other-tail")
    with _tail(revoked) as cut, _tail(other) as kept:
        assert cut.flows()
        gate.revoke("tail")
        assert cut.ends(CUT)
        assert kept.flows()
    with revoked.browser() as browser:
        assert browser.get(TAIL, headers={"Accept": "*/*"}, auth=OWN).status_code == 401
