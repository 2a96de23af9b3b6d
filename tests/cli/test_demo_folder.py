"""The demo's folder: private, gone in the end, and tidied up after whoever was killed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gate.cli.demo_folder import LOCK, demo_folder

KILLED = """
import os, signal
from gate.cli.demo_folder import demo_folder
with demo_folder():
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files lie."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def test_the_folder_is_private_and_goes_away(place: Path) -> None:
    with demo_folder() as folder:
        assert folder.parent == place
        assert folder.stat().st_mode & 0o777 == 0o700
        assert (folder / LOCK).read_text() == f"{os.getpid()}\n"
    assert list(place.iterdir()) == []


def test_what_a_killed_demo_left_goes_when_the_next_one_starts(place: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(place)}
    subprocess.run([sys.executable, "-c", KILLED], env=environment, timeout=60, check=False)
    (left,) = place.iterdir()
    with demo_folder():
        assert not left.exists()


def test_the_folder_of_a_demo_that_runs_stays() -> None:
    with demo_folder() as first, demo_folder() as second:
        assert first != second
        assert first.exists()


def test_what_no_demo_of_this_user_made_stays(place: Path) -> None:
    (place / "gate-demo-notes").mkdir()
    (place / "gate-demo-file").touch()
    elsewhere = place / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / LOCK).touch()
    (place / "gate-demo-link").symlink_to(elsewhere)
    before = sorted(place.iterdir())
    with demo_folder():
        pass
    assert sorted(place.iterdir()) == before
    assert (elsewhere / LOCK).exists()
