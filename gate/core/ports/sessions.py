"""Sessions by the hash of their token, and the places of full sign-ins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gate.core.subject import (
    AccountId,
    Session,
    SessionHash,
    SessionId,
)


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
        ...

    def begin(self, session: Session) -> bool:
        """Store a new session; false, and nothing is stored, when its parent is gone.

        A parent that has another token by now is gone, too: whoever brought the old one was late.
        """
        ...

    def replace(self, old: SessionHash, session: Session) -> bool:
        """Store a session in place of another, in one transaction; false when `old` is gone.

        One with the same id keeps its children, any other one loses them.
        """
        ...

    def end(self, session: SessionHash) -> bool:
        """End a session with its children; false when there is none."""
        ...

    def end_by_id(self, account: AccountId, session: SessionId) -> bool:
        """End one session of an account with its children."""
        ...

    def end_all(self, account: AccountId, *, keep: SessionHash | None = None) -> int:
        """End an account's sessions but one, whose children end too; say how many browsers.

        The parent of a child that is kept is kept with it; it is the same browser.
        """
        ...

    def end_other_browsers(self, account: AccountId, family: SessionId) -> int:
        """End an account's sessions but those of one browser; say how many browsers."""
        ...

    def of_account(self, account: AccountId) -> Sequence[Session]:
        """Give the account's sessions, newest first."""
        ...

    def all(self) -> Sequence[Session]:
        """Give every session."""
        ...

    def sweep(self, now: datetime) -> int:
        """Drop what time ended a minute ago and longer; raises no epoch."""
        ...

    def seen(self, session: SessionHash) -> datetime | None:
        """Re-read when a session was last active, over all processes."""
        ...

    def touch(self, seen: Mapping[SessionHash, datetime]) -> None:
        """Note activity; never turns the time back and raises no epoch."""
        ...

    def remember_place(self, place: FamiliarPlace) -> None:
        """Note where a full sign-in came from."""
        ...

    def is_familiar(
        self, account: AccountId, *, device: str | None, address_range: str, since: datetime
    ) -> bool:
        """Say whether a full sign-in came from this device, or from this range since then."""
        ...
