"""What a database says when it can't."""

from __future__ import annotations

import sqlite3

import pytest
from sqlalchemy.exc import ArgumentError, IntegrityError, OperationalError

from gate.core.errors import StoreCorrupt, StoreUnavailable
from gate.store.sql.failures import store_error


def sqlite_error(code: int, message: str = "what SQLite says") -> sqlite3.Error:
    error = sqlite3.OperationalError(message)
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("code", "words"),
    [
        pytest.param(sqlite3.SQLITE_BUSY, "another process holds it", id="f5-busy"),
        pytest.param(sqlite3.SQLITE_BUSY_SNAPSHOT, "another process holds it", id="f5-snapshot"),
        pytest.param(sqlite3.SQLITE_FULL, "make room on the disk", id="f4-full"),
        pytest.param(sqlite3.SQLITE_READONLY, "let the gate's user write", id="f6-readonly"),
        pytest.param(sqlite3.SQLITE_CANTOPEN, "let the gate's user open", id="f6-gone"),
        pytest.param(sqlite3.SQLITE_IOERR_WRITE, "look at the disk", id="f3-write"),
        pytest.param(sqlite3.SQLITE_ERROR, "what SQLite says", id="anything else"),
    ],
)
def test_a_database_that_can_not_is_unavailable(code: int, words: str) -> None:
    error = store_error(OperationalError("SELECT", {}, sqlite_error(code)))
    assert isinstance(error, StoreUnavailable)
    assert words in str(error)


@pytest.mark.parametrize("code", [sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB])
def test_f6_a_damaged_database_is_corrupt(code: int) -> None:
    assert isinstance(store_error(sqlite_error(code)), StoreCorrupt)


def test_a_row_that_does_not_fit_is_corrupt() -> None:
    failed = sqlite3.IntegrityError("UNIQUE constraint failed: sessions.hash")
    error = store_error(IntegrityError("INSERT", {}, failed))
    assert isinstance(error, StoreCorrupt)
    assert "sessions.hash" in str(error)


def test_t71_values_of_a_row_that_does_not_fit_stay_unsaid() -> None:
    failed = Exception("duplicate key; Key (hash)=(5e884898) already exists")
    assert "5e884898" not in str(store_error(IntegrityError("INSERT", {}, failed)))


def test_other_errors_are_unavailable_too() -> None:
    assert isinstance(store_error(OSError("no space")), StoreUnavailable)
    assert isinstance(store_error(ArgumentError("odd")), StoreUnavailable)
