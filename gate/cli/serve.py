"""`gate serve`: checks everything that can be wrong, then supervises the processes."""

from __future__ import annotations

import asyncio
import logging
import secrets
import sys
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from functools import partial
from typing import Final

import click

from gate.cli.builtin_policy import builtin_policy
from gate.cli.certificates import check_coverage, check_files
from gate.cli.compose import World, open_world
from gate.cli.compose.audit import told_chain
from gate.cli.compose.keys import KeysAtHand, told_sealing, told_to_pages, told_to_worker
from gate.cli.compose.origin import public_origin, told_origin
from gate.cli.compose.worker import static_pages_told
from gate.cli.first_admin import welcome_first_admin
from gate.cli.listening import free_endpoints, loopback_listener
from gate.cli.logs import set_up_logs
from gate.cli.options import settings_from, settings_options
from gate.config.policy_folder import read_folder
from gate.config.setting_types import Endpoint, Origin
from gate.config.settings import Settings
from gate.core.errors import SettingsError
from gate.core.located import Problems
from gate.core.policy import Policy
from gate.core.ports import PolicyText
from gate.service.policies import Held
from gate.store.clock import SystemClock
from gate.store.serving import serving
from gate.supervise import Child, Supervisor
from ui.fallback import static_pages

SECRET_BYTES: Final = 32
PAGES: Final = (sys.executable, "-m", "gate.cli.pages")
WORKER: Final = (sys.executable, "-O", "-m", "gate.cli.worker")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """Everything that the processes are started from; all of it was checked."""

    settings: Settings
    origin: Origin
    endpoints: tuple[Endpoint, ...]
    pages_keys: Mapping[str, object]
    worker_keys: Mapping[str, object]
    keys: KeysAtHand


@click.command("serve", help="Run the gate in front of its sites.")
@settings_options
@click.option("--upstream", metavar="URL", help="Guard this one site with the built-in policy.")
@click.option("--policies", metavar="FOLDER", help="The folder with the policy.")
@click.option(
    "--listen",
    metavar="[https://]HOST:PORT",
    multiple=True,
    help="Listen here; may be repeated.",
)
@click.option("--public-url", metavar="URL", help="Where people sign in.")
@click.option("--state", metavar="URL", help="The store.")
@click.option("--workers", metavar="N", help="Processes of the data plane.")
@click.option("--admin-listen", metavar="WHERE", help="Health, readiness and metrics.")
def serve(**options: object) -> None:
    """Check settings, store, policy and ports, then run until told to stop."""
    settings = settings_from(options)
    set_up_logs(settings.log.level, "gate")
    with serving(settings.state.reveal()):
        raise SystemExit(asyncio.run(_supervised(_checked(settings))))


def _checked(settings: Settings) -> Installation:
    """Open the store, bring the policy into force and look whether the ports are free."""
    source = _source(settings)
    check_files(settings, SystemClock().now())
    with open_world(settings) as world:
        policy = _policy_in_force(world, source)
        origin = public_origin(settings, policy)
        check_coverage(settings, policy, origin, world.clock.now())
        endpoints = free_endpoints(settings.listen)
        welcome_first_admin(world, policy, origin)
        return Installation(
            settings=settings,
            origin=origin,
            endpoints=endpoints,
            pages_keys=told_to_pages(world.keyring, world.kept),
            worker_keys=told_to_worker(world.keyring),
            keys=KeysAtHand(settings.key_file, world.keyring),
        )


def _policy_in_force(world: World, source: PolicyText | Problems) -> Policy:
    """Take the folder or the built-in policy; where that has errors, the last stored version."""
    taken = world.policies.take_folder(source)
    if isinstance(taken, Held):
        for line in taken.why:
            click.echo(line, err=True)
        if world.policies.history():
            say = "waits for `gate policy publish`" if taken.waits else "is not taken"
            log.warning("the policy folder %s; the stored version stays in force", say)
        else:
            raise SettingsError("there is no policy to serve; mend the lines above")
    return world.policies.policy()


def _source(settings: Settings) -> PolicyText | Problems:
    if settings.policies is not None:
        return read_folder(settings.policies)
    if settings.upstream is None:
        raise SettingsError("there is nothing to guard; give --upstream URL, or set `policies`")
    return builtin_policy(settings.upstream)


async def _supervised(installation: Installation) -> int:
    pages_socket = loopback_listener()
    settings = installation.settings
    handed = [secrets.token_urlsafe(SECRET_BYTES) for _ in range(settings.workers)]
    pages = Child(
        name="pages",
        command=PAGES,
        told={
            "settings": settings.written,
            "keys": installation.pages_keys,
            "secrets": handed,
            "descriptor": pages_socket.fileno(),
            "origin": told_origin(installation.origin),
        },
        descriptors=(pages_socket.fileno(),),
        anew=lambda: _told_to_pages_anew(installation),
    )
    common = {
        "settings": settings.written,
        "origin": told_origin(installation.origin),
        "listen": list(map(astuple, installation.endpoints)),
        "pages": pages_socket.getsockname(),
        "static": static_pages_told(static_pages(settings.contact)),
        **installation.worker_keys,
    }
    workers = [
        Child(
            name=f"worker {index}",
            command=WORKER,
            told={**common, "index": index, "secret": secret},
            anew=partial(_told_to_worker_anew, installation, index),
        )
        for index, secret in enumerate(handed, start=1)
    ]
    supervisor = Supervisor(pages, workers, drain=settings.limits.drain.total_seconds())
    return await supervisor.run(lambda: _say_ready(installation))


def _told_to_pages_anew(installation: Installation) -> Mapping[str, object]:
    """Give a chain of its own, and the keys of now, to each start of the pages."""
    keyring = installation.keys.now()
    keys = {**installation.pages_keys, **told_sealing(keyring)}
    return {"keys": keys, "chain": told_chain(keyring, "pages")}


def _told_to_worker_anew(installation: Installation, index: int) -> Mapping[str, object]:
    return {"chain": told_chain(installation.keys.now(), f"worker {index}")}


def _say_ready(installation: Installation) -> None:
    """Write the one line that programs wait for."""
    sys.stdout.write(f"ready {installation.origin}\n")
    sys.stdout.flush()
