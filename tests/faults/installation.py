"""An installation that is hurt: its files, and the use cases over them."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from gate.config.policy_folder import read_folder
from gate.config.secret import Purpose, Sealer, load_master_key, new_keyring, write_private
from gate.core.ports import PolicyText
from gate.factors import totp
from gate.service.policies import Held, PolicyKeeper
from gate.store.clock import AdjustableClock
from gate.store.sql import SqlStore, open_store
from tests.faults.picture import Picture, picture_of
from tests.support.sql_stores import FILES, new_sqlite_store, sqlite_url
from tests.support.store_values import NOON
from tests.support.use_cases import House

SITE: Final = """\
sites:
  {name}:
    hosts: [{name}.example.com]
    upstream: http://127.0.0.1:9
    rules: [{{name: all, when: any, then: {{require: {level}}}}}]
"""


def _text(sites: Mapping[str, str]) -> PolicyText:
    files = {f"{name}.yaml": SITE.format(name=name, level=sites[name]) for name in sorted(sites)}
    return PolicyText(files=tuple(files.items()))


# One file is changed, one goes, one comes: every mixture of the two would load.
FIRST: Final = _text({"one": "signed_in", "two": "signed_in"})
OTHER: Final = _text({"one": "second_factor", "three": "signed_in"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a change finds: the store, the use cases, and the policy with its folder."""

    house: House
    store: SqlStore
    keeper: PolicyKeeper
    policies: Path


@dataclass(frozen=True, slots=True)
class Installation:
    """The files of an installation."""

    folder: Path

    @property
    def policies(self) -> Path:
        return self.folder / "policies"

    @property
    def database(self) -> Path:
        return self.folder / FILES[0]

    def picture(self) -> Picture:
        return picture_of(self.database, self.policies)

    @contextmanager
    def scene(self) -> Iterator[Scene]:
        """Open the store as a process does that starts."""
        keyring = load_master_key(self.folder / "master.key")
        sealer = Sealer(keys=keyring.derive(Purpose.SEALING))
        with closing(open_store(sqlite_url(self.folder), sealer)) as store:
            yield _scene(store, self.policies)

    def copy(self, target: Path) -> Installation:
        """Give an installation that is as this one; nobody has this one open."""
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(self.folder, target)
        return Installation(target)

    def problems(self) -> list[str]:
        """Start on a copy as the gate does, and say what is not as it should be."""
        with tempfile.TemporaryDirectory() as folder:
            copy = self.copy(Path(folder) / "copy")
            return [*copy._damage(), *copy._unusable()]

    def _damage(self) -> Iterator[str]:
        for name in FILES:
            with closing(sqlite3.connect(self.folder / name)) as connection:
                for (said,) in connection.execute("PRAGMA integrity_check"):
                    if said != "ok":
                        yield f"{name}: {said}"
                yield from map(str, connection.execute("PRAGMA foreign_key_check"))

    def _unusable(self) -> Iterator[str]:
        text = read_folder(self.policies)
        if text not in (FIRST, OTHER):
            yield f"the policy folder is neither old nor new: {text}"
        with self.scene() as scene:
            taken = scene.keeper.take_folder(text)
            if isinstance(taken, Held) and not taken.waits:
                yield f"the policy is refused: {taken.why}"
            if scene.store.policies.version(scene.keeper.current().number) is None:
                yield "the version in force is not stored"
            for account in scene.store.accounts.all():
                scene.store.accounts.password_hash(account.id)  # each raises when it can't be read
                scene.store.accounts.totps(account.id)
                scene.store.keys.of_account(account.id)
                scene.store.sessions.of_account(account.id)
                if account.has_totp != bool(scene.store.accounts.totps(account.id)):
                    yield f"{account.name} has half a code app"


def _scene(store: SqlStore, policies: Path) -> Scene:
    """Compose the use cases; the clock stands behind every code that was ever used."""
    apps = [app for each in store.accounts.all() for app in store.accounts.totps(each.id)]
    used = max((app.last_step for app in apps), default=0)
    behind = datetime.fromtimestamp((used + 1) * totp.STEP.total_seconds(), UTC)
    clock = AdjustableClock(max(NOON, behind))
    keeper = PolicyKeeper(store=store, clock=clock, folder=policies)
    return Scene(
        house=House(store=store, clock=clock), store=store, keeper=keeper, policies=policies
    )


def new_installation(folder: Path) -> Installation:
    """Make one with a policy in force and alice, who has a password, a code app and codes."""
    made = Installation(folder)
    made.policies.mkdir(parents=True)
    for name, body in FIRST.files:
        (made.policies / name).write_text(body)
    keyring = new_keyring()
    write_private(folder / "master.key", keyring.to_text())
    sealer = Sealer(keys=keyring.derive(Purpose.SEALING))
    with closing(new_sqlite_store(folder, sealer=sealer)) as store:
        scene = _scene(store, made.policies)
        scene.keeper.take_folder(FIRST)
        alice = scene.house.add("alice")
        store.recovery_codes.replace(alice.id, ["first"], scene.house.clock.now())
    return made
