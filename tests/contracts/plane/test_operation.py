"""Running it: crashes, ports, draining, and a store that goes away (F1, F5, F6, F24, F32)."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psutil
import pytest

from tests.support.gate_process import parsed, read_answer, until
from tests.support.hurt_gate import HOST, Running

pytestmark = pytest.mark.usefixtures("whole")


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
