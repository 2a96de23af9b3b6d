"""What commands at the terminal work with: the store, and the use cases over it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gate.cli.compose.audit import chained_log, new_chain
from gate.cli.compose.policies import policy_keeper
from gate.config.kept_keys import Kept, with_kept
from gate.config.secret import DerivedKeys, Keyring, Purpose, Sealer, open_master_key
from gate.config.settings import Settings
from gate.core.errors import MasterKeyMissing
from gate.core.ports import Clock, Store
from gate.factors.password import Profile
from gate.service.accounts import Accounts
from gate.service.audit import Audit, Events
from gate.service.audit_chain import ChainedLog
from gate.service.links import Links
from gate.service.policies import PolicyKeeper
from gate.service.throttle import Throttle
from gate.store.clock import SystemClock
from gate.store.sql import SqlStore, initialise, open_store, store_exists
from gate.store.sql.master_keys import SqlMasterKeys
from gate.store.sql.rotation import SqlRotation


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The store of an installation with what commands do in it."""

    settings: Settings
    keyring: Keyring
    kept: Kept
    store: Store
    master_keys: SqlMasterKeys
    rotation: SqlRotation
    clock: Clock
    policies: PolicyKeeper
    accounts: Accounts
    links: Links
    events: Events

    def keys(self, purpose: Purpose) -> DerivedKeys:
        """Give the keys of one purpose, those of retired master keys among them."""
        return with_kept(self.keyring, self.kept, purpose)


@contextmanager
def open_world(settings: Settings) -> Iterator[World]:
    """Give the world of an installation; makes folder, schema and master key where none exist.

    Raises `GateError` when the store or its key can't be used.
    """
    url = settings.state.reveal()
    keyring = open_master_key(settings.key_file, store_exists=store_exists(url))
    initialise(url)
    store = open_store(url, Sealer(keys=keyring.derive(Purpose.SEALING)))
    clock = SystemClock()
    chained = chained_log(store, clock, settings, new_chain(keyring, "command"))
    try:
        _know(keyring, store, settings.key_file)
        yield _world(settings, keyring, store, chained)
    finally:
        chained.close()
        store.close()


def _know(keyring: Keyring, store: SqlStore, file: Path) -> None:
    """Refuse a master key that is not the store's, and note a new one (G26)."""
    needed = store.master_keys.needed()
    if any(not keyring.holds(key_id) for key_id in needed):
        raise MasterKeyMissing(
            f"the master key `{file}` is not the one of this store; put the key file back"
        )
    if keyring.current_id not in needed:
        store.master_keys.note(keyring.current_id)


def _world(settings: Settings, keyring: Keyring, store: SqlStore, chained: ChainedLog) -> World:
    clock = SystemClock()
    audit = Audit(chained, required=True)  # a command ends at once, so it writes at once
    events = Events(audit=audit, clock=clock)
    return World(
        settings=settings,
        keyring=keyring,
        kept=store.master_keys.kept(),
        master_keys=store.master_keys,
        rotation=store.rotation,
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
        links=Links(store=store, clock=clock),
        events=events,
    )
