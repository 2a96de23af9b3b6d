"""What an operator does to a gate that serves: backup, another master key, a look at the audit."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Final

import pytest

from tests.support.browser_client import Browser, code
from tests.support.gate_process import until
from tests.support.hurt_gate import Running
from tests.support.sites import CROWD

pytestmark = pytest.mark.usefixtures("whole")

PAGES: Final = "gate.cli.pages"
WORKER: Final = "gate.cli.worker"


@contextmanager
def asked_throughout(running: Running) -> Iterator[list[int]]:
    """Let somebody who is signed in ask all the while; give the statuses."""
    done = threading.Event()
    statuses: list[int] = []

    def ask() -> None:
        while not done.is_set():
            statuses.append(running.permitted().status)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield statuses
    finally:
        done.set()
        asking.join()


def sign_in(running: Running, name: str) -> bool:
    """Sign in with password and code, both of which are sealed in the store."""
    browser = Browser(running.gate)
    return browser.sign_in(name).status == 303 and browser.step_up(code()).status == 303


def kill(running: Running, module: str) -> None:
    """Kill the first process of a module, and wait until another one has its place."""
    victim = running.processes(module)[0]
    victim.kill()
    assert until(lambda: not victim.is_running() and len(running.processes(module)) > 0)
    assert until(running.serves_throughout)


def test_f23_a_new_master_key_is_taken_over_without_an_error(running: Running) -> None:
    before, after, restarted = CROWD[6:9]
    assert sign_in(running, before)
    with asked_throughout(running) as statuses:
        said = json.loads(running.gate.command("rotate-key", "--json"))
    assert set(statuses) == {200}
    assert said["sealed"] > 0
    assert sign_in(running, after)
    kill(running, PAGES)
    assert sign_in(running, restarted)


def test_what_has_expired_is_dropped_by_a_gate_that_serves(running: Running) -> None:
    (file,) = running.gate.folder.rglob("*-live.db")
    with closing(sqlite3.connect(file, timeout=60, autocommit=True)) as live:
        live.execute("INSERT INTO one_time VALUES ('old', 'ticket', x'00', 1)")
        held = "SELECT count(*) FROM one_time WHERE kind = 'old'"
        kill(running, PAGES)
        assert until(lambda: live.execute(held).fetchone() == (0,))


def test_f22_a_backup_is_made_while_people_ask(running: Running) -> None:
    file = running.gate.folder / "backup.tar"
    with asked_throughout(running) as statuses:
        running.gate.command("backup", str(file))
    assert set(statuses) == {200}
    assert file.stat().st_size > 100_000
    refused = running.gate.run("restore", str(file), "--replace")
    assert refused.returncode == 3
    assert "stop it first" in refused.stderr
    file.unlink()


def test_g27_a_killed_worker_is_a_crash_gap_and_nothing_else(running: Running) -> None:
    kill(running, WORKER)

    def is_told() -> bool:
        done = running.gate.run("audit", "verify", "--json")
        assert done.returncode == 0, done.stdout
        flaws = {finding["flaw"] for finding in json.loads(done.stdout)["findings"]}
        assert flaws <= {"crash_gap"}
        return bool(flaws)

    def another_record() -> bool:
        running.refused()
        return is_told()

    assert until(another_record)
