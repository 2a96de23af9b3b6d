"""The audit of a process: its own chain, under a key that the supervisor made for this start.

A process is given the first key of its chain and never the key that all chains come from (G27).
"""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from gate.config.secret import DerivedKeys, Keyring, Purpose
from gate.config.settings import Settings
from gate.core.ports import Chain, ChainPlace, Clock, Store
from gate.service.audit import Audit
from gate.service.audit_chain import ChainedLog, ChainStart, chain_key
from gate.store.anchor import AnchorFile

CHAIN_BYTES: Final = 16


def new_chain(keyring: Keyring, process: str) -> ChainStart:
    """Give the start of a chain that nobody had before."""
    keys = keyring.derive(Purpose.AUDIT)
    chain = secrets.token_hex(CHAIN_BYTES)
    return ChainStart(
        id=chain,
        process=f"{process} on {socket.gethostname()}",
        key_id=keys.current_id,
        key=chain_key(keys.current, chain),
    )


def told_chain(keyring: Keyring, process: str) -> Mapping[str, object]:
    """Give a new chain for a process, fit for JSON."""
    start = new_chain(keyring, process)
    return {
        "id": start.id,
        "process": start.process,
        "key_id": start.key_id,
        "key": start.key.hex(),
    }


def chain_told(told: Mapping[str, Any]) -> ChainStart:
    """Give the chain that was told."""
    return ChainStart(
        id=told["id"],
        process=told["process"],
        key_id=told["key_id"],
        key=bytes.fromhex(told["key"]),
    )


def first_key(keys: DerivedKeys, chain: Chain) -> bytes | None:
    """Give the first key of a chain; None when nobody has what it comes from."""
    key = keys.by_id.get(chain.key_id)
    return None if key is None else chain_key(key, chain.id)


def chained_log(store: Store, clock: Clock, settings: Settings, start: ChainStart) -> ChainedLog:
    """Give where the records of this process go."""
    return ChainedLog(store.audit, start, clock, _anchor(settings, clock))


def chained_audit(chained: ChainedLog, settings: Settings) -> Audit:
    """Give the audit over a chain."""
    return Audit(chained, required=settings.audit.required, note_head=chained.note_head)


@contextmanager
def kept_audit(chained: ChainedLog, settings: Settings) -> Iterator[Audit]:
    """Run the audit of a process, and end its chain in order."""
    audit = chained_audit(chained, settings)
    audit.start()
    try:
        yield audit
    finally:
        audit.stop()
        chained.close()


def _anchor(settings: Settings, clock: Clock) -> Callable[[ChainPlace], None] | None:
    path = settings.audit.anchor
    return None if path is None else AnchorFile(path=path, clock=clock).note
