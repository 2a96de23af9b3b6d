"""A store that is gone, damaged, locked, read-only or full lets nobody in (F4-F6).

What can still be read is still decided; what would have to be written is refused; and the gate is
whole again when the store is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path

import pytest

from gate.core.subject import Method
from tests.support.browser_client import SIGN_IN, STEP_UP, Browser, code
from tests.support.gate_process import PASSWORD, PATIENCE, until
from tests.support.hurt_gate import HOST, Running
from tests.support.hurt_store import damaged, locked, moved_away, no_room, read_only
from tests.support.sites import HURT_CROWD

pytestmark = pytest.mark.usefixtures("whole")

type Breaking = Callable[[Running], AbstractContextManager[object]]

FILES = ("gate.db", "gate-live.db")


def both(
    broken: Callable[[Path], AbstractContextManager[object]], *, files: Sequence[str] = FILES
) -> Breaking:
    """Break both files of the store, or those that are named."""

    @contextmanager
    def breaking(running: Running) -> Iterator[None]:
        with ExitStack() as stack:
            for name in files:
                stack.enter_context(broken(running.gate.folder / "state" / name))
            yield

    return breaking


def each_alone(broken: Callable[[Path], AbstractContextManager[object]]) -> dict[str, Breaking]:
    """Break one of the files at a time."""
    return {name: both(broken, files=[name]) for name in FILES}


def full(running: Running) -> AbstractContextManager[None]:
    """Leave no room for the gate's processes."""
    return no_room(running.gate.children())


UNREADABLE: dict[str, Breaking] = {"gone": both(moved_away), "damaged": both(damaged)}
UNWRITABLE: dict[str, Breaking] = {
    "read-only": both(read_only),
    "locked": both(locked),
    "full": full,
}
IN_PART: dict[str, Breaking] = {
    f"{word} {name}": breaking
    for word, broken in (
        *(("gone", moved_away), ("damaged", damaged)),
        *(("read-only", read_only), ("locked", locked)),
    )
    for name, breaking in each_alone(broken).items()
}
EVERY = {**UNREADABLE, **UNWRITABLE, **IN_PART}
PEOPLE = dict(zip(EVERY.values(), HURT_CROWD, strict=False))  # guesses count for nobody else
NUMBERS = {"gone": "f6", "damaged": "f6", "read-only": "f6", "locked": "f5", "full": "f4"}


def each_of(ways: dict[str, Breaking]) -> pytest.MarkDecorator:
    cases = [
        pytest.param(way, id=f"{NUMBERS[name.partition(' ')[0]]}-{name}")
        for name, way in ways.items()
    ]
    return pytest.mark.parametrize("broken", cases)


def ended_session(running: Running) -> str:
    """Give the token of a session that was used, and is over."""
    token = running.gate.session("bob", host=HOST)
    assert running.gate.ask("/x", HOST, token=token).status == 200
    with running.gate.world() as world:
        for session in world.store.sessions.all():
            if session.account.name == "bob":
                world.store.sessions.end(session.hash)
    return token


@each_of(EVERY)
def test_f4_f5_f6_nobody_gets_in_who_is_not_in_already(running: Running, broken: Breaking) -> None:
    gone, before = ended_session(running), len(running.upstream.asked)
    with broken(running):
        for _ in range(3):
            assert running.gate.ask("/x", HOST, token=gone).status in {401, 503}
            assert running.gate.ask("/x", HOST, token="A" * 43).status in {401, 503}
            assert running.refused().status in {303, 503}
    assert len(running.upstream.asked) == before


@each_of({**UNREADABLE, **{f"{word} gate.db": IN_PART[f"{word} gate.db"] for word in UNREADABLE}})
def test_f6_a_store_that_can_not_be_read_permits_nothing_that_was_known(
    running: Running, broken: Breaking
) -> None:
    assert running.permitted().status == 200
    with broken(running):
        before = len(running.upstream.asked)
        assert [running.permitted().status for _ in range(5)] == [503] * 5
        assert len(running.upstream.asked) == before
    assert until(lambda: running.permitted().status == 200)


@each_of(UNWRITABLE)
def test_f4_f5_f6_a_store_that_can_not_be_written_goes_on_deciding(
    running: Running, broken: Breaking
) -> None:
    fresh = running.gate.session("alice", host=HOST)
    with broken(running):
        for token in (running.token, fresh):
            assert [running.gate.ask("/x", HOST, token=token).status for _ in range(5)] == [200] * 5
        denied = running.gate.ask("/never/x", HOST, token=running.token, page=True)
        assert (denied.status, denied.reason) == (403, "rule_denies")


@each_of(EVERY)
def test_f4_f5_f6_nobody_signs_in(running: Running, broken: Breaking) -> None:
    name = PEOPLE[broken]
    begins, proves = Browser(running.gate), Browser(running.gate)
    begins.open(SIGN_IN)
    partial = running.gate.session(name, {Method.PASSWORD: timedelta()}, host="localhost")
    proves.cookies[running.gate.cookie_name] = partial
    proves.open(STEP_UP)
    with broken(running):
        answer = begins.submit(SIGN_IN, {"account": name, "password": PASSWORD})
        assert (answer.status, begins.token) == (503, "")
        assert proves.submit(STEP_UP, {"code": code()}).status == 503
        assert proves.token == partial
        assert running.gate.ask("/x", "localhost", token=partial).status in {401, 503}
    assert until(running.serves)
    again = Browser(running.gate)
    assert again.sign_in(name).status == 303
    assert again.step_up(code(+1)).status == 303


@each_of(UNREADABLE)
def test_f6_a_store_that_can_not_be_read_makes_the_gate_not_ready(
    running: Running, broken: Breaking
) -> None:
    assert readiness(running) == 200
    with broken(running):
        assert readiness(running) == 503
    assert until(lambda: readiness(running) == 200)


def readiness(running: Running) -> int:
    """Give what the admin listener says of the gate."""
    host, _, port = running.gate.settings["admin_listen"].partition(":")
    connection = HTTPConnection(host, int(port), timeout=PATIENCE)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.fixture
def recording(running: Running) -> Iterator[Running]:
    """The gate, with records that are required."""
    started_with(running, {**running.gate.settings, "audit": {"required": True}})
    yield running
    kept = {key: value for key, value in running.gate.settings.items() if key != "audit"}
    started_with(running, kept)


def started_with(running: Running, settings: dict[str, object]) -> None:
    running.gate.stop()
    running.gate.settings = settings
    running.gate.start()


def test_f4_where_records_are_required_a_full_disk_permits_nothing(recording: Running) -> None:
    assert recording.permitted().status == 200
    before = len(recording.upstream.asked)
    with full(recording):
        assert [recording.permitted().status for _ in range(5)] == [503] * 5
        assert len(recording.upstream.asked) == before
    assert until(lambda: recording.permitted().status == 200)
