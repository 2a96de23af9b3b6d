"""Commands that are killed, and what has to be so afterwards (F1, F21-F23).

Whatever is left, every other command works on it, and the same command run again comes to its end.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from string import ascii_lowercase
from typing import Final

from gate.cli.backup import LOCKED_KEY
from gate.config.secret import load_master_key
from gate.store.archive import unpack
from gate.store.backup import DATABASES
from tests.faults.forks import Forks, forks
from tests.support.command_line import CommandLine, new_command_line
from tests.support.store_values import SEED, some_totp

SHA_OF_PASSWORD: Final = "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g="  # costs nothing to add
BEFORE: Final = ("alice", "bob")  # whose accounts are in the backup
LATER: Final = ("carol",)
NEWCOMERS: Final = tuple(f"new{letter}" for letter in ascii_lowercase)
WORK: Final = (".restore.", ".gate-backup.")  # how folders begin in which a command works


@dataclass(frozen=True, slots=True, kw_only=True)
class Killed:
    """A command, whose accounts there are before and after it, and what else has to be so."""

    words: tuple[str, ...]
    before: tuple[str, ...] = (*BEFORE, *LATER)
    after: tuple[str, ...] = (*BEFORE, *LATER)
    again: tuple[str, ...] = ()  # what is run afterwards, where it is something else
    ended: Callable[[CommandLine], bool] = lambda _: True


def _has_one_key(gate: CommandLine) -> bool:
    return len(load_master_key(gate.folder / "state" / "master.key").by_id) == 1


def _is_migrated(gate: CommandLine) -> bool:
    return gate("migrate", "--check").exit_code == 0


def _holds_a_backup(gate: CommandLine) -> bool:
    work = gate.folder / "unpacked"
    work.mkdir()
    found = unpack(gate.folder / "backup.tar", work, (*DATABASES, LOCKED_KEY))
    return set(DATABASES) <= found.files.keys()


KILLED: Final = {
    "backup": Killed(words=("backup", "backup.tar"), ended=_holds_a_backup),
    "restore": Killed(words=("restore", "first.tar", "--replace"), after=BEFORE),
    "rotate": Killed(words=("rotate-key",), ended=_has_one_key),
    "migrate": Killed(words=("migrate",), ended=_is_migrated),
    "migrate back": Killed(words=("migrate", "--back"), again=("migrate",), ended=_is_migrated),
    "import": Killed(
        words=("account", "import", "newcomers", "--format", "htpasswd"),
        after=(*BEFORE, *LATER, *NEWCOMERS),
    ),
}


def new_installation(folder: Path) -> CommandLine:
    """Make one with accounts, a backup, an account that came after it, and who is to come."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    gate = new_command_line(folder)
    for file, names in (("before", BEFORE), ("later", LATER), ("newcomers", NEWCOMERS)):
        lines = "".join(f"{name}:{SHA_OF_PASSWORD}\n" for name in names)
        (folder / file).write_text(lines)
    _import(gate, "before")
    with gate.world() as world:
        for account in world.store.accounts.all():
            world.store.accounts.add_totp(some_totp(account, f"app of {account.name}"))
    gate.ok("backup", folder / "first.tar")
    _import(gate, "later")
    return gate


def _import(gate: CommandLine, file: str) -> None:
    gate.ok("account", "import", gate.folder / file, "--format", "htpasswd")


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    """An installation to be copied, and what runs commands on the copies."""

    installed: CommandLine
    worker: Forks
    takes: dict[str, float] = field(default_factory=dict[str, float])  # seconds, in peace

    def hurt(self, name: str, part: float, folder: Path) -> list[str]:
        """Kill a command after a part of its time, and say what is not as it has to be."""
        killed = KILLED[name]
        if name not in self.takes:
            self.takes[name] = self._time(name, folder / "calm")
        gate = self._prepared(name, folder / "killed")
        self.worker.killed(_order_of(gate, killed.words), self.takes[name] * part)
        found = _findings(gate, killed, self.worker)
        return [f"`{name}`, killed after {part:.2f} of its time: {each}" for each in found]

    def _time(self, name: str, folder: Path) -> float:
        order = _order_of(self._prepared(name, folder), KILLED[name].words)
        began = time.monotonic()
        assert self.worker.done(order) == 0, name
        return time.monotonic() - began

    def _prepared(self, name: str, folder: Path) -> CommandLine:
        """Give an installation in which a command has something to do."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.installed.folder, folder)
        gate = CommandLine(folder)
        if name == "migrate":
            gate.ok("migrate", "--back")
        return gate


@contextmanager
def commands(folder: Path) -> Iterator[Commands]:
    """Lend an installation with what runs commands on copies of it."""
    with forks("tests.faults.command_worker") as worker:
        yield Commands(installed=new_installation(folder), worker=worker)


def _order_of(gate: CommandLine, words: tuple[str, ...]) -> str:
    """Give the order for a command; names of files are those of the installation."""
    files = {"backup.tar", "first.tar", "newcomers"}
    placed = [str(gate.folder / word) if word in files else word for word in words]
    return json.dumps([*placed, "--config", str(gate.config)])


def _findings(gate: CommandLine, killed: Killed, worker: Forks) -> list[str]:
    """Say what is not as it has to be after a kill, and after the command was run again."""
    found = [] if killed.words[0] == "migrate" else _unusable(gate, {killed.before, killed.after})
    code = worker.done(_order_of(gate, killed.again or killed.words))
    if code and not _was_done(gate, killed):
        found.append(f"run again it ended with {code}")
    if not killed.ended(gate):
        found.append("it has not come to its end")
    found += _unusable(gate, {killed.after})
    left = [each.name for each in gate.folder.rglob(".*") if each.name.startswith(WORK)]
    return found + [f"{name} was left behind" for name in left]


def _was_done(gate: CommandLine, killed: Killed) -> bool:
    """Say whether a command that is refused the second time was done the first time."""
    if killed.words[0] == "backup":
        return (gate.folder / "backup.tar").exists()
    return _names(gate) == killed.after


def _unusable(gate: CommandLine, expected: set[tuple[str, ...]]) -> list[str]:
    found: list[str] = []
    if (names := _names(gate)) not in expected:
        found.append(f"there are {names}")
    with gate.world() as world:
        for account in world.store.accounts.all():
            world.store.accounts.password_hash(account.id)
            seeds = [app.secret for app in world.store.accounts.totps(account.id)]
            if account.name in BEFORE and seeds != [SEED]:
                found.append(f"{account.name} has another code app")
    verified = json.loads(gate("audit", "verify", "--json").stdout)
    flaws = {finding["flaw"] for finding in verified["findings"]} - {"crash_gap"}
    return found + [f"audit: {flaw}" for flaw in sorted(flaws)]


def _names(gate: CommandLine) -> tuple[str, ...]:
    with gate.world() as world:
        return tuple(account.name for account in world.store.accounts.all())
