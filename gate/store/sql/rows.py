"""Rows as the values that they hold, and back.

A row that does not hold what it must is `StoreCorrupt`, never a half-read value. Values are
frozen, so equal rows give the same one again: reading a list of networks twice costs nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Any, Final

from gate.core.errors import StoreCorrupt
from gate.core.network import Address, Allowlist, Unusable, canonical, parse_allowlist
from gate.core.subject import (
    Account,
    AccountId,
    AccountState,
    Method,
    Parent,
    Proof,
    Session,
    SessionHash,
    SessionId,
    SessionLimits,
    Trial,
)
from gate.store.sql.database import Row
from gate.store.sql.times import duration, length, micros, moment


def stored[**P, T](make: Callable[P, T]) -> Callable[P, T]:
    """Turn what a bad row raises into `StoreCorrupt`."""

    @wraps(make)
    def made(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return make(*args, **kwargs)
        except (ValueError, TypeError, KeyError, IndexError, OverflowError):
            raise StoreCorrupt(f"a row holds no {make.__name__}; restore a backup") from None

    return made


@stored
def account(row: Row) -> Account:
    """Give the account of a row of `ACCOUNT_COLUMNS`."""
    return _account(*row)


@lru_cache(maxsize=16_384)
def _account(*row: Any) -> Account:
    return _account_of(AccountRow(*row))


@dataclass(frozen=True, slots=True)
class AccountRow:
    """The columns of an account, in the order of the query."""

    id: str
    name: str
    display_name: str
    email: str | None
    state: str
    networks: str | None
    always_second_factor: int
    factor_version: int
    trial: str | None
    trial_networks: str | None
    trial_until: int | None
    trial_session: str | None
    has_totp: int
    key_waits_until: int | None  # None: no key; AT_ONCE: one counts


AT_ONCE: Final = 0


def _account_of(row: AccountRow) -> Account:
    waits_until = row.key_waits_until
    return Account(
        id=AccountId(row.id),
        name=row.name,
        display_name=row.display_name,
        email=row.email,
        state=AccountState(row.state),
        networks=None if row.networks is None else _networks(row.networks),
        trial=_trial(row),
        has_totp=bool(row.has_totp),
        has_security_key=waits_until is not None,
        key_counts=not waits_until,
        key_counts_from=moment(waits_until) if waits_until else None,
        always_second_factor=bool(row.always_second_factor),
        factor_version=row.factor_version,
    )


def _trial(row: AccountRow) -> Trial | None:
    """Give the trial; a row that holds one in part is broken, never without restriction."""
    columns = row.trial, row.trial_networks, row.trial_until, row.trial_session
    match columns:
        case None, None, None, None:
            return None
        case str(name), str(networks), int(until), str(session):
            tried = _networks(networks)
            return Trial(id=name, networks=tried, until=moment(until), session=SessionId(session))
        case _:
            raise ValueError("not a trial")


def _networks(text: str) -> Allowlist:
    networks = parse_allowlist(text)
    if isinstance(networks, Allowlist):
        return networks
    raise ValueError("not a list of networks")


def networks_text(networks: Allowlist | None) -> str | None:
    """Give the text from which a list is read again: as typed, if that says the same."""
    if networks is None:
        return None
    if parse_allowlist(networks.text) == networks:
        return networks.text
    return "".join(f"{network}\n" for network in networks.networks)


@dataclass(frozen=True, slots=True)
class SessionRow:
    """The columns of a session, in the order of the query; those of its account follow."""

    hash: str
    id: str
    host: str
    proofs: str
    created_at: int
    last_seen: int
    idle: int
    absolute: int
    address: str
    browser: str
    parent_id: str | None
    parent_hash: str | None
    parent_last_seen: int | None
    parent_idle: int | None
    parent_absolute: int | None


SESSION_COLUMNS: Final = 15  # those of a session and of its parent; the account's follow


@stored
def active_as(row: Row) -> str:
    """Give the hash under which the activity of a row's session is noted: the parent's."""
    columns = SessionRow(*row[:SESSION_COLUMNS])
    return columns.parent_hash or columns.hash


@stored
def session(row: Row, seen: int | None) -> Session:
    """Give the session of a row, last active when it says or at `seen`, whichever is later."""
    columns = SessionRow(*row[:SESSION_COLUMNS])
    began = max(columns.last_seen, columns.parent_last_seen or columns.last_seen)
    return Session(
        hash=SessionHash(columns.hash),
        id=SessionId(columns.id),
        account=_account(*row[SESSION_COLUMNS:]),
        host=columns.host,
        proofs=_proofs(columns.proofs),
        created_at=moment(columns.created_at),
        last_seen=moment(max(began, seen or began)),
        limits=_shorter_limits(columns),
        address=_address(columns.address),
        browser=columns.browser,
        parent=_parent(columns.parent_id, columns.parent_hash),
    )


def _parent(parent: str | None, hashed: str | None) -> Parent | None:
    if parent is None or hashed is None:
        return None
    return Parent(id=SessionId(parent), hash=SessionHash(hashed))


def session_values(session: Session) -> dict[str, object]:
    """Give the columns of a session."""
    return {
        "hash": session.hash,
        "id": session.id,
        "account": session.account.id,
        "host": session.host,
        "proofs": json.dumps([_proof_values(proof) for proof in session.proofs]),
        "created_at": micros(session.created_at),
        "last_seen": micros(session.last_seen),
        "idle": length(session.limits.idle),
        "absolute": length(session.limits.absolute),
        "address": str(session.address),
        "browser": session.browser,
        "parent": None if session.parent is None else session.parent.id,
    }


def _proof_values(proof: Proof) -> tuple[str, int, bool, bool]:
    return proof.method, micros(proof.at), proof.user_verified, proof.counts_as_key


@lru_cache(maxsize=16_384)
def _proofs(text: str) -> tuple[Proof, ...]:
    return tuple(_proof(*values) for values in json.loads(text))


def _proof(method: str, at: int, user_verified: object, counts_as_key: object) -> Proof:
    return Proof(
        method=Method(method),
        at=moment(at),
        user_verified=user_verified is True,
        counts_as_key=counts_as_key is True,
    )


def _shorter_limits(columns: SessionRow) -> SessionLimits:
    """Give the limits of a session; a child has no longer ones than its parent."""
    own = _limits(columns.idle, columns.absolute)
    if columns.parent_idle is None or columns.parent_absolute is None:
        return own
    return own.tightened(_limits(columns.parent_idle, columns.parent_absolute))


@lru_cache(maxsize=64)
def _limits(idle: int, absolute: int) -> SessionLimits:
    return SessionLimits(idle=duration(idle), absolute=duration(absolute))


def _address(text: str) -> Address:
    address = canonical(text)
    if not isinstance(address, Unusable):
        return address
    raise ValueError(address.detail)


@stored
def methods(text: str) -> tuple[Method, ...]:
    """Give the proof words of a column."""
    return tuple(Method(word) for word in text.split())
