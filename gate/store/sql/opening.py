"""Making an empty store, and opening one that is there."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from gate.config.secret import Sealer
from gate.core.errors import StoreError, StoreUnavailable
from gate.store.sql import schema
from gate.store.sql.accounts import SqlAccounts
from gate.store.sql.address import Place, Server, SqliteFile, StoreAddress, parse_address
from gate.store.sql.attempts import SqlAttempts
from gate.store.sql.audit import SqlAudit
from gate.store.sql.database import Database, opened
from gate.store.sql.epoch import Epoch, ServerEpoch, SqliteEpoch
from gate.store.sql.keys import SqlKeys
from gate.store.sql.links import SqlLinks
from gate.store.sql.master_keys import SqlMasterKeys
from gate.store.sql.one_time import SqlOneTime
from gate.store.sql.policies import SqlPolicies
from gate.store.sql.recovery import SqlRecoveryCodes
from gate.store.sql.revisions import LIVE_CHAIN, MAIN_CHAIN, Chain, check, revision
from gate.store.sql.rotation import SqlRotation
from gate.store.sql.sessions import SqlSessions
from gate.store.sql.vault import Vault

PRIVATE_FOLDER: Final = 0o700
PRIVATE_FILE: Final = 0o600


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlStore:
    """Everything that is kept."""

    accounts: SqlAccounts
    keys: SqlKeys
    recovery_codes: SqlRecoveryCodes
    links: SqlLinks
    sessions: SqlSessions
    policies: SqlPolicies
    attempts: SqlAttempts
    one_time: SqlOneTime
    audit: SqlAudit
    master_keys: SqlMasterKeys
    rotation: SqlRotation
    _epoch: Epoch
    _databases: tuple[Database, ...]

    def epoch(self) -> int:
        """Give the number that every write on which decisions depend has raised."""
        return self._epoch.current()

    def together(self) -> AbstractContextManager[None]:
        """Make what this thread writes on accounts, sessions and policies one transaction."""
        return self._databases[0].together()

    def close(self) -> None:
        """Let go of files and connections."""
        self._epoch.close()
        for database in self._databases:
            database.close()


def open_store(url: str, sealer: Sealer | None) -> SqlStore:
    """Open a store that is there and has this program's schema."""
    address = parse_address(url)
    main, live = Database(address.main), Database(address.live)
    try:
        check(main, MAIN_CHAIN)
        check(live, LIVE_CHAIN)
        return _store(main, live, Vault(sealer))
    except StoreError:
        main.close()
        live.close()
        raise


def store_exists(url: str) -> bool:
    """Say whether there is a store already, so that its master key must be there too (G26)."""
    address = parse_address(url)
    if isinstance(address.main, Server):
        with opened(address.main) as database:
            return revision(database, MAIN_CHAIN) is not None
    return address.main.exists()


def initialise(url: str) -> None:
    """Make the folder, the files and the schema of a store that is not there; else do nothing.

    The live file comes first, so that a main file without one is always a loss and never a start
    that was cut short.
    """
    address = parse_address(url)
    for place in (address.live, address.main):
        if isinstance(place, SqliteFile):
            _refuse_half(address)
            _make_file(place.path)
    _make_schema(address.live, LIVE_CHAIN)
    _make_schema(address.main, MAIN_CHAIN)


def _store(main: Database, live: Database, vault: Vault) -> SqlStore:
    place = main.place
    return SqlStore(
        accounts=SqlAccounts(main, live, vault),
        keys=SqlKeys(main),
        recovery_codes=SqlRecoveryCodes(main),
        links=SqlLinks(main),
        sessions=SqlSessions(main, live),
        policies=SqlPolicies(main),
        attempts=SqlAttempts(live),
        one_time=SqlOneTime(live, vault),
        audit=SqlAudit(main, live),
        master_keys=SqlMasterKeys(main, vault),
        rotation=SqlRotation(main, live, vault),
        _epoch=SqliteEpoch(place) if isinstance(place, SqliteFile) else ServerEpoch(main),
        _databases=(main, live),
    )


def _refuse_half(address: StoreAddress) -> None:
    """Refuse to put an empty file beside one that is in use."""
    main, live = address.main, address.live
    if not (isinstance(main, SqliteFile) and isinstance(live, SqliteFile)):
        return
    if main.exists() and not live.exists():
        raise StoreUnavailable(f"`{live.path}` is missing; put it back beside `{main.path}`")
    if live.exists() and not main.exists() and _is_in_use(live):
        raise StoreUnavailable(
            f"`{main.path}` is missing; put it back, or move `{live.path}` away to begin anew"
        )


def _is_in_use(live: SqliteFile) -> bool:
    with opened(live) as database:
        if revision(database, LIVE_CHAIN) is None:
            return False
        with database.read() as connection:
            tables = schema.LIVE.sorted_tables
            return any(connection.execute(sa.select(table).limit(1)).first() for table in tables)


def _make_file(path: Path) -> None:
    """Make an empty file that only its owner can read; SQLite gives the same mode to its others."""
    try:
        path.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, PRIVATE_FILE))
    except OSError as error:
        raise StoreUnavailable(f"`{path}` can't be made: {error.strerror}") from None


def _make_schema(place: Place, chain: Chain) -> None:
    from gate.store.sql.migrate import upgrade_database  # noqa: PLC0415 - only here: see revisions

    with opened(place) as database:
        if revision(database, chain) is None:
            upgrade_database(database, chain)
