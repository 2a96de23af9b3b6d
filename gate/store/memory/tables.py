"""What the memory store holds, under one lock."""

from __future__ import annotations

import threading
from copy import copy
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Final

from gate.core.errors import StoreCorrupt
from gate.core.ports import (
    AuditRecord,
    Chain,
    ChainPlace,
    FamiliarPlace,
    HeldPolicy,
    Link,
    LinkHash,
    PolicyVersion,
    SecurityKey,
    Totp,
)
from gate.core.secret_text import Secret
from gate.core.subject import Account, AccountId, Session, SessionHash


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One counted attempt, until no limit of its lane looks at it any more."""

    lane: str
    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTimeValue:
    """A payload and when it stops to count."""

    payload: str
    expires: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeSet:
    """The recovery codes of an account that are left."""

    hashes: frozenset[str]
    made_at: datetime


LIVE: Final = frozenset(  # fields that no transaction takes back
    {"lock", "seen", "places", "attempts", "one_time", "audit", "chains"}
)


@dataclass(slots=True, kw_only=True)
class Tables:
    """The state; whoever reads or writes more than one value holds `lock`."""

    lock: threading.RLock = field(default_factory=threading.RLock)
    epoch: int = 1
    accounts: dict[AccountId, Account] = field(default_factory=dict)
    deleted_names: set[str] = field(default_factory=set)
    passwords: dict[AccountId, Secret] = field(default_factory=dict)
    passwords_set_at: dict[AccountId, datetime] = field(default_factory=dict)
    totps: dict[str, Totp] = field(default_factory=dict)
    keys: dict[str, SecurityKey] = field(default_factory=dict)
    recovery_codes: dict[AccountId, CodeSet] = field(default_factory=dict)
    links: dict[LinkHash, Link] = field(default_factory=dict)
    admin_existed: bool = False
    sessions: dict[SessionHash, Session] = field(default_factory=dict)
    seen: dict[SessionHash, datetime] = field(default_factory=dict)
    places: list[FamiliarPlace] = field(default_factory=list)
    versions: dict[int, PolicyVersion] = field(default_factory=dict)
    active: int | None = None
    pinned: bool = False
    held: HeldPolicy | None = None
    attempts: dict[str, Attempt] = field(default_factory=dict)
    one_time: dict[tuple[str, str], OneTimeValue] = field(default_factory=dict)
    audit: list[AuditRecord] = field(default_factory=list)
    chains: list[Chain] = field(default_factory=list)
    heads: dict[str, ChainPlace] = field(default_factory=dict)

    def raise_epoch(self) -> None:
        """Tell every cache that a decision may now come out otherwise (G2)."""
        self.epoch += 1

    def factors_changed(self, account: AccountId) -> None:
        """Raise the version of an account's factors, which voids its links (G20)."""
        kept = self.accounts[account]
        self.accounts[account] = replace(kept, factor_version=kept.factor_version + 1)
        self.raise_epoch()

    def account(self, account: AccountId) -> Account | None:
        """Give an account with what follows from its factors."""
        kept = self.accounts.get(account)
        if kept is None:
            return None
        keys = [key for key in self.keys.values() if key.account == account]
        waiting = [key.counts_from for key in keys if key.counts_from is not None]
        waits = bool(keys) and len(waiting) == len(keys)
        return replace(
            kept,
            has_totp=any(totp.account == account for totp in self.totps.values()),
            has_security_key=bool(keys),
            key_counts=not waits,
            key_counts_from=min(waiting) if waits else None,
        )

    def existing(self, account: AccountId) -> Account:
        """Give an account on which something is about to hang."""
        kept = self.account(account)
        if kept is None:
            raise StoreCorrupt("the account is gone; nothing can hang on it")
        return kept

    def copied(self) -> dict[str, object]:
        """Give what decisions depend on as it is now; values are frozen, containers are copied."""
        names = {each.name for each in fields(self)} - LIVE
        return {name: copy(getattr(self, name)) for name in names}

    def restore(self, state: dict[str, object]) -> None:
        """Put a state back."""
        for name, value in state.items():
            setattr(self, name, value)

    def drop_sessions(self, hashes: set[SessionHash]) -> int:
        """Remove sessions with when they were seen, and their children; say how many were named."""
        named = self.sessions.keys() & hashes
        ids = {self.sessions[session].id for session in named}
        children = {held.hash for held in self.sessions.values() if held.family in ids}
        for session in named | children:
            del self.sessions[session]
            self.seen.pop(session, None)
        return len(named)

    def parent_of(self, session: Session) -> Session | None:
        """Give the session by whose ticket another one began."""
        held = self.sessions.values()
        return next((each for each in held if session.parent and each.id == session.family), None)
