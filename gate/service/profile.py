"""What a person is called: the name that pages show and that the site is told.

It is no identity: the site is told the account's own name beside it.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from gate.core.ports import Store
from gate.core.subject import Session
from gate.service.accounts import LONGEST_TEXT
from gate.service.audit import Events
from gate.service.visitor import Visitor

LONGEST: Final = LONGEST_TEXT  # characters


class DisplayNameProblem(StrEnum):
    """Why a name was not taken."""

    TOO_LONG = "too_long"
    UNREADABLE = "unreadable"
    SESSION_ENDED = "session_ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The use case of the settings page."""

    store: Store
    events: Events

    def rename(self, session: Session, typed: str, visitor: Visitor) -> str | DisplayNameProblem:
        """Call the account's person otherwise; an empty name leaves the account's own."""
        name = display_name(typed)
        if isinstance(name, DisplayNameProblem):
            return name
        with self.store.together():
            account = self.store.accounts.by_id(session.account.id)
            if account is None or self.store.sessions.find(session.hash) is None:
                return DisplayNameProblem.SESSION_ENDED
            if account.display_name == name:
                return name
            self.store.accounts.set_profile(account.id, display_name=name, email=account.email)
        self.events.note("account_renamed", visitor, account, display_name=name)
        return name


def display_name(typed: str) -> str | DisplayNameProblem:
    """Give a name in its one spelling."""
    name = " ".join(unicodedata.normalize("NFC", typed).split())
    if len(name) > LONGEST:
        return DisplayNameProblem.TOO_LONG
    return name if name.isprintable() else DisplayNameProblem.UNREADABLE
