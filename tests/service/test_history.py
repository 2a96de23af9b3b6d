"""An account's own events: newest first, a part at a time, and nobody else's."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from gate.core.ports import AuditRecord
from gate.core.subject import Account, AccountId
from gate.service.history import History, Part, Wanted
from gate.store.memory import MemoryStore
from tests.support.store_values import NOON

ALICE = Account(id=AccountId("id-of-alice"), name="alice")
SEEN = frozenset({"signed_in", "signed_out"})


@dataclass
class Diary:
    """A log, and the history that is read from it."""

    store: MemoryStore = field(default_factory=MemoryStore)

    def happened(self, kind: str, account: str = "alice", minute: int = 0) -> None:
        """Write an event down."""
        at = NOON + timedelta(minutes=minute)
        self.store.audit.append([AuditRecord(at=at, kind=kind, account=account)])

    def part(self, wanted: Wanted, most: int = 50) -> Part:
        """Give a part of Alice's history."""
        return History(log=self.store.audit).part(ALICE, wanted, most=most)

    def kinds(self, wanted: Wanted) -> list[str]:
        """Give what of it happened."""
        return [event.kind for event in self.part(wanted).events]


def test_it_holds_the_kinds_that_are_wanted_newest_first() -> None:
    diary = Diary()
    for kind in ("signed_in", "decision", "signed_out"):
        diary.happened(kind)
    assert diary.kinds(Wanted(kinds=SEEN)) == ["signed_out", "signed_in"]


def test_it_holds_nothing_of_anybody_else() -> None:
    diary = Diary()
    diary.happened("signed_in", "bob")
    assert diary.kinds(Wanted(kinds=SEEN)) == []


def test_older_events_come_part_by_part_until_there_are_none() -> None:
    diary = Diary()
    for minute in range(5):
        diary.happened("signed_in", minute=minute)
    parts, before = [], None
    while True:
        part = diary.part(Wanted(kinds=SEEN, before=before), most=2)
        parts.append([event.at for event in part.events])
        before = part.older
        if before is None:
            break
    ago = [NOON + timedelta(minutes=minute) for minute in (4, 3, 2, 1, 0)]
    assert parts == [ago[:2], ago[2:4], ago[4:]]


def test_a_part_that_holds_the_last_event_leads_nowhere() -> None:
    diary = Diary()
    for _ in range(2):
        diary.happened("signed_in")
    assert diary.part(Wanted(kinds=SEEN), most=2).older is None


def test_a_time_begins_with_its_first_moment_and_ends_before_its_last() -> None:
    diary = Diary()
    for minute in range(3):
        diary.happened("signed_in", minute=minute)
    since, until = NOON + timedelta(minutes=1), NOON + timedelta(minutes=2)
    found = diary.part(Wanted(kinds=SEEN, since=since, until=until)).events
    assert [event.at for event in found] == [since]


def test_g10_a_name_that_is_used_again_tells_nothing_of_its_former_owner() -> None:
    diary = Diary()
    diary.happened("signed_in")
    diary.happened("account_deleted", "bob")
    assert diary.kinds(Wanted(kinds=SEEN)) == ["signed_in"]
    diary.happened("account_deleted")
    diary.happened("signed_out")
    assert diary.kinds(Wanted(kinds=SEEN)) == ["signed_out"]
