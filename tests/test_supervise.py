"""The supervisor: starts, watches and stops small children, and lets none of them go on alone."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from gate.supervise import BACKOFF_FIRST, UNUSABLE, Child, Supervisor, _Running

# Says in a file that it began, what it was told and heard; accepts, and ends when it has to.
GOOD = """
import json, os, sys
said = open(sys.argv[1], "a", buffering=1)
print(os.getpid(), file=said)
print(json.loads(sys.stdin.readline())["secret"], file=said)
print("ready", flush=True)
for line in sys.stdin:
    if line.strip() == "ping":
        print("alive", flush=True)
        continue
    print(line.strip(), file=said)
    if line.strip() in {"drain", "stop"}:
        break
else:
    print("end", file=said)
"""
DEAF = GOOD.replace('in {"drain", "stop"}', 'in {"never"}')
SILENT = GOOD.replace('print("ready", flush=True)', "")
HANGING = GOOD.replace('print("alive", flush=True)', "pass")
SHORT = GOOD.partition("for line")[0]
FAILED = "raise SystemExit(78)"
WRONG = 'print("not yet", flush=True); import time; time.sleep(60)'


def child(folder: Path, name: str = "pages", script: str = GOOD) -> Child:
    command = (sys.executable, "-c", script, str(folder / name))
    return Child(name=name, command=command, told={"secret": f"s3cret of {name}"})


def said(folder: Path, name: str = "pages") -> list[str]:
    path = folder / name
    return path.read_text().split("\n")[:-1] if path.exists() else []


def begun(folder: Path, name: str) -> int:
    return sum(line.isdigit() for line in said(folder, name))


async def until(met: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not met():  # noqa: ASYNC110 - a file of another process is looked at
            await asyncio.sleep(0.01)


async def supervised(
    supervisor: Supervisor, meanwhile: Callable[[], Awaitable[None]], *, once_ready: bool
) -> tuple[int, int]:
    """Run until `meanwhile` is done and the supervisor ends; give its code, and how often ready."""
    ready: list[None] = []
    async with asyncio.timeout(90), asyncio.TaskGroup() as group:
        running = group.create_task(supervisor.run(lambda: ready.append(None)))
        if once_ready:
            await until(lambda: bool(ready))
        await meanwhile()
    return running.result(), len(ready)


def run(supervisor: Supervisor, meanwhile: Callable[[], Awaitable[None]]) -> int:
    """Do `meanwhile` once all children accept; give the exit code."""
    return asyncio.run(supervised(supervisor, meanwhile, once_ready=True))[0]


def run_while_starting(
    supervisor: Supervisor, meanwhile: Callable[[], Awaitable[None]] = lambda: asyncio.sleep(0)
) -> tuple[int, int]:
    """Do `meanwhile` while the children start; give the exit code, and how often all accepted."""
    return asyncio.run(supervised(supervisor, meanwhile, once_ready=False))


def test_all_are_started_pages_first_and_stopped_workers_first(tmp_path: Path) -> None:
    workers = [child(tmp_path, "one"), child(tmp_path, "two")]
    supervisor = Supervisor(child(tmp_path), workers, drain=30)

    async def stop() -> None:
        supervisor.stop()

    assert run(supervisor, stop) == 0
    assert said(tmp_path, "pages")[1:] == ["s3cret of pages", "stop"]


def test_ready_is_said_once_when_all_accept(tmp_path: Path) -> None:
    supervisor = Supervisor(child(tmp_path), [child(tmp_path, "one")], drain=30)
    ready: list[int] = []

    def stop() -> None:
        ready.append(begun(tmp_path, "one"))
        supervisor.stop()

    assert asyncio.run(supervisor.run(stop)) == 0
    assert ready == [1]
    assert said(tmp_path, "one")[1:] == ["s3cret of one", "drain"]


def test_g22_a_secret_stands_in_no_argument_and_no_environment(tmp_path: Path) -> None:
    one = child(tmp_path)
    supervisor = Supervisor(one, [], drain=0)
    seen: list[str] = []

    def look() -> None:
        process = psutil.Process(int(said(tmp_path)[0]))
        seen.append(repr((process.cmdline(), process.environ())))
        supervisor.stop()

    assert asyncio.run(supervisor.run(look)) == 0
    assert "s3cret" not in seen[0]
    assert "s3cret" not in repr(one)


def test_a_reload_reaches_the_pages_alone(tmp_path: Path) -> None:
    supervisor = Supervisor(child(tmp_path), [child(tmp_path, "one")], drain=30)

    async def reload() -> None:
        os.kill(os.getpid(), signal.SIGHUP)
        await until(lambda: "reload" in said(tmp_path))
        os.kill(os.getpid(), signal.SIGTERM)

    assert run(supervisor, reload) == 0
    assert said(tmp_path, "one")[2:] == ["drain"]


def test_f24_a_child_that_dies_is_started_again(tmp_path: Path) -> None:
    supervisor = Supervisor(child(tmp_path), [child(tmp_path, "one")], drain=30)

    async def kill() -> None:
        os.kill(int(said(tmp_path, "one")[0]), signal.SIGKILL)
        await until(lambda: begun(tmp_path, "one") == 2)
        await until(lambda: said(tmp_path, "one")[-1] == "s3cret of one")
        supervisor.stop()

    assert run(supervisor, kill) == 0
    assert begun(tmp_path, "pages") == 1


def test_f24_a_child_that_hangs_is_ended_and_started_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    worker = child(tmp_path, "one", HANGING)
    supervisor = Supervisor(child(tmp_path), [worker], drain=30, silence=0.6)

    async def wait() -> None:
        await until(lambda: begun(tmp_path, "one") == 3)
        supervisor.stop()

    assert run(supervisor, wait) == 0
    assert not psutil.pid_exists(int(said(tmp_path, "one")[0]))
    assert "the one process answers nothing any more and is ended" in caplog.messages
    assert "the one process ended with -9; starting it again in 0.1 s" in caplog.messages


def test_f24_a_process_that_is_stopped_by_a_signal_is_replaced(tmp_path: Path) -> None:
    supervisor = Supervisor(child(tmp_path), [child(tmp_path, "one")], drain=30, silence=6)

    async def freeze() -> None:
        os.kill(int(said(tmp_path, "one")[0]), signal.SIGSTOP)
        await until(lambda: begun(tmp_path, "one") > 1)
        supervisor.stop()

    assert run(supervisor, freeze) == 0
    assert not psutil.pid_exists(int(said(tmp_path, "one")[0]))


def test_f24_answers_now_and_then_are_enough(tmp_path: Path) -> None:
    script = GOOD.replace('print("ready"', 'heard = 0\nprint("ready"')
    script = script.replace('print("alive", flush=True)', "heard += 1; print(heard, file=said)")
    script = script.replace("continue", 'heard % 3 or print("alive", flush=True); continue')
    supervisor = Supervisor(child(tmp_path), [child(tmp_path, "one", script)], drain=30, silence=6)

    async def wait() -> None:
        await until(lambda: "6" in said(tmp_path, "one"))
        supervisor.stop()

    assert run(supervisor, wait) == 0
    assert said(tmp_path, "one").count("s3cret of one") == 1


def test_f32_a_child_that_hangs_while_it_drains_has_its_time(tmp_path: Path) -> None:
    script = HANGING.replace('in {"drain", "stop"}', 'in {"stop"}')
    worker = child(tmp_path, "one", script)
    supervisor = Supervisor(child(tmp_path), [worker], drain=3, silence=0.6)

    async def stop() -> None:
        supervisor.stop()

    assert run(supervisor, stop) == 0
    assert said(tmp_path, "one")[2:] == ["drain", "stop"]


@pytest.mark.parametrize(
    ("script", "code"), [(FAILED, 78), (WRONG, UNUSABLE), (SHORT.replace("ready", ""), UNUSABLE)]
)
def test_a_child_that_does_not_start_ends_everything(
    tmp_path: Path, script: str, code: int
) -> None:
    supervisor = Supervisor(child(tmp_path), [child(tmp_path, "one", script)], drain=30)
    assert run_while_starting(supervisor) == (code, 0)
    assert said(tmp_path)[-1] == "stop"


def test_f25_a_program_that_is_not_there_is_no_crash(tmp_path: Path) -> None:
    missing = Child(name="pages", command=(str(tmp_path / "nothing"),), told={})
    supervisor = Supervisor(missing, [child(tmp_path, "one")], drain=30)
    assert run_while_starting(supervisor) == (UNUSABLE, 0)
    assert begun(tmp_path, "one") == 0


def test_f25_a_child_that_can_not_be_started_again_is_tried_again(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.symlink_to(sys.executable)
    one = child(tmp_path, "one")
    one = Child(name="one", command=(str(program), *one.command[1:]), told=one.told)
    supervisor = Supervisor(child(tmp_path), [one], drain=30)

    async def meanwhile() -> None:
        program.unlink()
        os.kill(int(said(tmp_path, "one")[0]), signal.SIGKILL)
        await asyncio.sleep(BACKOFF_FIRST * 5)
        program.symlink_to(sys.executable)
        await until(lambda: begun(tmp_path, "one") == 2)
        supervisor.stop()

    assert run(supervisor, meanwhile) == 0


def test_f32_a_stop_while_starting_ends_what_was_started(tmp_path: Path) -> None:
    worker = child(tmp_path, "one", SILENT)
    supervisor = Supervisor(child(tmp_path), [worker], drain=30)

    async def stop() -> None:
        await until(lambda: len(said(tmp_path, "one")) > 1)
        supervisor.stop()

    assert run_while_starting(supervisor, stop) == (0, 0)
    assert begun(tmp_path, "one") == 1
    assert said(tmp_path, "one")[-1] == "stop"
    assert said(tmp_path)[-1] == "stop"


def test_f32_a_stop_while_the_pages_start_starts_no_worker(tmp_path: Path) -> None:
    supervisor = Supervisor(child(tmp_path, script=SILENT), [child(tmp_path, "one")], drain=30)

    async def stop() -> None:
        await until(lambda: len(said(tmp_path)) > 1)
        supervisor.stop()

    assert run_while_starting(supervisor, stop) == (0, 0)
    assert begun(tmp_path, "one") == 0
    assert begun(tmp_path, "pages") == 1


def test_f32_a_child_that_waits_for_its_restart_stays_down_when_all_stop(tmp_path: Path) -> None:
    async def scene() -> None:
        running = _Running(child(tmp_path, "one", SHORT))
        assert await running.start() is None
        assert running.process is not None
        await running.process.wait()
        async with asyncio.timeout(60), asyncio.TaskGroup() as group:
            group.create_task(running.keep())
            await asyncio.sleep(0)  # it waits for its restart now
            await running.stop(drain=0)

    asyncio.run(scene())
    assert begun(tmp_path, "one") == 1


def test_f32_a_second_signal_forces(tmp_path: Path) -> None:
    supervisor = Supervisor(child(tmp_path), [child(tmp_path, "one", DEAF)], drain=3600)

    async def force() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        await until(lambda: "drain" in said(tmp_path, "one"))
        os.kill(os.getpid(), signal.SIGINT)

    assert run(supervisor, force) == 0
    assert said(tmp_path, "one")[2:4] == ["drain", "stop"]
    assert not psutil.pid_exists(int(said(tmp_path, "one")[0]))


def test_no_orphan_outlives_its_supervisor(tmp_path: Path) -> None:
    async def scene() -> None:
        running = _Running(child(tmp_path))
        await running.start()
        assert running.process is not None
        assert running.process.stdin is not None
        running.process.stdin.close()
        assert await running.process.wait() == 0

    asyncio.run(scene())
    assert said(tmp_path)[-1] == "end"


def test_a_child_that_is_gone_or_was_never_there_hears_nothing(tmp_path: Path) -> None:
    async def scene() -> None:
        running = _Running(child(tmp_path, script=SHORT))
        running.tell("reload")
        await running.stop(drain=0)
        running = _Running(child(tmp_path, script=SHORT))
        await running.start()
        assert running.process is not None
        await running.process.wait()
        running.tell("reload")
        await running.stop(drain=1)

    asyncio.run(scene())


def test_g27_a_child_is_told_something_new_at_every_start(tmp_path: Path) -> None:
    starts = iter(["first", "second"])
    short = replace(child(tmp_path, script=SHORT), told={}, anew=lambda: {"secret": next(starts)})

    async def second() -> None:
        await until(lambda: "second" in said(tmp_path))
        supervisor.stop()

    supervisor = Supervisor(short, [], drain=1)
    run(supervisor, second)
    assert [line for line in said(tmp_path) if not line.isdigit()] == ["first", "second"]


def test_f24_words_on_standard_output_are_no_answer_to_a_ping(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    chatter = 'import time\nwhile not time.sleep(0.02): print("busy", flush=True)\nfor line in'
    worker = child(tmp_path, "one", GOOD.replace("for line in", chatter))
    supervisor = Supervisor(child(tmp_path), [worker], drain=0, silence=0.6)

    async def wait() -> None:
        await until(lambda: begun(tmp_path, "one") == 2)
        supervisor.stop()

    assert run(supervisor, wait) == 0
    assert "the one process answers nothing any more and is ended" in caplog.messages


def test_f24_a_line_without_end_hides_no_answer_and_ends_nothing(tmp_path: Path) -> None:
    script = GOOD.replace("for line in", 'print("x" * 200_000, end="", flush=True)\nfor line in')
    script = script.replace('print("alive"', 'print("pinged", file=said); print("alive"')
    supervisor = Supervisor(child(tmp_path), [child(tmp_path, "one", script)], drain=30, silence=3)

    async def wait() -> None:
        await until(lambda: said(tmp_path, "one").count("pinged") > 7)
        supervisor.stop()

    assert run(supervisor, wait) == 0
    assert begun(tmp_path, "one") == 1


def test_f25_a_child_that_begins_with_an_endless_line_did_not_start(tmp_path: Path) -> None:
    script = GOOD.replace('print("ready"', 'print("x" * 200_000, flush=True)\nprint("ready"')
    supervisor = Supervisor(child(tmp_path), [child(tmp_path, "one", script)], drain=30)
    assert run_while_starting(supervisor) == (UNUSABLE, 0)
    assert said(tmp_path)[-1] == "stop"
