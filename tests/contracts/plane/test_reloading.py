"""The policy while it runs: what is taken, what is not, and nobody notices (F11, F12, G9)."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pytest

from tests.contracts.plane.conftest import changed
from tests.support.gate_process import until
from tests.support.hurt_gate import HOST, Running
from tests.support.kept_clients import Errand, KeptClient, asking

CHANGES: Final = 100
CLOSED: Final = "This part is closed for good."  # what the sites say at first
NO_MORE: Final[Mapping[str, str]] = {}
NAVIGATES: Final = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate"}

pytestmark = pytest.mark.usefixtures("whole")


def version(running: Running) -> int | None:
    with running.gate.world() as world:
        return world.store.policies.active_number()


def held(running: Running) -> object:
    with running.gate.world() as world:
        return world.policies.held()


def put(running: Running, text: str, name: str = "extra.yaml") -> None:
    """Put a text into the folder in one step, as an editor does."""
    folder = running.gate.folder / "policies"
    staged = folder / f"{name}.new"
    staged.write_text(text)
    staged.replace(folder / name)


def written(running: Running, text: str, name: str = "extra.yaml") -> None:
    """Put a text into the folder, and say so."""
    put(running, text, name)
    assert running.gate.process is not None
    running.gate.process.send_signal(signal.SIGHUP)


def test_f11_an_error_is_told_with_its_line_and_the_old_policy_stays(running: Running) -> None:
    before = version(running)
    written(running, changed("10.0.0.1/8"))
    assert until(lambda: "extra.yaml:12:" in running.gate.log, 60)
    shown = json.loads(running.gate.command("policy", "show", "--json"))
    assert any("extra.yaml:12:" in why for why in shown["held"]["why"])
    assert version(running) == before
    assert running.serves()
    written(running, changed("10.0.0.0/8"))
    assert until(lambda: held(running) is None, 60)


@pytest.mark.parametrize(
    "text",
    ["", "[" * 5000, "a: b: c", "sites: {}\nsites: {}\n", "\x00", "netwroks: {}\n", "- x\n"],
    ids=["empty", "deep", "syntax", "twice", "control", "typo", "list"],
)
def test_f11_what_is_no_policy_changes_nothing(running: Running, text: str) -> None:
    before = version(running)
    written(running, text)
    try:
        assert until(lambda: held(running) is not None, 60)
        assert running.serves()
        assert version(running) == before
    finally:
        written(running, changed("10.0.0.0/8"))
    assert until(lambda: held(running) is None, 60)


def test_g9_a_reload_that_drops_a_site_waits(running: Running) -> None:
    whole_text = (running.gate.folder / "policies" / "sites.yaml").read_text()
    before = version(running)
    at = whole_text.index("  watched:")
    put(running, whole_text[:at] + whole_text[whole_text.index("  down:") :], "sites.yaml")
    try:
        assert until(lambda: "waits for `gate policy publish`" in running.gate.log, 60)
        assert version(running) == before
        assert running.gate.ask("/x", "watched.test").status == 200
    finally:
        put(running, whole_text, "sites.yaml")
    assert until(lambda: held(running) is None, 60)


@dataclass
class Changing:
    """A text of the sites that says its own number in what a rule denies, and clients meanwhile."""

    running: Running
    sites: str
    number: int = 0  # of the text that is in force for sure
    wanted: int = 0  # of the newest that was written

    def client(self, path: str, status: int = 200, more: Mapping[str, str] = NO_MORE) -> KeptClient:
        gate = self.running.gate
        cookie = f"{gate.cookie_name}={self.running.token}"
        errand = Errand(path=path, status=status, headers={"Host": HOST, "Cookie": cookie, **more})
        return KeptClient(gate.port, errand, mark=lambda: self.number)

    def change(self, in_force: Callable[[], int | None]) -> None:
        self.wanted = self.number + 1
        self._write(self.sites.replace(CLOSED, words(self.wanted)), in_force)
        self.number = self.wanted

    def restore(self, in_force: Callable[[], int | None]) -> None:
        self._write(self.sites, in_force)

    def _write(self, text: str, in_force: Callable[[], int | None]) -> None:
        before = in_force()
        written(self.running, text, "sites.yaml")
        assert until(lambda: in_force() != before, 60)


def words(number: int) -> str:
    return f"Closed for good by text {number}."


def numbers(client: KeptClient) -> list[tuple[int, int]]:
    """Give what was in force when each request was sent, and what its answer came from."""
    found = [
        (before, re.search(rb"Closed for good by text (\d+)\.", body))
        for before, body in client.told
    ]
    return [(before, int(number[1])) for before, number in found if number]


@pytest.mark.timeout(900)
def test_f11_f12_no_request_fails_while_the_policy_changes_a_hundred_times(
    running: Running,
) -> None:
    sites = running.gate.folder / "policies" / "sites.yaml"
    changing = Changing(running, sites.read_text())
    asked = [changing.client(f"/x?client={number}") for number in range(3)]
    denied = changing.client("/never/x", 403, NAVIGATES)
    slow = [changing.client("/slow-answer") for _ in range(2)]  # one is always under way
    everyone = [*asked, denied, *slow]
    with running.gate.world() as world:
        active = world.store.policies.active_number
        changing.change(active)
        with asking(everyone):
            for _ in range(CHANGES):
                counts = [len(client.told) for client in asked]
                changing.change(active)
                assert until(lambda c=counts: all_more(asked, c), 60)
        changing.restore(active)
    assert [client.failed for client in everyone] == [[]] * len(everyone)
    told = numbers(denied)
    assert told
    assert all(before <= number <= changing.wanted for before, number in told)
    assert [number for _, number in told] == sorted(number for _, number in told)


def all_more(clients: Sequence[KeptClient], counts: Sequence[int]) -> bool:
    """Say whether each client got a further answer, or failed."""
    pairs = zip(clients, counts, strict=True)
    return all(client.failed or len(client.told) > count for client, count in pairs)


def test_t43_f12_a_policy_counts_on_the_next_request(running: Running) -> None:
    text = (running.gate.folder / "policies" / "sites.yaml").read_text()
    for closed in (True, False, True, False):
        before = version(running)
        denied = "/never/**" if not closed else '["/never/**", "/x"]'
        put(running, text.replace("path: /never/**", f"path: {denied}"), "sites.yaml")
        assert until(lambda before=before: version(running) != before, 60)
        assert running.permitted().status == (403 if closed else 200)
