"""Accounts with what decisions see of them, their passwords and their code apps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gate.core.network import Allowlist
from gate.core.secret_text import Secret
from gate.core.subject import (
    Account,
    AccountId,
    AccountState,
    Method,
    Trial,
)


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
        ...

    def by_id(self, account: AccountId) -> Account | None:
        """Give an account."""
        ...

    def by_name(self, name: str) -> Account | None:
        """Give an account by its folded name."""
        ...

    def all(self) -> Sequence[Account]:
        """Give every account, by name."""
        ...

    def delete(self, account: AccountId) -> bool:
        """Delete an account with all that hangs on it; its name stays as a tombstone."""
        ...

    def set_state(self, account: AccountId, state: AccountState) -> None:
        """Enable, disable or lock; its sessions end either way, so that none comes back."""
        ...

    def set_profile(
        self, account: AccountId, *, display_name: str, email: str | None
    ) -> EmailTaken | None:
        """Change what the upstream is told, or nothing; `email` counts as verified."""
        ...

    def set_networks(self, account: AccountId, networks: Allowlist | None) -> None:
        """Replace the person's own allowlist and end its trial; None: no restriction."""
        ...

    def try_networks(self, account: AccountId, trial: Trial) -> None:
        """Begin a trial in the place of any other; the kept list stays what it is (G15)."""
        ...

    def keep_trial(self, account: AccountId, trial: str, now: datetime) -> bool:
        """Keep the list of a trial that runs, by one statement; false when it is over."""
        ...

    def end_trial(self, account: AccountId, trial: str) -> bool:
        """End a trial, so that the kept list counts; false when it is not there."""
        ...

    def end_trials(self, now: datetime) -> Sequence[Account]:
        """End every trial past its end; give the accounts as they are then."""
        ...

    def set_always_second_factor(self, account: AccountId, *, on: bool) -> None:
        """Switch the opt-up."""
        ...

    def password_hash(self, account: AccountId) -> Secret | None:
        """Give the encoded hash; None when the account has no password."""
        ...

    def password_set_at(self, account: AccountId) -> datetime | None:
        """Say when the password was set; None when the account has none."""
        ...

    def set_password_hash(self, account: AccountId, encoded: Secret, at: datetime) -> None:
        """Replace the password, a factor like the others; sessions are ended by the caller."""
        ...

    def upgrade_password_hash(self, account: AccountId, *, old: Secret, new: Secret) -> bool:
        """Re-encode the same password; false when it was changed meanwhile."""
        ...

    def totps(self, account: AccountId) -> Sequence[Totp]:
        """Give the account's code apps."""
        ...

    def add_totp(self, totp: Totp) -> None:
        """Add a confirmed code app."""
        ...

    def rename_totp(self, account: AccountId, totp: str, name: str) -> bool:
        """Call a code app otherwise; false when it is not there."""
        ...

    def remove_totp(self, account: AccountId, totp: str) -> bool:
        """Remove one; false when it is not there."""
        ...

    def accept_totp_step(self, totp: str, step: int, at: datetime) -> bool:
        """Consume a time step: true once for each step above the last accepted one."""
        ...

    def reset_factors(self, account: AccountId) -> bool:
        """End keys, code apps, recovery codes, links, sessions and familiar devices (G20).

        The password stays. False when there is no such account.
        """
        ...

    def admin_ever_existed(self) -> bool:
        """Say whether there has ever been an admin (T103)."""
        ...

    def remember_admin_existed(self) -> None:
        """Remember for ever that there was one."""
        ...
