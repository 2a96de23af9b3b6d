"""Running it: crashes, ports and draining (F1, F24, F32)."""

from __future__ import annotations

import signal
import socket

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
    assert running.gate.ask("/-/gate/sign-in", "localhost", page=True).status in {200, 503}
    assert until(lambda: len(running.processes("gate.cli.pages")) == 1, 60)


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
    assert until(lambda: not any(map(psutil.pid_exists, children)), 60)  # no orphan serves
    gate.start()
    assert running.serves()
