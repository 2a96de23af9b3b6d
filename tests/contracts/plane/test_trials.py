"""A list of addresses that is tried: what a plane does while it is, and once it is over (G15)."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from typing import Final

from gate.core.network import Allowlist, parse_allowlist
from gate.core.ports import AuditFilter
from gate.core.subject import SessionId, Trial
from tests.contracts.plane.conftest import House
from tests.contracts.plane.test_streams import head_of, is_cut, upgrade
from tests.support.gate_process import Answer, GateProcess, free_port, gate_process, until
from tests.support.sites import policy

HERE, THERE = "127.0.0.1", "127.0.0.2"
SHORT: Final = timedelta(seconds=6)  # a trial that a test waits for
LONG: Final = timedelta(minutes=5)


def networks(text: str) -> Allowlist:
    parsed = parse_allowlist(text)
    assert isinstance(parsed, Allowlist)
    return parsed


def tries(gate: GateProcess, name: str, text: str, lasts: timedelta) -> None:
    """Begin a trial as the page for addresses does."""
    with gate.world() as world:
        account = world.store.accounts.by_name(name)
        assert account is not None
        trial = Trial(
            id=f"trial of {name}",
            networks=networks(text),
            until=world.clock.now() + lasts,
            session=SessionId("some session"),
        )
        world.store.accounts.try_networks(account.id, trial)


def keeps(gate: GateProcess, name: str, text: str) -> None:
    """Have a kept list."""
    gate.command("account", "networks", name, "--add", text)


def is_written_down(gate: GateProcess, name: str) -> bool:
    """Say whether the trial is gone from the store, and the history tells it."""
    with gate.world() as world:
        account = world.store.accounts.by_name(name)
        assert account is not None
        wanted = AuditFilter(account=name, kind="networks_rolled_back")
        return account.trial is None and len(world.store.audit.search(wanted)) == 1


def asked(house: House, token: str, source: str) -> Answer:
    return house.gate.ask("/x", "echo.test", token=token, source=source)


def test_g15_sessions_outside_a_tried_list_are_suspended_and_come_back(
    house: House, person: str
) -> None:
    token = house.fresh(person)
    assert [asked(house, token, each).status for each in (HERE, THERE)] == [200, 200]
    tries(house.gate, person, THERE, SHORT)
    suspended = asked(house, token, HERE)
    if suspended.status == 403:  # the machine was quick enough
        assert suspended.reason == "ip_not_allowed"
        assert asked(house, token, THERE).status == 200
    assert until(lambda: asked(house, token, HERE).status == 200)
    assert until(lambda: is_written_down(house.gate, person))


def test_g15_a_trial_cuts_the_streams_outside_it_at_its_begin(house: House, person: str) -> None:
    with house.gate.connect() as connection:
        connection.sendall(upgrade(house, house.fresh(person)))
        assert head_of(connection).startswith(b"HTTP/1.1 101 ")
        tries(house.gate, person, THERE, LONG)
        assert is_cut(connection)


def test_g15_a_trial_cuts_the_streams_outside_the_kept_list_at_its_end(
    house: House, person: str
) -> None:
    keeps(house.gate, person, HERE)
    token = house.fresh(person)
    tries(house.gate, person, f"{HERE}\n{THERE}", SHORT)
    began = time.monotonic()
    with house.gate.connect(source=THERE) as connection:
        connection.sendall(upgrade(house, token))
        assert head_of(connection).startswith(b"HTTP/1.1 101 ")
        assert is_cut(connection)
    assert time.monotonic() - began >= SHORT.total_seconds() / 2
    assert asked(house, token, THERE).reason == "ip_not_allowed"
    assert asked(house, token, HERE).status == 200


def test_g1_a_permit_under_a_tried_list_is_not_used_beyond_its_end(
    house: House, person: str
) -> None:
    keeps(house.gate, person, HERE)
    token = house.fresh(person)
    tries(house.gate, person, THERE, SHORT)
    last = time.monotonic() + 10 * SHORT.total_seconds()
    answers = []
    while (answer := asked(house, token, THERE).status) == 200 and time.monotonic() < last:
        answers.append(answer)
    assert len(answers) > 1
    assert asked(house, token, THERE).reason == "ip_not_allowed"


def test_g15_a_change_at_the_command_line_ends_a_trial_on_the_next_request(
    house: House, person: str
) -> None:
    token = house.fresh(person)
    tries(house.gate, person, THERE, LONG)
    assert asked(house, token, HERE).reason == "ip_not_allowed"
    house.gate.command("account", "clear-networks", person)
    assert asked(house, token, HERE).status == 200


def test_g15_a_trial_outlives_a_restart_and_ends_by_itself_in_one(
    house: House, tmp_path: Path
) -> None:
    ports = {"ECHO": house.upstream.port, "DOWN": free_port(), "SILENT": free_port()}
    with gate_process(tmp_path, {"sites.yaml": policy(ports)}) as gate:
        gate.add_accounts({"name": "alice"}, {"name": "bob"})
        gate.start()
        tokens = {name: gate.session(name, host="echo.test") for name in ("alice", "bob")}
        tries(gate, "alice", THERE, LONG)
        gate.stop()
        tries(gate, "bob", THERE, timedelta(0))
        gate.start()

        def status(name: str) -> int:
            return gate.ask("/x", "echo.test", token=tokens[name]).status

        assert (status("alice"), status("bob")) == (403, 200)
        assert until(lambda: is_written_down(gate, "bob"))
        assert not is_written_down(gate, "alice")
