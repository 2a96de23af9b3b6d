"""Sessions in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gate.core.errors import StoreCorrupt
from gate.core.ports import FamiliarPlace
from gate.core.subject import AccountId, Parent, Session, SessionHash, SessionId
from gate.store.memory.tables import Tables
from gate.store.retention import PLACE_LIFE, SWEEP_GRACE


@dataclass(frozen=True, slots=True)
class MemorySessions:
    """Sessions by the hash of their token; a find joins the account as it is now."""

    _tables: Tables

    def find(self, session: SessionHash) -> Session | None:
        """Give a session with its account; whether time has ended it is for `decide`."""
        with self._tables.lock:
            held = self._tables.sessions.get(session)
            return None if held is None else self._as_it_is_now(held)

    def begin(self, session: Session) -> bool:
        """Store a new session; false, and nothing is stored, when its parent is gone.

        A parent that has another token by now is gone, too: whoever brought the old one was late.
        """
        with self._tables.lock:
            if session.parent is not None and session.parent.hash not in self._tables.sessions:
                return False
            self._keep(session)
            self._tables.raise_epoch()
            return True

    def replace(self, old: SessionHash, session: Session) -> bool:
        """Store a session in place of another, in one transaction; false when `old` is gone.

        One with the same id keeps its children, any other one loses them.
        """
        tables = self._tables
        with tables.lock:
            if old not in tables.sessions:
                return False
            replaced = tables.sessions.pop(old)
            try:
                self._keep(session)
            except StoreCorrupt:
                tables.sessions[old] = replaced
                raise
            tables.seen.pop(old, None)
            if replaced.id != session.id:
                held = tables.sessions.values()
                tables.drop_sessions({each.hash for each in held if each.family == replaced.id})
            tables.raise_epoch()
            return True

    def end(self, session: SessionHash) -> bool:
        """End a session with its children; false when there is none."""
        with self._tables.lock:
            return self._end({session}) == 1

    def end_by_id(self, account: AccountId, session: SessionId) -> bool:
        """End one session of an account with its children."""
        with self._tables.lock:
            return self._end({s.hash for s in self._held_by(account) if s.id == session}) == 1

    def end_all(self, account: AccountId, *, keep: SessionHash | None = None) -> int:
        """End an account's sessions but one, whose children end too; say how many browsers."""
        with self._tables.lock:
            kept = self._tables.sessions.get(keep) if keep else None
            family = None if kept is None else kept.family
            held = self._held_by(account)
            children = {s.hash for s in held if s.parent is not None and s.hash != keep}
            self._end(children)
            return self._end({s.hash for s in held if s.parent is None and s.id != family})

    def end_other_browsers(self, account: AccountId, family: SessionId) -> int:
        """End an account's sessions but those of one browser; say how many browsers."""
        with self._tables.lock:
            held = self._held_by(account)
            return self._end({s.hash for s in held if s.parent is None and s.id != family})

    def of_account(self, account: AccountId) -> Sequence[Session]:
        """Give the account's sessions, newest first."""
        return tuple(session for session in self.all() if session.account.id == account)

    def all(self) -> Sequence[Session]:
        """Give every session, newest first."""
        with self._tables.lock:
            held = [self._as_it_is_now(session) for session in self._tables.sessions.values()]
        return tuple(sorted(held, key=lambda s: (s.created_at, s.id), reverse=True))

    def sweep(self, now: datetime) -> int:
        """Drop what time ended a minute ago and longer; raises no epoch."""
        tables = self._tables
        with tables.lock:
            gone = {session.hash for session in self.all() if session.ends_at + SWEEP_GRACE <= now}
            tables.attempts = {t: a for t, a in tables.attempts.items() if a.until > now}
            tables.one_time = {k: v for k, v in tables.one_time.items() if v.expires > now}
            tables.places = [place for place in tables.places if place.at + PLACE_LIFE > now]
            tables.links = {h: link for h, link in tables.links.items() if link.expires > now}
            return tables.drop_sessions(gone)

    def seen(self, session: SessionHash) -> datetime | None:
        """Re-read when a session was last active, over all processes."""
        found = self.find(session)
        return None if found is None else found.last_seen

    def touch(self, seen: Mapping[SessionHash, datetime]) -> None:
        """Note activity; never turns the time back and raises no epoch."""
        with self._tables.lock:
            for session, at in seen.items():
                if session in self._tables.sessions:
                    self._tables.seen[session] = max(at, self._tables.seen.get(session, at))

    def remember_place(self, place: FamiliarPlace) -> None:
        """Note where a full sign-in came from."""
        with self._tables.lock:
            self._tables.places.append(place)

    def is_familiar(
        self, account: AccountId, *, device: str | None, address_range: str, since: datetime
    ) -> bool:
        """Say whether a full sign-in came from this device, or from this range since then."""
        with self._tables.lock:
            places = [place for place in self._tables.places if place.account == account]
        from_device = device is not None and any(place.device == device for place in places)
        return from_device or any(
            place.address_range == address_range and place.at >= since for place in places
        )

    def _as_it_is_now(self, held: Session) -> Session:
        tables = self._tables
        first = tables.parent_of(held) or held
        parent = None if first is held else Parent(id=first.id, hash=first.hash)
        seen = tables.seen.get(first.hash, first.last_seen)
        return replace(
            held,
            account=tables.existing(held.account.id),
            parent=parent,
            last_seen=max(held.last_seen, first.last_seen, seen),
            limits=held.limits.tightened(first.limits),
        )

    def _held_by(self, account: AccountId) -> list[Session]:
        return [held for held in self._tables.sessions.values() if held.account.id == account]

    def _keep(self, session: Session) -> None:
        self._tables.existing(session.account.id)
        held = self._tables.sessions.values()
        if any(session.hash == other.hash or session.id == other.id for other in held):
            raise StoreCorrupt("the session's token or id is in use; both are random")
        self._tables.sessions[session.hash] = session

    def _end(self, hashes: set[SessionHash]) -> int:
        ended = self._tables.drop_sessions(hashes)
        if ended:
            self._tables.raise_epoch()
        return ended
