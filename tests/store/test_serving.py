"""Whether a gate serves from a store."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gate.core.errors import StoreUnavailable
from gate.store.serving import LOCK_FILE, alone, serving
from tests.support.sql_stores import sqlite_url

SERVE = """
import sys
from gate.store.serving import serving
with serving(sys.argv[1]):
    print("serving", flush=True)
    sys.stdin.read()
"""


def is_alone(url: str) -> bool | None:
    with alone(url) as free:
        return free


def test_nobody_serves_from_a_store_that_is_not_there_yet(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "state")
    assert is_alone(url) is True
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "state" / LOCK_FILE).stat().st_mode & 0o777 == 0o600


def test_several_gates_may_serve_and_nothing_is_alone_then(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path)
    with serving(url), serving(url):
        assert is_alone(url) is False
    assert is_alone(url) is True


def test_no_gate_begins_to_serve_while_something_is_alone(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path)
    with alone(url) as free:
        assert free
        assert is_alone(url) is False
        with pytest.raises(StoreUnavailable, match="being restored"), serving(url):
            pass


def test_a_gate_that_was_killed_serves_no_more(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path)
    command = [sys.executable, "-c", SERVE, url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as gate:
        assert gate.stdout is not None
        assert gate.stdout.readline() == b"serving\n"
        assert is_alone(url) is False
        gate.send_signal(signal.SIGKILL)
        gate.wait(60)
    assert is_alone(url) is True


def test_nobody_can_tell_of_a_server() -> None:
    url = "postgresql://gate@127.0.0.1/gate"
    assert is_alone(url) is None
    with serving(url):
        pass


def test_a_lock_that_can_not_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / LOCK_FILE).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreUnavailable, match="can't be made"), serving(sqlite_url(tmp_path)):
        pass
