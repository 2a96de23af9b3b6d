"""What happened to an account, for the person whose it is: newest first, a part at a time.

A name that belonged to another account before says nothing of that one: the history of a name
begins after the last deletion (G10).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gate.core.ports import REQUEST_KINDS, AuditFilter, AuditLog, AuditRecord
from gate.core.subject import Account

MOST: Final = 50  # events of one part
MOST_AT_ONCE: Final = 10_000  # events of a file
DELETED: Final = "account_deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which events: of these kinds, from `since` on, before `until`, and before another event.

    Without kinds it is all but single requests.
    """

    kinds: frozenset[str] | None
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some events, newest first; `older` leads to those that come next, None: there are none."""

    events: Sequence[AuditRecord]
    older: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Looks up an account's own events."""

    log: AuditLog

    def part(self, account: Account, wanted: Wanted, *, most: int = MOST) -> Part:
        """Give the newest events that fit, `most` at the most."""
        found = self.log.search(
            AuditFilter(
                account=account.name,
                kinds=wanted.kinds,
                without=REQUEST_KINDS,
                since=wanted.since,
                until=wanted.until,
                before_id=wanted.before,
                after_id=self._deleted(account),
                most=most + 1,
            )
        )
        events = found[:most]
        return Part(events=events, older=events[-1].id if len(found) > most else None)

    def _deleted(self, account: Account) -> int | None:
        """Give the event after which the account's name is its own."""
        deleted = self.log.search(AuditFilter(account=account.name, kind=DELETED, most=1))
        return deleted[0].id if deleted else None
