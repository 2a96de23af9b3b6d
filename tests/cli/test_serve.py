"""`gate serve` as a real process: what a HUP does to it, and a child that hangs."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.gate_process import START, GateProcess, gate_process, until

HOST = "localhost"
OPENS = """\
sites:
  wiki:
    hosts: [localhost]
    upstream: http://127.0.0.1:9
    rules: [{name: all, when: any, then: {require: second_factor}}]
"""
WITH_ADMIN = f"admins: {{account: root}}\n{OPENS}"
CLOSED = OPENS.replace("{require: second_factor}", "{deny: This is closed.}")


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[GateProcess]:
    """A gate that runs."""
    with gate_process(tmp_path / "gate", {"p.yaml": OPENS}) as gate:
        gate.start()
        yield gate


def answers(gate: GateProcess, status: int) -> bool:
    """Say whether a page is answered so; a worker that is away answers nothing."""
    try:
        return gate.ask("/x", HOST, page=True).status == status
    except OSError:
        return False


def test_f11_a_hup_has_the_folder_read_again_although_no_file_changed(gate: GateProcess) -> None:
    assert answers(gate, 303)
    (gate.folder / "policies" / "p.yaml").write_text(CLOSED)
    assert until(lambda: answers(gate, 403), START)
    with gate.world() as world:
        world.store.policies.pin(1)
        assert until(lambda: answers(gate, 303), START)
        assert world.policies.unpin()
    assert answers(gate, 303), "no file changed, so nothing was read"
    assert gate.process is not None
    gate.process.send_signal(signal.SIGHUP)
    assert until(lambda: answers(gate, 403), START)
    assert "policy version 3 is in force" in gate.log
    assert gate.exit_code is None


def test_f24_a_worker_that_hangs_is_replaced(gate: GateProcess) -> None:
    (worker,) = (
        child
        for child in map(psutil.Process, gate.children())
        if "gate.cli.worker" in child.cmdline()
    )
    worker.suspend()
    assert until(lambda: not worker.is_running(), START)
    assert until(lambda: answers(gate, 303), START)
    assert "the worker 1 process answers nothing any more and is ended" in gate.log


def test_g20_a_fresh_start_shows_the_first_admins_link_which_opens(tmp_path: Path) -> None:
    with gate_process(tmp_path / "gate", {"p.yaml": WITH_ADMIN}) as gate:
        gate.start()
        file = gate.folder / "state" / "first-admin-link"
        link = file.read_text().strip()
        token = link.rpartition("/")[2]
        assert link.startswith(f"http://localhost:{gate.port}/-/gate/enrol/")
        assert str(file) in gate.log
        assert token not in gate.log
        opened = gate.ask(f"/-/gate/enrol/{token}", f"localhost:{gate.port}", page=True)
        assert opened.status == 303
        cookie = dict(opened.headers)["set-cookie"].decode().partition(";")[0]
        assert cookie.startswith(f"gate-enrol-{gate.port}=")
        headers = [("Cookie", cookie)]
        page = gate.ask("/-/gate/enrol", f"localhost:{gate.port}", page=True, headers=headers)
        assert page.status == 200
        assert b"Set up your account" in page.body
        assert b"root" in page.body
        gate.stop()
        gate.start()
        assert file.read_text().strip() == link
        assert token not in gate.command("audit", "search", "--json")
