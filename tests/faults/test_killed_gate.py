"""A gate that is killed whole while people change their account: old or new, and it starts again.

People send forms from their pages, all processes of the gate are killed a moment later, and the
gate is started on what is left. What was answered counts (F1).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import psutil
import pytest

from gate.core.handoff import PREFIX
from tests.support.browser_client import Browser, code
from tests.support.gate_process import GateProcess, gate_process, until

SITE: Final = """\
accounts:
  "*": {require: second_factor}
sites:
  wiki:
    hosts: [localhost]
    upstream: http://127.0.0.1:9
    rules: [{name: all, when: any, then: {require: signed_in}}]
"""
NETWORKS: Final = f"{PREFIX}account/security/networks"
LIST: Final = "127.0.0.0/8\n10.0.0.0/8\n"
SECONDS: Final = {"ann": 0.02, "ben": 60}  # until the kill; ben has his answer by then


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[GateProcess]:
    with gate_process(tmp_path / "gate", {"wiki.yaml": SITE}) as gate:
        gate.add_accounts(*({"name": name} for name in SECONDS))
        gate.start()
        yield gate


def kill(gate: GateProcess) -> None:
    """Kill every process of the gate at once, and wait until nothing of it is left."""
    assert gate.process is not None
    everybody = [psutil.Process(pid) for pid in (gate.process.pid, *gate.children())]
    for process in everybody:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    gate.process.wait()
    assert until(lambda: not any(process.is_running() for process in everybody))


def sent(browser: Browser, answers: list[int]) -> None:
    """Send the list with its proof, and note the answer, if there is one."""
    with suppress(OSError):
        answer = browser.submit(NETWORKS, {"networks": LIST, "proof": code(+1)})
        answers.append(answer.status)


def test_f1_a_gate_that_is_killed_keeps_what_it_has_answered(gate: GateProcess) -> None:
    answers = list[int]()
    for name, seconds in SECONDS.items():
        browser = Browser(gate)
        answers.clear()
        browser.enter(name)
        assert browser.open(NETWORKS).status == 200
        sending = threading.Thread(target=sent, args=(browser, answers))
        sending.start()
        sending.join(seconds)
        kill(gate)
        sending.join()
        gate.start()
        assert set(answers) <= {0, 200, 303}
        with gate.world() as world:
            trial = {each.name: each.trial for each in world.store.accounts.all()}[name]
            found = None if trial is None else trial.networks
            assert found is None or found.text == LIST
            assert found is not None or 303 not in answers
        assert Browser(gate).sign_in(name).status == 303
    assert 303 in answers
