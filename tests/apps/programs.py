"""Programs that tests start: found or skipped over, awaited, and ended by their pid."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

START: Final = 180.0  # seconds; a busy machine takes thirty times as long as a quiet one
END: Final = 60.0  # seconds
PAUSE: Final = 0.05  # seconds
BESIDE: Final = Path(sys.executable).parent  # where packages put their programs

DEBIAN: Final = {name: f"apt-get install {name}" for name in ("curl", "git", "oathtool")}


def program(name: str) -> str:
    """Give the path of a program; without it the test is skipped, which fails under CI."""
    found = shutil.which(str(BESIDE / name)) or shutil.which(name)
    if found is None:
        advice = DEBIAN.get(name, "make test, or pip install -r requirements-apps.txt")
        pytest.skip(f"{name} is not installed; {advice}")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """How a program is started, in a folder of its own that is also its home."""

    command: Sequence[str]
    folder: Path
    environment: Mapping[str, str]


@contextmanager
def serving(start: Start, port: int) -> Iterator[int]:
    """Run a server until it is no longer needed; gives its pid when its port accepts."""
    log = start.folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            start.command,
            cwd=start.folder,
            env=_environment(start),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        _await_port(process, port, log)
        yield process.pid
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process, by force when it does not want to."""
    process.terminate()
    try:
        process.wait(END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(END)


def _environment(start: Start) -> dict[str, str]:
    kept = {key: os.environ[key] for key in ("PATH", "LANG", "TMPDIR") if key in os.environ}
    return {**kept, "HOME": str(start.folder), **start.environment}


def _await_port(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(PAUSE)
    raise RuntimeError(f"it does not serve: {log.read_text(errors='replace')[-2000:]}")
