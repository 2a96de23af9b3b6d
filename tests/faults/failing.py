"""Lets the n-th operation below the gate fail: a statement, a commit, a file that is touched (F3).

What is replaced are functions of the standard library, for as long as a `with` lasts; connections
that were opened before go on unharmed. A commit counts twice: it fails before anything is written,
and after everything is.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Self, override

FILE_OPERATIONS: Final = (
    (builtins, "open"),
    (io, "open"),
    (os, "open"),
    (os, "fsync"),
    (os, "rename"),
    (os, "replace"),
    (os, "link"),
    (os, "unlink"),
    (os, "mkdir"),
    (os, "fchmod"),
)


@dataclass(slots=True)
class Operations:
    """Counts operations, and lets one of them fail."""

    done: list[str] = field(default_factory=list)
    failed: str = ""
    _failing: int = 0

    @contextmanager
    def failing(self, number: int) -> Iterator[None]:
        """Count from 1 anew, and let the operation of a number fail."""
        self.done.clear()
        self.failed, self._failing = "", number
        try:
            yield
        finally:
            self._failing = 0

    def fails(self, name: str) -> bool:
        """Count an operation; say whether it is the one to fail."""
        if not self._failing:
            return False
        self.done.append(name)
        due = len(self.done) == self._failing
        if due:
            self.failed = f"operation {self._failing}, {name}"
        return due


class _Cursor(sqlite3.Cursor):
    connection: _Connection

    @override
    def execute(self, sql: str, parameters: Any = (), /) -> Self:
        self.connection.count(sql.split(maxsplit=1)[0])
        return super().execute(sql, parameters)

    @override
    def executemany(self, sql: str, parameters: Any, /) -> Self:
        self.connection.count(sql.split(maxsplit=1)[0])
        return super().executemany(sql, parameters)


class _Connection(sqlite3.Connection):
    operations: Operations

    def count(self, name: str) -> None:
        if self.operations.fails(name):
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = sqlite3.SQLITE_IOERR
            raise error

    @override
    def cursor(self, *_: Any) -> Any:
        return super().cursor(_Cursor)

    @override
    def commit(self) -> None:
        self.count("commit")
        super().commit()
        self.count("committed")


@contextmanager
def failing(operations: Operations) -> Iterator[None]:
    """Count what happens inside, and let the one that is due fail."""
    connect = sqlite3.connect

    def connected(*given: Any, **named: Any) -> sqlite3.Connection:
        if operations.fails("connect"):
            raise sqlite3.OperationalError("unable to open database file")
        connection: _Connection = connect(*given, **{**named, "factory": _Connection})
        connection.operations = operations
        return connection

    with ExitStack() as stack:
        stack.enter_context(_replaced(sqlite3, "connect", connected))
        for module, name in FILE_OPERATIONS:
            counted = _counted(getattr(module, name), name, operations)
            stack.enter_context(_replaced(module, name, counted))
        yield


def _counted[**P, T](function: Callable[P, T], name: str, operations: Operations) -> Callable[P, T]:
    def counted(*given: P.args, **named: P.kwargs) -> T:
        if operations.fails(name):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return function(*given, **named)

    return counted


@contextmanager
def _replaced(module: object, name: str, function: object) -> Iterator[None]:
    before = getattr(module, name)
    setattr(module, name, function)
    try:
        yield
    finally:
        setattr(module, name, before)
