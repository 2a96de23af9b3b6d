"""Running it: reloads, crashes, ports, draining, and a store that goes away (F5-F12, F24, F32)."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psutil
import pytest

from tests.contracts.plane.conftest import PLANES
from tests.support.gate_process import (
    Answer,
    GateProcess,
    free_port,
    gate_process,
    parsed,
    read_answer,
    until,
)
from tests.support.raw_upstream import RawUpstream, raw_upstream
from tests.support.sites import echo, policy, silence

HOST = "echo.test"
LINES_BEFORE = "# a comment\n" * 9
CHANGED = LINES_BEFORE + "networks:\n  one: [10.0.0.0/8]\n  two: [%s]\n"  # the value is on line 12


class Running:
    """A gate with two workers that a test may hurt, and people who ask it all the while."""

    def __init__(self, gate: GateProcess, upstream: RawUpstream) -> None:
        self.gate = gate
        self.upstream = upstream
        self.token = gate.session("alice", host=HOST)

    def permitted(self, path: str = "/x") -> Answer:
        return self.gate.ask(path, HOST, token=self.token)

    def refused(self) -> Answer:
        return self.gate.ask("/x", HOST, page=True)

    def serves(self) -> bool:
        """Say whether it lets in and turns away as it should."""
        try:
            pages = self.gate.ask("/-/gate/sign-in", HOST, page=True).status
            return (self.permitted().status, self.refused().status, pages) == (200, 303, 200)
        except OSError:
            return False

    def serves_throughout(self) -> bool:
        """Say whether it does so each time, whichever worker is asked."""
        return all(self.serves() for _ in range(10))

    def processes(self, module: str) -> list[psutil.Process]:
        return [
            process
            for process in map(psutil.Process, self.gate.children())
            if module in process.cmdline()
        ]


@pytest.fixture(scope="module", params=PLANES)
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp(f"operation-{request.param}")
    with raw_upstream(echo) as upstream, raw_upstream(silence) as silent:
        ports = {"ECHO": upstream.port, "DOWN": free_port(), "SILENT": silent.port}
        texts = {"sites.yaml": policy(ports), "extra.yaml": CHANGED % "10.0.0.0/8"}
        settings = {"plane": request.param, "workers": "2"}
        with gate_process(folder, texts, settings) as gate:
            gate.add_accounts({"name": "alice"}, {"name": "bob"})
            gate.start()
            yield Running(gate, upstream)


@pytest.fixture(autouse=True)
def whole(running: Running) -> Iterator[None]:
    """Every test leaves the gate as it found it."""
    yield
    assert until(running.serves_throughout, 60), running.gate.log[-3000:]


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


# --- policy (F11, F12) ---------------------------------------------------------------------------


def test_f11_an_error_is_told_with_its_line_and_the_old_policy_stays(running: Running) -> None:
    before = version(running)
    written(running, CHANGED % "10.0.0.1/8")
    assert until(lambda: "extra.yaml:12:" in running.gate.log, 30)
    shown = json.loads(running.gate.command("policy", "show", "--json"))
    assert any("extra.yaml:12:" in why for why in shown["held"]["why"])
    assert version(running) == before
    assert running.serves()
    written(running, CHANGED % "10.0.0.0/8")
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
    written(running, CHANGED % "10.0.0.0/8")


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
            written(running, CHANGED % f"10.{number}.0.0/16")
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


# --- processes (F24, F32) ------------------------------------------------------------------------


def test_a_second_gate_on_the_same_port_ends_with_3(running: Running) -> None:
    done = running.gate.run("serve")
    assert done.returncode == 3
    assert str(running.gate.port) in done.stderr
    assert running.serves()


def test_f24_a_killed_worker_is_replaced_and_nobody_gets_in_meanwhile(running: Running) -> None:
    victim = running.processes("gate.cli.worker")[0]
    victim.kill()
    for _ in range(20):
        try:
            assert running.refused().status in {0, 303}
            assert running.permitted().status in {0, 200}
        except OSError:
            continue
    assert until(lambda: len(running.processes("gate.cli.worker")) == 2, 60)
    assert victim.pid not in running.gate.children()


def test_f24_without_its_pages_the_gate_carries_traffic_and_turns_away(running: Running) -> None:
    (pages,) = running.processes("gate.cli.pages")
    pages.suspend()  # it hangs first, then it is gone
    try:
        assert running.permitted().status == 200
        answer = running.gate.ask("/never/x", HOST, token=running.token, page=True)
        assert (answer.status, answer.reason) == (403, "rule_denies")
        assert "text/html" in answer.header("content-type")
    finally:
        pages.kill()
    assert running.permitted().status == 200
    assert running.refused().status == 303
    assert running.gate.ask("/-/gate/sign-in", HOST, page=True).status in {200, 503}
    assert until(lambda: len(running.processes("gate.cli.pages")) == 1, 60)


# --- the store (F5, F6) --------------------------------------------------------------------------


@contextmanager
def moved_away(store: Path) -> Iterator[None]:
    connection = sqlite3.connect(store)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # all of it is in the file that moves
    connection.close()
    away = store.with_name("away.db")
    store.rename(away)
    try:
        yield
    finally:
        away.rename(store)


@contextmanager
def read_only(store: Path) -> Iterator[None]:
    files = [*store.parent.glob("*.db*")]
    for path in files:
        path.chmod(0o400)
    try:
        yield
    finally:
        for path in files:
            if path.exists():
                path.chmod(0o600)


@contextmanager
def locked(store: Path) -> Iterator[None]:
    holder = sqlite3.connect(store, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        holder.rollback()
        holder.close()


@pytest.mark.parametrize("broken", [moved_away, read_only, locked], ids=lambda each: each.__name__)
def test_f5_f6_a_broken_store_lets_nobody_in(
    running: Running, broken: Callable[[Path], AbstractContextManager[None]]
) -> None:
    gone = running.gate.session("bob", host=HOST)
    with running.gate.world() as world:
        for session in world.store.sessions.all():
            if session.account.name == "bob":
                world.store.sessions.end(session.hash)
    before = len(running.upstream.asked)
    with broken(running.gate.folder / "state" / "gate.db"):
        for _ in range(3):
            assert running.gate.ask("/x", HOST, token=gone).status in {401, 503}
            assert running.gate.ask("/x", HOST, token="A" * 43).status in {401, 503}
            assert running.refused().status in {303, 503}
        assert len(running.upstream.asked) == before
        assert running.permitted().status in ({200} if broken is locked else {200, 503})
    assert until(running.serves, 30)


def test_f6_a_store_of_another_kind_at_its_place_lets_nobody_in(running: Running) -> None:
    store = running.gate.folder / "state" / "gate.db"
    with moved_away(store):
        store.write_bytes(os.urandom(8192))
        try:
            assert running.gate.ask("/x", HOST, token="A" * 43).status in {401, 503}
            assert running.permitted().status in {200, 503}
        finally:
            store.unlink()


# --- the end (F32) -------------------------------------------------------------------------------


def test_f32_term_lets_an_answer_finish_and_closes_who_waits(running: Running) -> None:
    gate = running.gate
    cookie = f"Cookie: {gate.cookie_name}={running.token}"
    asked = f"GET /slow-answer HTTP/1.1\r\nHost: {HOST}\r\n{cookie}\r\n\r\n".encode()
    with gate.connect(60) as busy, gate.connect(60) as idle:
        idle.sendall(f"GET /public/x HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        read_answer(idle)
        busy.sendall(asked)
        assert until(lambda: any(b"slow-answer" in each.line for each in running.upstream.asked))
        assert gate.process is not None
        gate.process.send_signal(signal.SIGTERM)
        assert idle.recv(100) == b""
        assert parsed(read_answer(busy)).body == b"at last"
    assert gate.process.wait(60) == 0
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", gate.port)):
        pass
    gate.start()


def test_f1_after_a_kill_of_everything_it_starts_again(running: Running) -> None:
    gate = running.gate
    assert gate.process is not None
    children = gate.children()
    gate.process.kill()
    gate.process.wait()
    assert until(lambda: not any(map(psutil.pid_exists, children)), 30)  # no orphan serves
    gate.start()
    assert running.serves()
