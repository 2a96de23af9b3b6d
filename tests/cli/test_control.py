"""A child's side of the pipe: what it was told, what it obeys, and that an end means stop."""

from __future__ import annotations

import subprocess
import sys

import pytest

CHILD = """
import asyncio
from gate.cli import control
pipe = control.read_control()
print(pipe.told["secret"], repr(pipe))
control.say_ready()
said = []
async def obey():
    commands = {name: lambda n=name: said.append(n) for name in ("drain", "stop", "reload")}
    await pipe.obey(commands)
asyncio.run(obey())
print(*said)
"""


def run(written: bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", CHILD], input=written, capture_output=True, timeout=60, check=False
    )


@pytest.mark.parametrize(
    ("commands", "obeyed"),
    [
        (b"", b"stop"),
        (b"drain\n", b"drain stop"),
        (b"reload\nreload\ndrain\n", b"reload reload drain stop"),
        (b"unknown\n\xff\n\nreload\n", b"reload stop"),
        (b"drain", b"drain stop"),
        (b"ping", b"alive\nstop"),
        (b"ping\nreload\nping\n", b"alive\nalive\nreload stop"),
    ],
)
def test_commands_are_obeyed_in_order_and_the_end_of_the_pipe_means_stop(
    commands: bytes, obeyed: bytes
) -> None:
    lines = run(b'{"secret": "s3cret"}\n' + commands).stdout.splitlines()
    assert lines[1:] == [b"ready", *obeyed.split(b"\n")]


def test_g22_what_was_told_does_not_show_itself() -> None:
    told = run(b'{"secret": "s3cret"}\n').stdout.splitlines()[0]
    assert told == b"s3cret Control()"


@pytest.mark.parametrize("written", [b"", b'{"secret"'])
def test_a_child_that_nobody_told_anything_does_not_run(written: bytes) -> None:
    done = run(written)
    assert done.returncode == 1
    assert b"started by `gate serve`" in done.stderr
