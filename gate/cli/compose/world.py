"""What commands at the terminal work with: the store, and the use cases over it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from gate.cli.compose.policies import policy_keeper
from gate.config.secret import Keyring, Purpose, Sealer, open_master_key
from gate.config.settings import Settings
from gate.core.ports import Clock, Store
from gate.factors.password import Profile
from gate.service.accounts import Accounts
from gate.service.audit import Audit, Events
from gate.service.policies import PolicyKeeper
from gate.service.throttle import Throttle
from gate.store.clock import SystemClock
from gate.store.sql import initialise, open_store, store_exists


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The store of an installation with what commands do in it."""

    settings: Settings
    keyring: Keyring
    store: Store
    clock: Clock
    policies: PolicyKeeper
    accounts: Accounts
    events: Events


@contextmanager
def open_world(settings: Settings) -> Iterator[World]:
    """Give the world of an installation; makes folder, schema and master key where none exist.

    Raises `GateError` when the store or its key can't be used.
    """
    url = settings.state.reveal()
    keyring = open_master_key(settings.key_file, store_exists=store_exists(url))
    initialise(url)
    store = open_store(url, Sealer(keys=keyring.derive(Purpose.SEALING)))
    try:
        yield _world(settings, keyring, store)
    finally:
        store.close()


def _world(settings: Settings, keyring: Keyring, store: Store) -> World:
    clock = SystemClock()
    audit = Audit(store.audit, required=True)  # a command ends at once, so it writes at once
    events = Events(audit=audit, clock=clock)
    return World(
        settings=settings,
        keyring=keyring,
        store=store,
        clock=clock,
        policies=policy_keeper(store, clock, settings),
        accounts=Accounts(
            store=store,
            clock=clock,
            profile=Profile(),
            throttle=Throttle(attempts=store.attempts, clock=clock),
            events=events,
        ),
        events=events,
    )
