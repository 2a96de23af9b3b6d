"""`gate demo`, started for real on free ports and used as its five lines say."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psutil
import pytest

from tests.support.browser_client import STEP_UP, Browser
from tests.support.gate_process import END, START, GateProcess, free_port, until

COMMAND = (sys.executable, "-m", "gate.cli.main", "demo")


@dataclass
class Demo:
    """A running demo, and what it said when it was ready."""

    process: subprocess.Popen[str]
    said: dict[str, Any]
    folder: Path

    def browser(self) -> Browser:
        port = urlsplit(self.said["url"]).port
        assert port is not None
        return Browser(GateProcess(self.folder, port, {}))

    def code(self, name: str) -> str:
        """Read a code from the phone, one that stays for a while."""
        while (shown := httpx.get(f"{self.said['phone']}/codes").json())["seconds"] < 2:
            time.sleep(0.2)
        code: str = shown["codes"][name]
        return code

    def enter(self, name: str, wanted: str) -> Browser:
        """Sign in with the password on the screen and the code on the phone."""
        browser = self.browser()
        first = browser.sign_in(name, wanted, self.said["accounts"][name])
        assert first.status == 303, first.text
        second = browser.step_up(self.code(name), wanted)
        assert (second.status, second.header("location")) == (303, wanted), second.text
        return browser


def started(folder: Path, *words: str) -> subprocess.Popen[str]:
    other = {"TMPDIR": str(folder), "GATE_STATE": "sqlite:///elsewhere/gate.db"}
    with (folder / "log").open("w") as log:
        return subprocess.Popen(
            [*COMMAND, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={**os.environ, **other},
            start_new_session=True,
        )


def stopped(process: subprocess.Popen[str], number: signal.Signals = signal.SIGTERM) -> int:
    process.send_signal(number)
    try:
        process.communicate(timeout=END * 2)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
    return process.returncode


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One demo for all that only look at it."""
    folder = tmp_path_factory.mktemp("demo")
    process = started(folder, "--port", str(free_port()), "--json")
    assert process.stdout is not None
    line = process.stdout.readline()
    try:
        assert line, (folder / "log").read_text()
        yield Demo(process, json.loads(line), folder)
    finally:
        stopped(process)


def test_strangers_are_sent_to_sign_in(demo: Demo) -> None:
    answer = demo.browser().open("/orders")
    assert (answer.status, answer.header("location")) == (303, "/-/gate/sign-in?next=/orders")


def test_alice_opens_the_office_and_the_site_knows_her(demo: Demo) -> None:
    alice = demo.enter("alice", "/admin")
    assert alice.open("/admin", "same-origin").status == 200
    assert "alice" in alice.open("/headers", "same-origin").text


def test_bob_reads_orders_and_is_refused_in_the_office(demo: Demo) -> None:
    bob = demo.enter("bob", "/orders")
    assert bob.open("/orders", "same-origin").status == 200
    refused = bob.open("/admin", "same-origin")
    assert (refused.status, refused.reason) == (403, "rule_denies")
    assert "The office is for administrators." in refused.text


def test_a_password_alone_opens_nothing(demo: Demo) -> None:
    browser = demo.browser()
    browser.sign_in("bob", "/orders", demo.said["accounts"]["bob"])
    answer = browser.open("/orders", "same-origin")
    assert answer.status == 303
    assert answer.header("location").startswith(STEP_UP)


def test_everything_lies_in_a_private_folder(demo: Demo) -> None:
    folder = Path(demo.said["config"]).parent
    assert folder.parent == demo.folder
    assert folder.stat().st_mode & 0o777 == 0o700
    assert not Path("elsewhere").exists(), "the settings of another gate must not count here"


def test_its_policy_counts_when_it_is_saved(demo: Demo) -> None:
    stranger = demo.browser()
    policy = Path(demo.said["config"]).parent / "policies" / "intranet.yaml"
    before = policy.read_text()
    policy.write_text(before.replace("/favicon.ico]", "/favicon.ico, /live]"))
    assert until(lambda: stranger.open("/live").status == 200, START)
    policy.write_text(before)
    assert until(lambda: stranger.open("/live").status == 303, START)


def test_ctrl_c_ends_it_and_nothing_is_left(tmp_path: Path) -> None:
    port = free_port()
    process = started(tmp_path, "--port", str(port))
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(5)]
    assert [line[:2] for line in lines] == ["1.", "2.", "3.", "4.", "5."]
    assert f"http://localhost:{port}/orders" in lines[0]
    assert stopped(process, signal.SIGINT) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["log"]
    with socket.socket() as probe, pytest.raises(ConnectionRefusedError):
        probe.connect(("127.0.0.1", port))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=["term", "hup"])
def test_a_signal_while_it_starts_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    process = started(tmp_path, "--port", str(free_port()))
    assert until(lambda: list(tmp_path.glob("gate-demo-*/gate.yaml")), START)
    assert stopped(process, number) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["log"]


def test_a_busy_port_is_exit_3_and_names_another(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = started(tmp_path, "--port", str(port))
        process.communicate(timeout=START)
    assert process.returncode == 3
    said = (tmp_path / "log").read_text()
    assert f"gate: can't listen on 127.0.0.1:{port}" in said
    assert f"make demo PORT={port + 1}" in said
    assert [path.name for path in tmp_path.iterdir()] == ["log"]


def test_a_busy_port_of_the_phone_is_exit_3(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        words = ("--port", str(free_port()), "--phone-port", str(taken.getsockname()[1]))
        process = started(tmp_path, *words)
        process.communicate(timeout=START)
    assert process.returncode == 3
    assert "leave out --phone-port" in (tmp_path / "log").read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["log"]


def test_a_demo_that_is_killed_leaves_no_process_and_the_next_one_no_folder(tmp_path: Path) -> None:
    port = free_port()
    process = started(tmp_path, "--port", str(port))
    assert process.stdout is not None
    assert process.stdout.readline().startswith("1.")
    children = psutil.Process(process.pid).children(recursive=True)
    assert len(children) >= 4
    process.kill()
    process.communicate()
    assert until(lambda: not any(each.is_running() for each in children), START)
    (left,) = tmp_path.glob("gate-demo-*")
    again = started(tmp_path, "--port", str(port))
    assert again.stdout is not None
    assert again.stdout.readline().startswith("1."), (tmp_path / "log").read_text()
    assert not left.exists()
    assert stopped(again) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["log"]
