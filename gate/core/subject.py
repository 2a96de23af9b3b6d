"""Who asks: accounts, their sessions and what was proved in them.

A session stores proofs and when they were given; what they are worth and when time ends it is
worked out from them whenever one is built, and never stored.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from gate.core.levels import Worth, worth_of
from gate.core.network import Address, Allowlist
from gate.core.proof import KEY_METHODS, SECOND_METHODS, Method, Proof

__all__ = [
    "ADMIN_LIMITS",
    "KEY_METHODS",
    "SECOND_METHODS",
    "Account",
    "AccountId",
    "AccountState",
    "Method",
    "Parent",
    "Proof",
    "Session",
    "SessionHash",
    "SessionId",
    "SessionLimits",
    "Trial",
]

AccountId = NewType("AccountId", str)  # random, never used again, everything hangs on it
SessionHash = NewType("SessionHash", str)  # SHA-256 of the cookie's token, hex
SessionId = NewType("SessionId", str)  # names a session on pages and command lines, no secret


class AccountState(StrEnum):
    """Whether an account may be used at all."""

    ENABLED = "enabled"
    DISABLED = "disabled"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A list that stands in for the kept one until a moment, and no longer (G15).

    `session` is the one on the pages' host that began it; nobody has to write that it is over.
    """

    id: str
    networks: Allowlist
    until: datetime
    session: SessionId


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account as decisions see it; secrets stay in the store.

    `networks` is the person's own allowlist as it was last kept; None admits from everywhere.
    `trial` is another one that is tried; `networks_at` gives the one that counts. `email` is set
    only when verified (G10). `key_counts` is false when no key of the account counts as
    `security_key` yet, and then `key_counts_from` is when the first one will (G6).
    `always_second_factor` is the person's own opt-up. `factor_version` rises with every change of
    factors and with disabling, so that links made before are void (G20).
    """

    id: AccountId
    name: str
    display_name: str = ""
    email: str | None = None
    state: AccountState = AccountState.ENABLED
    networks: Allowlist | None = None
    trial: Trial | None = None
    has_totp: bool = False
    has_security_key: bool = False
    key_counts: bool = True
    key_counts_from: datetime | None = None
    always_second_factor: bool = False
    factor_version: int = field(default=0, compare=False)  # no decision depends on it

    @property
    def has_second_factor(self) -> bool:
        """Say whether the account can prove a second factor at all."""
        return self.has_totp or self.has_security_key

    def trial_at(self, now: datetime) -> Trial | None:
        """Give the trial that runs at a moment; one past its end is none."""
        return self.trial if self.trial is not None and now < self.trial.until else None

    def networks_at(self, now: datetime) -> Allowlist | None:
        """Give the person's own allowlist that counts at a moment."""
        trial = self.trial_at(now)
        return self.networks if trial is None else trial.networks


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLimits:
    """How long a session lives; idle counts from the last navigation, absolute from sign-in."""

    idle: timedelta = timedelta(hours=1)
    absolute: timedelta = timedelta(hours=24)

    def tightened(self, other: SessionLimits) -> SessionLimits:
        """Give the shorter of each."""
        return SessionLimits(
            idle=min(self.idle, other.idle), absolute=min(self.absolute, other.absolute)
        )


ADMIN_LIMITS = SessionLimits(idle=timedelta(minutes=15), absolute=timedelta(hours=12))


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """The session on the pages' host by which a browser came to another host (G5).

    The id names it for as long as it lives; the hash is that of its token as it is now.
    """

    id: SessionId
    hash: SessionHash


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A signed-in browser; `host` is the only host on which its cookie counts (G5).

    A child has the age, the limits and the last activity of its `parent`, and ends with it.
    `ends_at` is the moment at which time alone ends it.
    """

    hash: SessionHash
    id: SessionId
    account: Account
    host: str
    proofs: tuple[Proof, ...]
    created_at: datetime
    last_seen: datetime
    limits: SessionLimits
    address: Address
    browser: str = ""
    parent: Parent | None = None
    ends_at: datetime = field(init=False, repr=False, compare=False)
    worth: Worth = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        idle, absolute = self.last_seen + self.limits.idle, self.created_at + self.limits.absolute
        object.__setattr__(self, "ends_at", min(idle, absolute))
        object.__setattr__(self, "worth", worth_of(self.proofs))

    @property
    def family(self) -> SessionId:
        """Give the id that the sessions of one browser share: that of the parent."""
        return self.id if self.parent is None else self.parent.id

    @property
    def active_as(self) -> SessionHash:
        """Give the session for which activity is noted: one clock for all of a browser."""
        return self.hash if self.parent is None else self.parent.hash

    def as_of(self, now: datetime) -> Session:
        """Give the session with an account whose waiting key counts, once it does (G6)."""
        counts_from = self.account.key_counts_from
        if counts_from is None or now < counts_from:
            return self
        return replace(self, account=replace(self.account, key_counts=True, key_counts_from=None))
