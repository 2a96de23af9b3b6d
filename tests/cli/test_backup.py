"""`gate backup` and `gate restore`: the store comes back, and nothing that was used or ended."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import sqlite3
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import Result

from gate.cli.backup import WORK
from gate.cli.compose import World
from gate.config.key_file import replace_master_key
from gate.config.secret import load_master_key
from gate.core.ports import FamiliarPlace
from gate.core.subject import Account
from gate.factors.totp import step_at
from gate.store.serving import serving
from tests.support.command_line import CommandLine, new_command_line
from tests.support.store_values import (
    SEED,
    hash_of,
    minutes,
    some_key,
    some_link,
    some_session,
    some_totp,
)

WORDS = "correct horse battery\n"


def the(world: World, name: str = "alice") -> Account:
    account = world.accounts.by_name(name)
    assert isinstance(account, Account)
    return account


@pytest.fixture
def filled(gate: CommandLine) -> CommandLine:
    """An installation in which alice has one of each thing."""
    with gate.world() as world:
        store, now = world.store, world.clock.now()
        alice = the(world)
        store.accounts.add_totp(some_totp(alice))
        store.keys.add(some_key(alice, sign_count=5))
        store.recovery_codes.replace(alice.id, ["code"], now)
        store.links.put(some_link(the(world)))
        store.sessions.begin(some_session(alice, at=now))
        store.one_time.put("enrol", "key", "payload", now + minutes(5))
        place = FamiliarPlace(account=alice.id, device="d", address_range="192.0.2.0/24", at=now)
        store.sessions.remember_place(place)
    return gate


def backed_up(gate: CommandLine, *args: str, stdin: str = "") -> Path:
    file = gate.folder / "backup.tar"
    gate.ok("backup", file, *args, stdin=stdin)
    return file


def elsewhere(folder: Path, *, key_of: CommandLine | None = None) -> CommandLine:
    """Give an installation without a store, with the key of another one or none."""
    target = folder / "elsewhere"
    (target / "state").mkdir(parents=True, mode=0o700)
    if key_of is not None:
        shutil.copy2(key_of.folder / "state" / "master.key", target / "state")
    return new_command_line(target)


def failed(result: Result, said: str) -> bool:
    assert result.exit_code == 3, result.output
    assert said in result.stderr, result.stderr
    return True


def test_f22_a_store_comes_back_with_its_accounts_and_factors(
    filled: CommandLine, tmp_path: Path
) -> None:
    file = backed_up(filled)
    assert file.stat().st_mode & 0o777 == 0o600
    there = elsewhere(tmp_path, key_of=filled)
    said = there.json("restore", file)
    assert said["aside"] is None
    with filled.world() as before, there.world() as after:
        assert after.store.accounts.all() == before.store.accounts.all()
        alice = the(after)
        assert [totp.secret for totp in after.store.accounts.totps(alice.id)] == [SEED]
        assert after.store.keys.of_account(alice.id) == (some_key(alice, sign_count=5),)
        assert after.store.accounts.password_hash(alice.id) is not None
    assert there.json("audit", "verify")["findings"] == []


def test_g26_nothing_comes_back_that_could_have_been_used_or_ended(
    filled: CommandLine, tmp_path: Path
) -> None:
    file = backed_up(filled)
    there = elsewhere(tmp_path, key_of=filled)
    there.ok("restore", file)
    with filled.world() as before, there.world() as after:
        store, now, alice = after.store, after.clock.now(), the(after)
        assert store.sessions.all() == ()
        assert store.links.void(alice.id) == 0
        assert store.recovery_codes.left(alice.id) == 0
        assert store.one_time.peek("enrol", "key", now) is None
        assert not store.sessions.is_familiar(
            alice.id, device="d", address_range="198.51.100.0/24", since=now
        )
        assert store.epoch() > before.store.epoch()
        assert alice.factor_version > the(before).factor_version


def test_f22_t60_no_code_that_was_valid_before_is_accepted_after(
    filled: CommandLine, tmp_path: Path
) -> None:
    file = backed_up(filled)
    with filled.world() as world:
        last = step_at(world.clock.now()) + 1
        assert world.store.accounts.accept_totp_step("phone", last, world.clock.now())
    there = elsewhere(tmp_path, key_of=filled)
    there.ok("restore", file)
    with there.world() as world:
        assert not world.store.accounts.accept_totp_step("phone", last, world.clock.now())
        much_later = step_at(world.clock.now()) + 100
        assert world.store.accounts.accept_totp_step("phone", much_later, world.clock.now())


def test_g26_the_key_is_not_in_a_backup(filled: CommandLine, tmp_path: Path) -> None:
    file = backed_up(filled)
    with tarfile.open(file) as archive:
        assert archive.getnames() == ["manifest.json", "gate.db", "gate-live.db"]
    key = (filled.folder / "state" / "master.key").read_text().split()[2]
    assert key.encode() not in file.read_bytes()
    assert bytes.fromhex(key) not in file.read_bytes()
    assert failed(elsewhere(tmp_path)("restore", file), "holds no master key")


def test_g26_with_its_key_a_backup_needs_nothing_but_the_passphrase(
    filled: CommandLine, tmp_path: Path
) -> None:
    file = backed_up(filled, "--with-key", "--passphrase-stdin", stdin=WORDS)
    key = (filled.folder / "state" / "master.key").read_text().split()[2]
    assert bytes.fromhex(key) not in file.read_bytes()
    there = elsewhere(tmp_path)
    wrong = there("restore", file, "--passphrase-stdin", stdin="another passphrase\n")
    assert failed(wrong, "the passphrase is another one")
    assert not (there.folder / "state" / "gate.db").exists()
    there.ok("restore", file, "--passphrase-stdin", stdin=WORDS)
    assert (there.folder / "state" / "master.key").stat().st_mode & 0o777 == 0o600
    with there.world() as world:
        assert [totp.secret for totp in world.store.accounts.totps(the(world).id)] == [SEED]


def test_g26_a_short_passphrase_is_refused(filled: CommandLine) -> None:
    said = filled("backup", "file", "--with-key", "--passphrase-stdin", stdin="short\n")
    assert said.exit_code == 2
    assert "12 characters" in said.stderr
    unasked = filled("backup", "file", "--with-key")
    assert unasked.exit_code == 2
    assert "--passphrase-stdin" in unasked.stderr


def test_a_backup_overwrites_nothing(filled: CommandLine) -> None:
    file = backed_up(filled)
    before = file.read_bytes()
    assert failed(filled("backup", file), "there already")
    assert failed(filled("backup", filled.folder / "nowhere" / "file"), "can't be written")
    assert file.read_bytes() == before
    assert [path.name for path in filled.folder.iterdir() if path.name.startswith(".")] == []


def test_g26_a_gate_that_serves_is_not_restored_under(filled: CommandLine) -> None:
    file = backed_up(filled)
    with serving(f"sqlite:///{filled.folder}/state/gate.db"):
        assert failed(filled("restore", file, "--replace"), "stop it first")
        filled.ok("backup", filled.folder / "another.tar")


def test_f22_a_store_that_is_there_is_put_aside_whole(filled: CommandLine) -> None:
    file = backed_up(filled)
    assert failed(filled("restore", file), "--replace puts it aside")
    filled.ok("account", "disable", "bob")
    aside = Path(filled.json("restore", file, "--replace")["aside"])
    with filled.world() as world:
        assert the(world, "bob").state == "enabled"
    with closing(sqlite3.connect(aside / "gate.db")) as old:
        query = "SELECT state FROM accounts WHERE name = 'bob'"
        assert old.execute(query).fetchone() == ("disabled",)
    assert {path.name for path in aside.iterdir()} >= {"gate.db", "gate-live.db"}


def test_f22_a_damaged_store_is_put_aside_too(filled: CommandLine) -> None:
    file = backed_up(filled)
    (filled.folder / "state" / "gate.db").write_bytes(b"no database" * 1000)
    (filled.folder / "state" / "gate.db-wal").write_bytes(b"left behind by a crash")
    aside = Path(filled.json("restore", file, "--replace")["aside"])
    assert (aside / "gate.db").read_bytes().startswith(b"no database")
    with filled.world() as world:
        assert the(world).has_totp


def test_g26_another_key_restores_nothing(filled: CommandLine, tmp_path: Path) -> None:
    file = backed_up(filled)
    there = elsewhere(tmp_path)
    there.ok("account", "list")
    for name in ("gate.db", "gate-live.db"):
        (there.folder / "state" / name).unlink()
    assert failed(there("restore", file), "under another master key")


def test_f22_a_backup_from_before_a_rotation_needs_the_key_of_then(filled: CommandLine) -> None:
    file = backed_up(filled)
    filled.ok("rotate-key")
    assert failed(filled("restore", file, "--replace"), "under another master key")
    with filled.world() as world:
        assert the(world).has_totp


def test_f22_half_a_rotation_is_not_backed_up(filled: CommandLine) -> None:
    path = filled.folder / "state" / "master.key"
    replace_master_key(path, load_master_key(path).with_new_key())
    file = filled.folder / "backup.tar"
    assert failed(filled("backup", file), "gate rotate-key")
    filled.ok("rotate-key")
    filled.ok("backup", file)


def spoilt(file: Path, change: Callable[[bytes], bytes]) -> Path:
    other = file.with_name("spoilt.tar")
    other.write_bytes(change(file.read_bytes()))
    return other


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda content: content[:0], id="empty"),
        pytest.param(lambda content: content[: len(content) // 2], id="cut short"),
        pytest.param(lambda content: content[:1500], id="cut in the manifest"),
        pytest.param(lambda content: b"x" * len(content), id="no archive"),
        pytest.param(lambda content: content.replace(b"alice", b"mally"), id="a changed account"),
        pytest.param(lambda content: content.replace(b'"format": 1', b'"format": 9'), id="format"),
    ],
)
def test_f22_a_spoilt_backup_changes_nothing(
    filled: CommandLine, change: Callable[[bytes], bytes]
) -> None:
    file = spoilt(backed_up(filled), change)
    assert failed(filled("restore", file, "--replace"), "no backup of the gate, or was changed")
    with filled.world() as world:
        assert world.store.sessions.find(hash_of("token")) is not None


def test_f22_a_backup_whose_list_was_changed_too_is_refused(filled: CommandLine) -> None:
    manifest_changed = spoilt(
        backed_up(filled), lambda content: content.replace(b'"made_at": "2', b'"made_at": "1')
    )
    assert failed(filled("restore", manifest_changed, "--replace"), "changed since it was made")


def test_f22_a_file_that_is_not_there_is_told(filled: CommandLine) -> None:
    assert failed(filled("restore", filled.folder / "nothing", "--replace"), "can't be read")


@pytest.mark.parametrize("name", ["what?", "100%41", "a#b"])
def test_f22_a_store_is_restored_into_a_folder_of_any_name(
    filled: CommandLine, tmp_path: Path, name: str
) -> None:
    file = backed_up(filled)
    other = elsewhere(tmp_path / name, key_of=filled)
    other.ok("restore", file)
    with other.world() as world:
        assert the(world).has_totp


def test_g26_nothing_of_a_restore_that_was_killed_stays(
    filled: CommandLine, tmp_path: Path
) -> None:
    file = backed_up(filled)
    other = elsewhere(tmp_path, key_of=filled)
    left = other.folder / "state" / ".restore.killed"
    left.mkdir()
    (left / "gate.db").touch()
    other.ok("restore", file)
    assert not left.exists()


def test_g26_a_key_that_can_not_be_put_in_its_place_restores_nothing(
    filled: CommandLine, tmp_path: Path
) -> None:
    file = backed_up(filled, "--with-key", "--passphrase-stdin", stdin=WORDS)
    other = elsewhere(tmp_path)
    other.config.write_text(other.config.read_text() + "master_key: nowhere/master.key\n")
    said = other("restore", file, "--passphrase-stdin", stdin=WORDS)
    assert failed(said, "can't be written")
    assert not (other.folder / "state" / "gate.db").exists()


def test_backup_and_restore_are_events(filled: CommandLine) -> None:
    filled.ok("restore", backed_up(filled), "--replace")
    found = filled.json("audit", "search", "--kind", "store_restored")
    assert [set(json.loads(json.dumps(each["details"]))) for each in found] == [{"by", "made_at"}]


def test_f22_what_a_killed_backup_left_is_taken_away_by_the_next_one(gate: CommandLine) -> None:
    killed, held = (gate.folder / f"{WORK}{word}" for word in ("killed", "held"))
    for folder in (killed, held):
        folder.mkdir()
        (folder / "gate.db").touch()
    descriptor = os.open(held, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    backed_up(gate)
    os.close(descriptor)
    assert list(gate.folder.glob(f"{WORK}*")) == [held]
