"""The doctor's look at the master key, the store and the policy in it; nothing is made."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

from gate.cli.compose import World, open_world
from gate.cli.findings import Finding, fail, ok, warn
from gate.config.secret import load_master_key
from gate.config.settings import Settings
from gate.core.errors import GateError, StoreError
from gate.core.policy import Policy
from gate.store.sql import store_exists

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def key_findings(settings: Settings) -> Iterator[Finding]:
    """Give what there is to say about the key file (G26)."""
    path = settings.key_file
    if not path.exists() and not store_exists(settings.state.reveal()):
        yield ok("master key", f"`{path}` is made at the first start")
        return
    try:
        keys = load_master_key(path)
    except GateError as error:
        yield fail("master key", str(error))
        return
    count = len(keys.by_id)
    yield ok("master key", f"`{path}`, {count} {'key' if count == 1 else 'keys'}, for its owner")


def store_findings(settings: Settings) -> Iterator[Finding]:
    """Give what there is to say about the store; raises `GateError` when it can't be used."""
    if not store_exists(settings.state.reveal()):
        yield ok("store", "there is none yet; it is made at the first start")
        return
    file = settings.sqlite_file
    if file is not None:
        yield from _modes(file)
    with open_world(settings) as world:
        yield ok("store", "it opens and has the schema that this version needs")
        yield from _people(world)
        yield from _backwards(world)


def _modes(file: Path) -> Iterator[Finding]:
    for path in (file.parent, *sorted(file.parent.glob(f"{file.stem}*"))):
        if path.stat().st_mode & OTHERS:
            right = "700" if path.is_dir() else "600"
            yield warn("store", f"others can get at `{path}`; run: chmod {right} {path}")


def _people(world: World) -> Iterator[Finding]:
    count = len(world.store.accounts.all())
    if not count:
        yield warn("accounts", "there is none; add one with: gate account add NAME")
    elif not world.store.accounts.admin_ever_existed():
        yield warn("accounts", f"{count}, and none may administrate; see `admins` in the policy")
    else:
        yield ok("accounts", str(count))


def _backwards(world: World) -> Iterator[Finding]:
    """Notice a clock that shows less than what was already written."""
    versions = world.policies.history()
    if versions and versions[0].at > world.clock.now():
        yield fail(
            "clock", f"the policy in force is of {versions[0].at:%Y-%m-%d %H:%M} UTC; set the clock"
        )


def policy_findings(settings: Settings, policy: Policy | None) -> Iterator[Finding]:
    """Give what there is to say about the policy in force and what waits."""
    if policy is None:
        yield fail(
            "policy", "there is none that loads; set `policies` or `upstream`, and see: gate check"
        )
        return
    sites = ", ".join(sorted(policy.sites))
    if not store_exists(settings.state.reveal()):
        yield ok("policy", f"the first start brings it into force; sites: {sites}")
        return
    with open_world(settings) as world:
        yield _in_force(world, sites)
        held = world.policies.held()
        if held is not None:
            yield warn(
                "policy",
                f"a change of the folder is not in force: {held.why[0]}; see: gate policy show",
            )


def _in_force(world: World, sites: str) -> Finding:
    try:
        number = world.policies.current().number
    except StoreError:
        return ok("policy", f"the next start brings it into force; sites: {sites}")
    active = world.store.policies.active()
    if active is not None and active.pinned:
        return warn("policy", f"version {number} is pinned; let the folder rule: gate policy unpin")
    return ok("policy", f"version {number} is in force; sites: {sites}")
