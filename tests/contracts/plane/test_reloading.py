"""The policy while it runs: what is taken, what is not, and nobody notices (F11, F12, G9)."""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.contracts.plane.conftest import changed
from tests.support.gate_process import until
from tests.support.hurt_gate import Running

pytestmark = pytest.mark.usefixtures("whole")


@contextmanager
def under_load(running: Running) -> Iterator[list[int]]:
    """Ask all the while, on fresh connections; give the statuses so far."""
    statuses: list[int] = []
    over = threading.Event()

    def asking() -> None:
        while not over.is_set():
            statuses.append(running.permitted().status)

    thread = threading.Thread(target=asking)
    thread.start()
    try:
        yield statuses
    finally:
        over.set()
        thread.join()


def version(running: Running) -> int | None:
    with running.gate.world() as world:
        return world.store.policies.active_number()


def held(running: Running) -> object:
    with running.gate.world() as world:
        return world.policies.held()


def written(running: Running, text: str) -> None:
    """Put a text into the folder in one step, as an editor does, and say so."""
    folder = running.gate.folder / "policies"
    staged = folder / "extra.yaml.new"
    staged.write_text(text)
    staged.replace(folder / "extra.yaml")
    assert running.gate.process is not None
    running.gate.process.send_signal(signal.SIGHUP)


def test_f11_an_error_is_told_with_its_line_and_the_old_policy_stays(running: Running) -> None:
    before = version(running)
    written(running, changed("10.0.0.1/8"))
    assert until(lambda: "extra.yaml:12:" in running.gate.log, 30)
    shown = json.loads(running.gate.command("policy", "show", "--json"))
    assert any("extra.yaml:12:" in why for why in shown["held"]["why"])
    assert version(running) == before
    assert running.serves()
    written(running, changed("10.0.0.0/8"))
    assert until(lambda: held(running) is None, 30)


@pytest.mark.parametrize(
    "text",
    ["", "[" * 5000, "a: b: c", "sites: {}\nsites: {}\n", "\x00", "netwroks: {}\n", "- x\n"],
    ids=["empty", "deep", "syntax", "twice", "control", "typo", "list"],
)
def test_f11_what_is_no_policy_changes_nothing(running: Running, text: str) -> None:
    before = version(running)
    written(running, text)
    time.sleep(1)
    assert running.serves()
    if text:
        assert version(running) == before
    written(running, changed("10.0.0.0/8"))


def test_g9_a_reload_that_drops_a_site_waits(running: Running) -> None:
    sites = running.gate.folder / "policies" / "sites.yaml"
    whole_text = sites.read_text()
    before = version(running)
    at = whole_text.index("  watched:")
    sites.write_text(whole_text[:at] + whole_text[whole_text.index("  down:") :])
    try:
        assert until(lambda: "waits for `gate policy publish`" in running.gate.log, 30)
        assert version(running) == before
        assert running.gate.ask("/x", "watched.test").status == 200
    finally:
        sites.write_text(whole_text)


def test_f12_no_request_fails_while_the_policy_changes(running: Running) -> None:
    with under_load(running) as statuses:
        for number in range(30):
            before = version(running)
            written(running, changed(f"10.{number}.0.0/16"))
            assert until(lambda before=before: version(running) != before, 30)
    assert len(statuses) > 30
    assert set(statuses) == {200}


def test_t43_f12_a_policy_counts_on_the_next_request(running: Running) -> None:
    sites = running.gate.folder / "policies" / "sites.yaml"
    text = sites.read_text()
    for closed in (True, False, True, False):
        before = version(running)
        denied = "/never/**" if not closed else '["/never/**", "/x"]'
        sites.write_text(text.replace("path: /never/**", f"path: {denied}"))
        assert until(lambda before=before: version(running) != before, 30)
        assert running.permitted().status == (403 if closed else 200)
