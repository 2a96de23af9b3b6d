"""Accounts, passwords and code apps in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gate.core.errors import StoreCorrupt
from gate.core.network import Allowlist
from gate.core.ports import EmailTaken, NameTaken, Totp
from gate.core.secret_text import Secret
from gate.core.subject import Account, AccountId, AccountState, Trial
from gate.store.memory.tables import Tables


@dataclass(frozen=True, slots=True)
class MemoryAccounts:
    """Accounts with what decisions see of them, their passwords and their code apps."""

    _tables: Tables

    def add(self, account: Account, *, reuse: bool = False) -> Account | NameTaken:
        """Add an account under its id; `reuse` takes a deleted account's name."""
        with self._tables.lock:
            if self.by_name(account.name) is not None:
                return NameTaken()
            if account.name in self._tables.deleted_names and not reuse:
                return NameTaken()
            if self._email_taken(account.id, account.email):
                return EmailTaken()
            if account.id in self._tables.accounts:
                raise StoreCorrupt("the account's id is in use; ids are random and never reused")
            self._tables.deleted_names.discard(account.name)
            self._tables.accounts[account.id] = replace(account, factor_version=0, trial=None)
            self._tables.raise_epoch()
            return self._tables.existing(account.id)

    def by_id(self, account: AccountId) -> Account | None:
        """Give an account."""
        with self._tables.lock:
            return self._tables.account(account)

    def by_name(self, name: str) -> Account | None:
        """Give an account by its folded name."""
        return next((account for account in self.all() if account.name == name), None)

    def all(self) -> Sequence[Account]:
        """Give every account, by name."""
        with self._tables.lock:
            accounts = [self._tables.existing(account) for account in self._tables.accounts]
        return tuple(sorted(accounts, key=lambda account: account.name))

    def delete(self, account: AccountId) -> bool:
        """Delete an account with all that hangs on it; its name stays as a tombstone."""
        tables = self._tables
        with tables.lock:
            deleted = tables.accounts.pop(account, None)
            if deleted is None:
                return False
            tables.deleted_names.add(deleted.name)
            tables.passwords.pop(account, None)
            tables.passwords_set_at.pop(account, None)
            self._drop_factors(account)
            tables.raise_epoch()
            return True

    def set_state(self, account: AccountId, state: AccountState) -> None:
        """Enable, disable or lock; its sessions end either way, so that none comes back."""
        with self._tables.lock:
            kept = self._tables.accounts.get(account)
            if kept is None:
                return
            self._keep(replace(kept, state=state))
            self._end_sessions(account)
            if state is not AccountState.ENABLED:
                self._tables.factors_changed(account)

    def set_profile(
        self, account: AccountId, *, display_name: str, email: str | None
    ) -> EmailTaken | None:
        """Change what the upstream is told, or nothing; `email` counts as verified."""
        with self._tables.lock:
            kept = self._tables.accounts.get(account)
            if kept is None:
                return None
            if self._email_taken(account, email):
                return EmailTaken()
            self._keep(replace(kept, display_name=display_name, email=email))
            return None

    def set_networks(self, account: AccountId, networks: Allowlist | None) -> None:
        """Replace the person's own allowlist and end its trial; None: no restriction."""
        with self._tables.lock:
            kept = self._tables.accounts.get(account)
            if kept is not None:
                self._keep(replace(kept, networks=networks, trial=None))

    def try_networks(self, account: AccountId, trial: Trial) -> None:
        """Begin a trial in the place of any other; the kept list stays what it is (G15)."""
        with self._tables.lock:
            kept = self._tables.accounts.get(account)
            if kept is not None:
                self._keep(replace(kept, trial=trial))

    def keep_trial(self, account: AccountId, trial: str, now: datetime) -> bool:
        """Keep the list of a trial that runs; false when it is over."""
        with self._tables.lock:
            kept = self._tables.accounts.get(account)
            runs = None if kept is None else kept.trial_at(now)
            if kept is None or runs is None or runs.id != trial:
                return False
            self._keep(replace(kept, networks=runs.networks, trial=None))
            return True

    def end_trial(self, account: AccountId, trial: str) -> bool:
        """End a trial, so that the kept list counts; false when it is not there."""
        with self._tables.lock:
            kept = self._tables.accounts.get(account)
            if kept is None or kept.trial is None or kept.trial.id != trial:
                return False
            self._keep(replace(kept, trial=None))
            return True

    def end_trials(self, now: datetime) -> Sequence[Account]:
        """End every trial past its end; give the accounts as they are then."""
        with self._tables.lock:
            over = [each for each in self.all() if each.trial and not each.trial_at(now)]
            for account in over:
                self.end_trial(account.id, account.trial.id if account.trial else "")
            return tuple(self._tables.existing(account.id) for account in over)

    def set_always_second_factor(self, account: AccountId, *, on: bool) -> None:
        """Switch the opt-up."""
        with self._tables.lock:
            kept = self._tables.accounts.get(account)
            if kept is not None:
                self._keep(replace(kept, always_second_factor=on))

    def password_hash(self, account: AccountId) -> Secret | None:
        """Give the encoded hash; None when the account has no password."""
        return self._tables.passwords.get(account)

    def password_set_at(self, account: AccountId) -> datetime | None:
        """Say when the password was set; None when the account has none."""
        return self._tables.passwords_set_at.get(account)

    def set_password_hash(self, account: AccountId, encoded: Secret, at: datetime) -> None:
        """Replace the password; sessions are ended by the caller."""
        with self._tables.lock:
            self._tables.existing(account)
            self._tables.passwords[account] = encoded
            self._tables.passwords_set_at[account] = at
            self._tables.factors_changed(account)

    def upgrade_password_hash(self, account: AccountId, *, old: Secret, new: Secret) -> bool:
        """Re-encode the same password; false when it was changed meanwhile."""
        with self._tables.lock:
            if self._tables.passwords.get(account) != old:
                return False
            self._tables.passwords[account] = new
            return True

    def totps(self, account: AccountId) -> Sequence[Totp]:
        """Give the account's code apps, oldest first."""
        with self._tables.lock:
            found = [totp for totp in self._tables.totps.values() if totp.account == account]
        return tuple(sorted(found, key=lambda totp: (totp.added_at, totp.id)))

    def add_totp(self, totp: Totp) -> None:
        """Add a confirmed code app."""
        with self._tables.lock:
            self._tables.existing(totp.account)
            if totp.id in self._tables.totps:
                raise StoreCorrupt("the code app's id is in use; ids are random")
            self._tables.totps[totp.id] = totp
            self._tables.factors_changed(totp.account)

    def rename_totp(self, account: AccountId, totp: str, name: str) -> bool:
        """Call a code app otherwise; false when it is not there."""
        with self._tables.lock:
            kept = self._tables.totps.get(totp)
            if kept is None or kept.account != account:
                return False
            self._tables.totps[totp] = replace(kept, name=name)
            return True

    def remove_totp(self, account: AccountId, totp: str) -> bool:
        """Remove one; false when it is not there."""
        with self._tables.lock:
            kept = self._tables.totps.get(totp)
            if kept is None or kept.account != account:
                return False
            del self._tables.totps[totp]
            self._tables.factors_changed(account)
            return True

    def accept_totp_step(self, totp: str, step: int, at: datetime) -> bool:
        """Consume a time step: true once for each step above the last accepted one."""
        with self._tables.lock:
            kept = self._tables.totps.get(totp)
            if kept is None or step <= kept.last_step:
                return False
            self._tables.totps[totp] = replace(kept, last_step=step, last_used=at)
            return True

    def reset_factors(self, account: AccountId) -> bool:
        """End keys, code apps, recovery codes, links, sessions and familiar devices (G20)."""
        with self._tables.lock:
            if account not in self._tables.accounts:
                return False
            self._drop_factors(account)
            self._tables.factors_changed(account)
            return True

    def admin_ever_existed(self) -> bool:
        """Say whether there has ever been an admin (T103)."""
        return self._tables.admin_existed

    def remember_admin_existed(self) -> None:
        """Remember for ever that there was one."""
        self._tables.admin_existed = True

    def _keep(self, account: Account) -> None:
        self._tables.accounts[account.id] = account
        self._tables.raise_epoch()

    def _drop_factors(self, account: AccountId) -> None:
        """Remove all that proves or has proved a second factor."""
        tables = self._tables
        tables.totps = {i: totp for i, totp in tables.totps.items() if totp.account != account}
        tables.keys = {i: key for i, key in tables.keys.items() if key.account != account}
        tables.links = {h: link for h, link in tables.links.items() if link.account != account}
        tables.places = [place for place in tables.places if place.account != account]
        tables.recovery_codes.pop(account, None)
        self._end_sessions(account)

    def _end_sessions(self, account: AccountId) -> None:
        sessions = self._tables.sessions.items()
        self._tables.drop_sessions({key for key, held in sessions if held.account.id == account})

    def _email_taken(self, account: AccountId, email: str | None) -> bool:
        if email is None:
            return False
        others = (other for other in self._tables.accounts.values() if other.id != account)
        return any((other.email or "").lower() == email.lower() for other in others)
