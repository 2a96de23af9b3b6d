"""What a database says when it can't, in the words of `gate.core.errors`.

Messages name what is wrong and never the values of a statement: these are hashes and seals.
"""

from __future__ import annotations

import sqlite3
from typing import Final

from sqlalchemy.exc import DBAPIError, IntegrityError

from gate.core.errors import StoreCorrupt, StoreError, StoreUnavailable

_BROKEN: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_ADVICE: Final = {
    sqlite3.SQLITE_BUSY: "another process holds it; try again",
    sqlite3.SQLITE_LOCKED: "another process holds it; try again",
    sqlite3.SQLITE_FULL: "make room on the disk",
    sqlite3.SQLITE_READONLY: "let the gate's user write to the file and its folder",
    sqlite3.SQLITE_CANTOPEN: "let the gate's user open the file and its folder",
    sqlite3.SQLITE_IOERR: "look at the disk",
}
_PRIMARY: Final = 0xFF  # the low byte of an extended code, sqlite.org/rescode.html


def store_error(error: Exception) -> StoreError:
    """Give the error of the store that an error of SQLAlchemy, of a driver or of a file means."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    if isinstance(error, IntegrityError):
        return StoreCorrupt(f"a row does not fit what the store holds{_constraint(cause)}")
    if isinstance(cause, sqlite3.Error):
        return _of_sqlite(cause)
    return StoreUnavailable(f"the store can't be used: {cause}")


def _constraint(cause: BaseException) -> str:
    """Name the constraint; SQLite names columns only, other databases also show values."""
    return f": {cause}" if isinstance(cause, sqlite3.Error) else ""


def _of_sqlite(cause: sqlite3.Error) -> StoreError:
    code = getattr(cause, "sqlite_errorcode", 0) & _PRIMARY
    if code in _BROKEN:
        return StoreCorrupt(f"the database is damaged: {cause}; restore a backup")
    advice = _ADVICE.get(code)
    return StoreUnavailable(
        f"the store can't be used: {cause}; {advice}" if advice else f"the store failed: {cause}"
    )
