"""Protocols for the outside world: what services ask of a clock and of a store.

Two promises hold for every store. A write that a decision depends on raises `epoch` in the same
transaction (G2). A one-time thing is consumed by one conditional statement that says whether this
call was the one. Every method may raise `StoreError`; callers deny then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from gate.core.network import Address, Allowlist
from gate.core.secret_text import Secret
from gate.core.subject import (
    Account,
    AccountId,
    AccountState,
    Method,
    Session,
    SessionHash,
    SessionId,
)


class Clock(Protocol):
    """Time as a value: tests hold it, the gate reads it."""

    def now(self) -> datetime:
        """Give the wall clock, aware, in UTC."""

    def monotonic(self) -> timedelta:
        """Give the time since some fixed moment; never goes back."""


# --- accounts and factors ------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Totp:
    """A confirmed code app; `last_step` is the newest time step that was accepted."""

    id: str
    account: AccountId
    name: str
    secret: Secret
    last_step: int
    added_at: datetime
    added_with: tuple[Method, ...] = ()
    last_used: datetime | None = None


class NameTaken:
    """The name is in use, or was, and may not be used again (G10)."""


class EmailTaken(NameTaken):
    """The e-mail address belongs to another account (G10)."""


class Accounts(Protocol):
    """Accounts with what decisions see of them, their passwords and their code apps."""

    def add(self, account: Account, *, reuse: bool = False) -> Account | NameTaken:
        """Add an account under its id; `reuse` takes a deleted account's name.

        What it has enrolled follows from its factors, whatever the value says.
        """

    def by_id(self, account: AccountId) -> Account | None:
        """Give an account."""

    def by_name(self, name: str) -> Account | None:
        """Give an account by its folded name."""

    def all(self) -> Sequence[Account]:
        """Give every account, by name."""

    def delete(self, account: AccountId) -> bool:
        """Delete an account with all that hangs on it; its name stays as a tombstone."""

    def set_state(self, account: AccountId, state: AccountState) -> None:
        """Enable, disable or lock; its sessions end either way, so that none comes back."""

    def set_profile(
        self, account: AccountId, *, display_name: str, email: str | None
    ) -> EmailTaken | None:
        """Change what the upstream is told, or nothing; `email` counts as verified."""

    def set_networks(self, account: AccountId, networks: Allowlist | None) -> None:
        """Replace the person's own allowlist; None: no restriction."""

    def set_always_second_factor(self, account: AccountId, *, on: bool) -> None:
        """Switch the opt-up."""

    def password_hash(self, account: AccountId) -> Secret | None:
        """Give the encoded hash; None when the account has no password."""

    def set_password_hash(self, account: AccountId, encoded: Secret, at: datetime) -> None:
        """Replace the password; sessions are ended by the caller."""

    def upgrade_password_hash(self, account: AccountId, *, old: Secret, new: Secret) -> bool:
        """Re-encode the same password; false when it was changed meanwhile."""

    def totps(self, account: AccountId) -> Sequence[Totp]:
        """Give the account's code apps."""

    def add_totp(self, totp: Totp) -> None:
        """Add a confirmed code app."""

    def remove_totp(self, account: AccountId, totp: str) -> bool:
        """Remove one; false when it is not there."""

    def accept_totp_step(self, totp: str, step: int, at: datetime) -> bool:
        """Consume a time step: true once for each step above the last accepted one."""

    def admin_ever_existed(self) -> bool:
        """Say whether there has ever been an admin (T103)."""

    def remember_admin_existed(self) -> None:
        """Remember for ever that there was one."""


# --- sessions ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class FamiliarPlace:
    """Where a full sign-in came from: a device cookie's hash and an address range (G16)."""

    account: AccountId
    device: str | None
    address_range: str
    at: datetime


class Sessions(Protocol):
    """Sessions by the hash of their token; a find joins the account as it is now."""

    def find(self, session: SessionHash) -> Session | None:
        """Give a session with its account; whether time has ended it is for `decide`."""

    def begin(self, session: Session) -> None:
        """Store a new session."""

    def replace(self, old: SessionHash, session: Session) -> bool:
        """Store a session in place of another, in one transaction; false when `old` is gone."""

    def end(self, session: SessionHash) -> bool:
        """End a session; false when there is none."""

    def end_by_id(self, account: AccountId, session: SessionId) -> bool:
        """End one session of an account."""

    def end_all(self, account: AccountId, *, keep: SessionHash | None = None) -> int:
        """End an account's sessions but one; say how many."""

    def of_account(self, account: AccountId) -> Sequence[Session]:
        """Give the account's sessions, newest first."""

    def all(self) -> Sequence[Session]:
        """Give every session."""

    def sweep(self, now: datetime) -> int:
        """Drop what time ended a minute ago and longer; raises no epoch."""

    def seen(self, session: SessionHash) -> datetime | None:
        """Re-read when a session was last active, over all processes."""

    def touch(self, seen: Mapping[SessionHash, datetime]) -> None:
        """Note activity; never turns the time back and raises no epoch."""

    def remember_place(self, place: FamiliarPlace) -> None:
        """Note where a full sign-in came from."""

    def is_familiar(
        self, account: AccountId, *, device: str | None, address_range: str, since: datetime
    ) -> bool:
        """Say whether a full sign-in came from this device, or from this range since then."""


