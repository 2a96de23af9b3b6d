"""`gate rotate-key`: whole, resumable, and under a gate that serves (F23, G26)."""

from __future__ import annotations

import subprocess
import sys
import threading
from contextlib import closing

import pytest

from gate.config.kept_keys import to_keep
from gate.config.key_file import master_key_held, replace_master_key
from gate.config.secret import Keyring, Purpose, Sealer, load_master_key
from gate.core.subject import Account
from gate.store.serving import serving
from gate.store.sql import open_store
from tests.support.command_line import CommandLine
from tests.support.store_values import NOON, SEED, minutes, some_totp


@pytest.fixture
def filled(gate: CommandLine) -> CommandLine:
    """An installation with passwords, a seed and a one-time value."""
    with gate.world() as world:
        account = world.accounts.by_name("alice")
        assert isinstance(account, Account)
        world.store.accounts.add_totp(some_totp(account))
        world.store.one_time.put("enrol", "key", "payload", world.clock.now() + minutes(5))
        world.store.one_time.put("enrol", "expired", "payload", NOON)
    return gate


def keyring(gate: CommandLine) -> Keyring:
    return load_master_key(gate.folder / "state" / "master.key")


def is_whole(gate: CommandLine) -> bool:
    """Open everything that was sealed before."""
    with gate.world() as world:
        alice, bob = world.store.accounts.all()
        assert [totp.secret for totp in world.store.accounts.totps(alice.id)] == [SEED]
        assert all(world.store.accounts.password_hash(each.id) for each in (alice, bob))
        assert world.store.one_time.peek("enrol", "key", world.clock.now()) == "payload"
        assert world.master_keys.needed() == {world.keyring.current_id}
    assert gate.json("audit", "verify")["findings"] == []
    return True


def test_f23_everything_is_sealed_under_the_new_key_alone(filled: CommandLine) -> None:
    old = keyring(filled)
    said = filled.json("rotate-key")
    new = keyring(filled)
    assert said == {"key": new.current_id, "sealed": 4, "resumed": False}
    assert len(new.by_id) == 1
    assert not new.holds(old.current_id)
    assert is_whole(filled)


def test_f23_a_key_can_be_rotated_again(filled: CommandLine) -> None:
    for _ in range(3):
        filled.ok("rotate-key")
    assert is_whole(filled)


def test_f23_what_was_killed_before_the_end_goes_on(filled: CommandLine) -> None:
    both = keyring(filled).with_new_key()
    replace_master_key(filled.folder / "state" / "master.key", both)
    said = filled.ok("rotate-key").stdout
    assert said.startswith("the rotation that was cut short went on; 4 values are sealed")
    assert keyring(filled) == both.without_old_keys()
    assert is_whole(filled)


def test_f23_what_was_killed_after_the_old_key_was_retired_goes_on(filled: CommandLine) -> None:
    old = keyring(filled).current_id
    both = keyring(filled).with_new_key()
    with filled.world() as world:
        replace_master_key(world.settings.key_file, both)
        world.master_keys.note(both.current_id)
        world.rotation.hand_over(both.derive(Purpose.SEALING), old)
        world.master_keys.retire(old, to_keep(both, old))
    assert filled.json("rotate-key")["resumed"]
    assert keyring(filled) == both.without_old_keys()
    assert is_whole(filled)


def test_g26_a_key_file_of_another_store_is_refused(filled: CommandLine) -> None:
    both = keyring(filled).with_new_key()
    filled.ok("rotate-key")
    replace_master_key(filled.folder / "state" / "master.key", both)
    refused = filled("rotate-key")
    assert refused.exit_code == 3
    assert "not the one of this store" in refused.stderr


@pytest.mark.parametrize("command", [("rotate-key",), ("backup", "backup.tar")])
def test_f23_nothing_else_works_with_the_key_during_a_rotation(
    filled: CommandLine, command: tuple[str, ...]
) -> None:
    with master_key_held(filled.folder / "state" / "master.key"):
        refused = filled(*command)
    assert refused.exit_code == 3
    assert "wait until it has ended" in refused.stderr
    assert is_whole(filled)


def test_g26_a_gate_that_serves_follows(filled: CommandLine) -> None:
    url = f"sqlite:///{filled.folder}/state/gate.db"
    sealer = Sealer(keys=keyring(filled).derive(Purpose.SEALING))
    done = threading.Event()
    followed: list[bool] = []

    def follow() -> None:
        while not done.wait(0.2):
            followed.append(store.rotation.follow())

    with serving(url), closing(open_store(url, sealer)) as store:
        process = threading.Thread(target=follow)
        process.start()
        filled.ok("rotate-key")
        done.set()
        process.join()
        assert all(followed)
        assert all(store.accounts.password_hash(each.id) for each in store.accounts.all())
    assert is_whole(filled)


def test_g26_the_rotation_is_an_event(filled: CommandLine) -> None:
    filled.ok("rotate-key")
    (record,) = filled.json("audit", "search", "--kind", "master_key_rotated")
    assert record["details"] == {"by": "command line", "sealed": 4}


def test_f23_a_rotation_that_is_killed_at_any_moment_loses_nothing(filled: CommandLine) -> None:
    command = [sys.executable, "-m", "gate.cli.main", "rotate-key", "--config", str(filled.config)]
    for tenths in (3, 6, 9, 12, 15, 18):
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as rotating:
            try:
                rotating.wait(tenths / 10)
            except subprocess.TimeoutExpired:
                rotating.kill()
    filled.ok("rotate-key")
    filled.ok("rotate-key")
    assert len(keyring(filled).by_id) == 1
    with filled.world() as world:
        alice, _ = world.store.accounts.all()
        assert [totp.secret for totp in world.store.accounts.totps(alice.id)] == [SEED]
        assert world.store.accounts.password_hash(alice.id) is not None
    findings = filled.json("audit", "verify")["findings"]
    assert {finding["flaw"] for finding in findings} <= {"crash_gap"}
