"""Sessions in a database: what they are in one file, when they were last seen in the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from gate.core.ports import FamiliarPlace
from gate.core.subject import AccountId, Parent, Session, SessionHash, SessionId
from gate.store.sql import rows
from gate.store.sql.accounts import ACCOUNT_COLUMNS
from gate.store.sql.database import Database
from gate.store.sql.places import PlaceRows
from gate.store.sql.schema import accounts, seen, sessions
from gate.store.sql.sweep import sweep
from gate.store.sql.times import micros

PARENTS: Final = sessions.alias("parents")
KEPT: Final = sessions.alias("kept")
SESSION: Final = sa.select(  # the columns of `rows.SessionRow` and of `rows.AccountRow`
    sessions.c.hash,
    sessions.c.id,
    sessions.c.host,
    sessions.c.proofs,
    sessions.c.created_at,
    sessions.c.last_seen,
    sessions.c.idle,
    sessions.c.absolute,
    sessions.c.address,
    sessions.c.browser,
    PARENTS.c.id,
    PARENTS.c.hash,
    PARENTS.c.last_seen,
    PARENTS.c.idle,
    PARENTS.c.absolute,
    *ACCOUNT_COLUMNS,
).select_from(
    sessions.join(accounts, sessions.c.account == accounts.c.id).outerjoin(
        PARENTS, sessions.c.parent == PARENTS.c.id
    )
)
IS_FIRST: Final = sessions.c.parent.is_(None)  # one a browser, its children end with it
NEWEST_FIRST: Final = (sessions.c.created_at.desc(), sessions.c.id.desc())


class SqlSessions:
    """Sessions by the hash of their token; a find joins the account as it is now."""

    def __init__(self, main: Database, live: Database) -> None:
        self._main: Final = main
        self._live: Final = live
        by_hash = sa.bindparam("hash", type_=sa.Text)
        self._by_hash: Final = main.prepare(SESSION.where(sessions.c.hash == by_hash))
        self._seen: Final = live.prepare(sa.select(seen.c.at).where(seen.c.session == by_hash))

    def find(self, session: SessionHash) -> Session | None:
        """Give a session with its account; whether time has ended it is for `decide`."""
        row = self._main.row(self._by_hash, {"hash": session})
        if row is None:
            return None
        last = self._live.row(self._seen, {"hash": rows.active_as(row)})
        return rows.session(row, None if last is None else last[0])

    def begin(self, session: Session) -> bool:
        """Store a new session; false, and nothing is stored, when its parent is gone.

        A parent that has another token by now is gone, too: whoever brought the old one was late.
        """
        with self._main.write() as connection:
            if session.parent is not None and not _is_there(connection, session.parent):
                return False
            connection.execute(sa.insert(sessions).values(rows.session_values(session)))
            return True

    def replace(self, old: SessionHash, session: Session) -> bool:
        """Store a session in place of another, in one transaction; false when `old` is gone.

        One with the same id keeps its children, any other one loses them.
        """
        values = rows.session_values(session)
        replaced = sessions.c.hash == old
        with self._main.write() as connection:
            kept = sa.update(sessions).where(replaced & (sessions.c.id == session.id))
            if connection.execute(kept.values(values).returning(sessions.c.id)).first() is not None:
                return True
            if _end(connection, replaced) == 0:
                return False
            connection.execute(sa.insert(sessions).values(values))
            return True

    def end(self, session: SessionHash) -> bool:
        """End a session with its children; false when there is none."""
        with self._main.write() as connection:
            return _end(connection, sessions.c.hash == session) == 1

    def end_by_id(self, account: AccountId, session: SessionId) -> bool:
        """End one session of an account with its children."""
        own = (sessions.c.account == account) & (sessions.c.id == session)
        with self._main.write() as connection:
            return _end(connection, own) == 1

    def end_all(self, account: AccountId, *, keep: SessionHash | None = None) -> int:
        """End an account's sessions but one, whose children end too; say how many browsers."""
        own = sessions.c.account == account
        family = sa.func.coalesce(KEPT.c.parent, KEPT.c.id)
        kept = sa.select(family).where(KEPT.c.hash == keep)
        with self._main.write() as connection:
            ended = _end(connection, own & IS_FIRST & sessions.c.id.not_in(kept))
            _end(connection, own & ~IS_FIRST & sessions.c.hash.is_distinct_from(keep))
            return ended

    def end_other_browsers(self, account: AccountId, family: SessionId) -> int:
        """End an account's sessions but those of one browser; say how many browsers."""
        others = (sessions.c.account == account) & IS_FIRST & (sessions.c.id != family)
        with self._main.write() as connection:
            return _end(connection, others)

    def of_account(self, account: AccountId) -> Sequence[Session]:
        """Give the account's sessions, newest first."""
        return self._list(SESSION.where(sessions.c.account == account))

    def all(self) -> Sequence[Session]:
        """Give every session, newest first."""
        return self._list(SESSION)

    def sweep(self, now: datetime) -> int:
        """Drop what time ended a minute ago and longer; raises no epoch."""
        return sweep(self._main, self._live, self.all(), now)

    def seen(self, session: SessionHash) -> datetime | None:
        """Re-read when a session was last active, over all processes."""
        found = self.find(session)
        return None if found is None else found.last_seen

    def touch(self, seen_at: Mapping[SessionHash, datetime]) -> None:
        """Note activity; never turns the time back and raises no epoch."""
        if not seen_at:
            return
        row = self._live.upsert(seen)
        later = row.on_conflict_do_update(
            index_elements=["session"],
            set_={"at": row.excluded.at},
            where=row.excluded.at > seen.c.at,
        )
        values = [{"session": session, "at": micros(at)} for session, at in seen_at.items()]
        with self._live.write() as connection:
            connection.execute(later, values)

    def remember_place(self, place: FamiliarPlace) -> None:
        """Note where a full sign-in came from."""
        PlaceRows(self._live).remember(place)

    def is_familiar(
        self, account: AccountId, *, device: str | None, address_range: str, since: datetime
    ) -> bool:
        """Say whether a full sign-in came from this device, or from this range since then."""
        places = PlaceRows(self._live)
        from_device = device is not None and places.has_device(account, device)
        return from_device or places.has_range(account, address_range, since)

    def _list(self, query: sa.Select[Any]) -> Sequence[Session]:
        with self._main.read() as connection:
            found = connection.execute(query.order_by(*NEWEST_FIRST)).all()
        with self._live.read() as connection:
            last: dict[str, int] = dict(connection.execute(sa.select(seen)).all())
        return tuple(rows.session(row, last.get(rows.active_as(row))) for row in map(tuple, found))


def _is_there(connection: sa.Connection, parent: Parent) -> bool:
    """Say whether a parent lives with that token, and keep it so until the transaction ends."""
    same = (sessions.c.id == parent.id) & (sessions.c.hash == parent.hash)
    wanted = sa.select(sessions.c.id).where(same)
    return connection.execute(wanted.with_for_update(key_share=True)).first() is not None


def _end(connection: sa.Connection, which: sa.ColumnElement[bool]) -> int:
    return len(
        connection.execute(sa.delete(sessions).where(which).returning(sessions.c.hash)).all()
    )