# --- policy --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyText:
    """The files of a policy folder: names and whole texts, sorted by name."""

    files: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyVersion:
    """A numbered, stored policy; `pinned` holds it against the folder until unpinned."""

    number: int
    text: PolicyText
    author: str
    message: str
    at: datetime
    pinned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPolicy:
    """A change of the folder that loosens and waits for a publish (G9), or that has errors."""

    text: PolicyText
    why: tuple[str, ...]
    at: datetime


class Policies(Protocol):
    """Stored policy versions and which one is in force."""

    def active(self) -> PolicyVersion | None:
        """Give the version in force."""

    def active_number(self) -> int | None:
        """Give its number only; cheap."""

    def version(self, number: int) -> PolicyVersion | None:
        """Give one version."""

    def history(self) -> Sequence[PolicyVersion]:
        """Give all versions, newest first."""

    def publish(self, text: PolicyText, *, author: str, message: str, at: datetime) -> int:
        """Store a text as the next version and put it in force, in one transaction."""

    def pin(self, number: int) -> bool:
        """Put a stored version in force and hold it there; false when there is none."""

    def unpin(self) -> bool:
        """Let the folder rule again; false when nothing was pinned."""

    def hold(self, held: HeldPolicy | None) -> None:
        """Note the folder's change that is not in force, or that there is none."""

    def held(self) -> HeldPolicy | None:
        """Give the folder's change that is not in force."""


# --- throttle and one-time things ------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """So many attempts in so long a time."""

    attempts: int
    per: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserved:
    """An attempt was counted; a success gives this ticket back."""

    ticket: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Full:
    """No attempt is left; `wait` until one is."""

    wait: timedelta


class Attempts(Protocol):
    """Counted attempts, committed before the check they guard (G16)."""

    def reserve(self, lane: str, limits: Sequence[Limit], now: datetime) -> Reserved | Full:
        """Count an attempt in a lane if every limit leaves one; atomic."""

    def refund(self, ticket: str) -> None:
        """Take one counted attempt back."""

    def clear(self, prefix: str) -> int:
        """Forget the attempts of every lane that starts so; say how many."""


class OneTime(Protocol):
    """Values that can be taken once: ceremonies, links, pre-session forms."""

    def put(self, kind: str, key: str, payload: str, expires: datetime) -> None:
        """Store a payload under the hash of a token."""

    def peek(self, kind: str, key: str, now: datetime) -> str | None:
        """Give the payload and leave it."""

    def take(self, kind: str, key: str, now: datetime) -> str | None:
        """Give the payload and delete it, in one statement; None when gone or expired."""


# --- audit -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRecord:
    """A decision or an event.

    `kind` is `decision` or the event's word (`signed_in`, `password_changed`, ...); `details`
    are plain JSON values without secrets; `repeats` counts the cached permits of the same kind.
    """

    at: datetime
    kind: str
    request: str = ""
    site: str = ""
    account: str = ""
    client: str = ""
    outcome: str = ""
    reason: str = ""
    rule: str = ""
    method: str = ""
    path: str = ""
    version: int | None = None
    repeats: int = 0
    details: Mapping[str, object] = field(default_factory=dict)
    id: int | None = None  # set by the log


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """What to look for; a field that is None asks for nothing. Newest first, at most `most`."""

    after_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    kind: str | None = None
    account: str | None = None
    client: Address | None = None
    site: str | None = None
    outcome: str | None = None
    reason: str | None = None
    request: str | None = None
    path_prefix: str | None = None
    most: int = 100


class AuditLog(Protocol):
    """Decision records and events, kept in order."""

    def append(self, records: Sequence[AuditRecord]) -> None:
        """Keep records, in one transaction."""

    def search(self, wanted: AuditFilter) -> Sequence[AuditRecord]:
        """Give what fits, newest first."""


class Store(Protocol):
    """Everything that is kept; `epoch` is cheap enough to be asked on every request (G2)."""

    @property
    def accounts(self) -> Accounts:
        """Accounts and factors."""

    @property
    def sessions(self) -> Sessions:
        """Sessions."""

    @property
    def policies(self) -> Policies:
        """Policy versions."""

    @property
    def attempts(self) -> Attempts:
        """The throttle's counters."""

    @property
    def one_time(self) -> OneTime:
        """One-time values."""

    @property
    def audit(self) -> AuditLog:
        """The audit log."""

    def epoch(self) -> int:
        """Give the number that every write on which decisions depend has raised."""

    def together(self) -> AbstractContextManager[None]:
        """Make what this thread writes on accounts, sessions and policies one transaction.

        All of it counts at the end of the block, or nothing when the block raises. It is short,
        since other writers wait.
        """

    def close(self) -> None:
        """Let go of files and connections."""
