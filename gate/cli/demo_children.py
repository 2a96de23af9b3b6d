"""The demo's children: the old site, and the gate. Each says `ready URL` when it serves.

Each ends with its standard input, also when the demo is killed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from gate.core.errors import GateError

SITE: Final = (sys.executable, "-m", "gate.demo_site", "--port", "0")
SERVE: Final = (sys.executable, "-m", "gate.cli.demo_gate", "--config")
LONGEST_END: Final = 10.0  # seconds that a child has after TERM


@contextmanager
def demo_site() -> Iterator[str]:
    """Run the old site; give its address."""
    with _child(SITE) as child:
        yield _ready(child, "the demo's site")


@contextmanager
def gate_serve(config: Path) -> Iterator[subprocess.Popen[str]]:
    """Run the gate until it is ready, and stop it in the end."""
    with _child((*SERVE, str(config))) as child:
        _ready(child, "the gate")
        yield child


@contextmanager
def _child(command: tuple[str, ...]) -> Iterator[subprocess.Popen[str]]:
    child = subprocess.Popen(  # noqa: S603 - command lines of the demo's own making
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=_environment(),
        start_new_session=True,
    )
    try:
        yield child
    finally:
        _end(child)


def _environment() -> Mapping[str, str]:
    """Give the environment without settings, which would override the demo's own."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GATE_")}


def _ready(child: subprocess.Popen[str], what: str) -> str:
    line = child.stdout.readline() if child.stdout else ""
    word, _, address = line.strip().partition(" ")
    if word != "ready":
        raise GateError(f"{what} did not start; see the lines above")
    return address


def _end(child: subprocess.Popen[str]) -> None:
    """Ask the child to end, and end it when it does not."""
    child.terminate()
    try:
        child.communicate(timeout=LONGEST_END)
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()
