"""What an operator does with accounts at the terminal; each act is an event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from gate.core.located import Problems
from gate.core.network import Allowlist, parse_allowlist
from gate.core.ports import Clock, EmailTaken, NameTaken, Store, Totp
from gate.core.secret_text import Secret
from gate.core.subject import Account, AccountId, AccountState, Session, SessionId
from gate.factors import password as password_factor
from gate.factors.password import MAX_LENGTH, Profile, TooWeak
from gate.service.audit import Events
from gate.service.names import NAME_RULE, folded_name, is_email
from gate.service.throttle import Throttle
from gate.service.tokens import new_id

LONGEST_TEXT: Final = 128  # characters of a display name


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Why an act was not done, for the operator; what to do after a semicolon."""

    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """An account to add; a password comes as text or as an encoded hash, never both.

    `totp` is the seed of a code app, `totp_step` the time step whose code confirmed it.
    """

    name: str
    password: Secret | None = None
    password_hash: Secret | None = None
    totp: Secret | None = None
    totp_step: int = 0
    networks: str = ""
    display_name: str = ""
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """The use cases of `gate account` and `gate session`."""

    store: Store
    clock: Clock
    profile: Profile
    throttle: Throttle
    events: Events

    def by_name(self, name: str) -> Account | Refused:
        """Give an account, or say which name was meant."""
        folded = folded_name(name)
        account = self.store.accounts.by_name(folded) if folded else None
        if account is None:
            return Refused(message=f"no account is called `{name}`; see `gate account list`")
        return account

    def problems_of(self, new: NewAccount) -> str | None:
        """Say what keeps an account from being added, without adding it."""
        if folded_name(new.name) is None:
            return f"`{new.name}` can't be an account name; use {NAME_RULE}"
        if problem := self._secret_problem(new):
            return problem
        if not new.display_name.isprintable() or len(new.display_name) > LONGEST_TEXT:
            return (
                f"the display name of `{new.name}` is no line of text; write a shorter, plain one"
            )
        if new.email is not None and not is_email(new.email):
            return f"`{new.email}` is no e-mail address; write such as alice@example.com"
        parsed = parse_allowlist(new.networks)
        if isinstance(parsed, Problems):
            first = parsed.items[0]
            return f"networks of `{new.name}`, line {first.at.line}: {first.message}"
        return None

    def _secret_problem(self, new: NewAccount) -> str | None:
        if new.password is not None and not _is_usable(new.password):
            return f"the password of `{new.name}` is empty or too long; write 1 to 1,024 characters"
        if new.password_hash and not password_factor.is_supported(new.password_hash.reveal()):
            return (
                f"the password hash of `{new.name}` is of an unknown kind or too dear;"
                " use argon2 or bcrypt"
            )
        return None

    def weaknesses(self, new: NewAccount) -> tuple[str, ...]:
        """Say what makes a password given as text easy to guess; nothing when it is fine."""
        if new.password is None:
            return ()
        known = [word for word in (new.name, new.display_name, new.email or "") if word]
        judged = password_factor.strength(new.password, known, second_factor=new.totp is not None)
        return judged.words if isinstance(judged, TooWeak) else ()

    def hashed(self, new: NewAccount) -> NewAccount:
        """Give the account with a hash in place of a password that was given as text."""
        if new.password is None:
            return new
        encoded = Secret(password_factor.hash_password(new.password, self.profile))
        return replace(new, password=None, password_hash=encoded)

    def add(self, new: NewAccount, *, reuse: bool = False) -> Account | Refused:
        """Add an account with what came along, all of it or nothing."""
        if problem := self.problems_of(new):
            return Refused(message=problem)
        hashed = self.hashed(new)  # dear, so before others wait
        with self.store.together():
            return self.put_new(hashed, reuse=reuse)

    def put_new(self, new: NewAccount, *, reuse: bool = False) -> Account | Refused:
        """Add an account without problems; the caller makes it one transaction."""
        name = folded_name(new.name) or ""
        account = Account(
            id=AccountId(new_id()),
            name=name,
            display_name=new.display_name,
            email=new.email,
            networks=_allowlist(new.networks),
        )
        added = self.store.accounts.add(account, reuse=reuse)
        if isinstance(added, EmailTaken):
            return _email_taken(new)
        if isinstance(added, NameTaken):
            return Refused(
                message=f"the name `{name}` is taken, or was once; a deleted name needs --reuse"
            )
        self._give_factors(added, new)
        self.events.note_from_terminal("account_added", name)
        return self.store.accounts.by_id(added.id) or added

    def put_update(self, account: Account, new: NewAccount) -> Refused | None:
        """Replace what came along, leave the rest; a new password or code app ends sessions.

        What came along has no problems; the caller makes it one transaction.
        """
        changed = self.store.accounts.set_profile(
            account.id,
            display_name=new.display_name or account.display_name,
            email=new.email or account.email,
        )
        if changed is not None:
            return _email_taken(new)
        self._give_factors(account, new)
        if new.networks:
            self.store.accounts.set_networks(account.id, _allowlist(new.networks))
        if new.password or new.password_hash or new.totp:
            self.store.sessions.end_all(account.id)
        self.events.note_from_terminal("account_updated", account.name)
        return None

    def set_state(self, account: Account, state: AccountState) -> None:
        """Enable, disable or lock; anything but enabled ends the account's sessions at once."""
        self.store.accounts.set_state(account.id, state)
        self.events.note_from_terminal(f"account_{state}", account.name)

    def unlock(self, account: Account) -> None:
        """Enable an account and forget its wrong guesses."""
        self.throttle.clear(account.name, account.id)
        if account.state is AccountState.LOCKED:
            self.store.accounts.set_state(account.id, AccountState.ENABLED)
        self.events.note_from_terminal("account_unlocked", account.name)

    def delete(self, account: Account) -> None:
        """Delete an account; its name stays taken."""
        self.store.accounts.delete(account.id)
        self.events.note_from_terminal("account_deleted", account.name)

    def reset_factors(self, account: Account) -> None:
        """End keys, code apps, recovery codes, links and sessions; the password stays (G20)."""
        self.store.accounts.reset_factors(account.id)
        self.events.note_from_terminal("factors_reset", account.name)

    def set_networks(self, account: Account, networks: Allowlist | None) -> None:
        """Replace an account's own allowlist; it counts on the next request."""
        wanted = networks if networks and networks.entries else None
        self.store.accounts.set_networks(account.id, wanted)
        written = [str(network) for network in wanted.networks] if wanted else []
        self.events.note_from_terminal("networks_changed", account.name, {"networks": written})

    def end_session(self, account: Account, session: SessionId) -> bool:
        """End one session; false when there is none."""
        ended = self.store.sessions.end_by_id(account.id, session)
        if ended:
            self.events.note_from_terminal("session_ended", account.name, {"session": session})
        return ended

    def end_sessions(self, account: Account) -> int:
        """End all sessions of an account; say how many."""
        ended = self.store.sessions.end_all(account.id)
        self.events.note_from_terminal("sessions_ended", account.name, {"count": ended})
        return ended

    def all_sessions(self) -> Sequence[Session]:
        """Give every session that time has not ended, children too."""
        now = self.clock.now()
        return [session for session in self.store.sessions.all() if session.ends_at > now]

    def _give_factors(self, account: Account, new: NewAccount) -> None:
        encoded = self.hashed(new).password_hash
        if encoded is not None:
            self.store.accounts.set_password_hash(account.id, encoded, self.clock.now())
        if new.totp is not None:
            for existing in self.store.accounts.totps(account.id):
                self.store.accounts.remove_totp(account.id, existing.id)
            self.store.accounts.add_totp(
                Totp(
                    id=new_id(),
                    account=account.id,
                    name="code app",
                    secret=new.totp,
                    last_step=new.totp_step,
                    added_at=self.clock.now(),
                )
            )


def _is_usable(password: Secret) -> bool:
    """Say whether a text can be hashed as a password."""
    text = password.reveal()
    return 0 < len(text) <= MAX_LENGTH and text.encode("utf-8", "ignore").decode() == text


def _email_taken(new: NewAccount) -> Refused:
    return Refused(
        message=f"the address `{new.email}` belongs to another account; give each its own"
    )


def _allowlist(text: str) -> Allowlist | None:
    parsed = parse_allowlist(text)
    return None if isinstance(parsed, Problems) or not parsed.entries else parsed
