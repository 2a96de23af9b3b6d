"""A store that fails or hangs where a test says so, around a store that works.

    BrokenStore(MemoryStore(), fail_on={"sessions.find"})
    BrokenStore(store, fail_on={"epoch"}, from_call=3)      the third call and every later one
    BrokenStore(store, hang_on={"audit.append"})            waits for `release`, then goes on
    BrokenStore(store, rivals={"sessions.end": act})        somebody acts just before, once

Names are `PART.METHOD` of `gate.core.ports`; `epoch`, `together` and `close` stand alone, and `*`
means every call. `calls` lists what was called, in order; calls count together over all names that
fail.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Final, cast

from gate.core.errors import StoreUnavailable
from gate.core.ports import (
    Accounts,
    Attempts,
    AuditLog,
    Keys,
    Links,
    OneTime,
    Policies,
    RecoveryCodes,
    Sessions,
    Store,
)

LONGEST_HANG: Final = 30.0  # seconds; a test that forgets to release still ends


@dataclass(slots=True)
class _Part:
    """One part of the store; each of its methods passes the gate of the broken store first."""

    _name: str
    _whole: object
    _before: Callable[[str], None]

    def __getattr__(self, method: str) -> object:
        inner = getattr(self._whole, method)

        def call(*args: object, **kwargs: object) -> object:
            self._before(f"{self._name}.{method}")
            return inner(*args, **kwargs)

        return call


@dataclass(slots=True)
class BrokenStore:
    """A `Store` that raises `StoreUnavailable`, or `error`, at the named calls."""

    store: Store
    fail_on: Collection[str] = frozenset()
    hang_on: Collection[str] = frozenset()
    from_call: int = 1  # the first of the failing calls, counted from one
    rivals: dict[str, Callable[[], object]] = field(default_factory=dict[str, Callable[[], object]])
    error: Exception = field(default_factory=lambda: StoreUnavailable("the store was broken"))
    calls: list[str] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)
    _counted: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def accounts(self) -> Accounts:
        return cast(Accounts, _Part("accounts", self.store.accounts, self._before))

    @property
    def keys(self) -> Keys:
        return cast(Keys, _Part("keys", self.store.keys, self._before))

    @property
    def recovery_codes(self) -> RecoveryCodes:
        whole = self.store.recovery_codes
        return cast(RecoveryCodes, _Part("recovery_codes", whole, self._before))

    @property
    def links(self) -> Links:
        return cast(Links, _Part("links", self.store.links, self._before))

    @property
    def sessions(self) -> Sessions:
        return cast(Sessions, _Part("sessions", self.store.sessions, self._before))

    @property
    def policies(self) -> Policies:
        return cast(Policies, _Part("policies", self.store.policies, self._before))

    @property
    def attempts(self) -> Attempts:
        return cast(Attempts, _Part("attempts", self.store.attempts, self._before))

    @property
    def one_time(self) -> OneTime:
        return cast(OneTime, _Part("one_time", self.store.one_time, self._before))

    @property
    def audit(self) -> AuditLog:
        return cast(AuditLog, _Part("audit", self.store.audit, self._before))

    def epoch(self) -> int:
        self._before("epoch")
        return self.store.epoch()

    def together(self) -> AbstractContextManager[None]:
        self._before("together")
        return self.store.together()

    def close(self) -> None:
        self._before("close")
        self.store.close()

    def mend(self) -> None:
        """Let every call through from now on, those that hang included."""
        self.fail_on = self.hang_on = frozenset()
        self.release.set()

    def _before(self, name: str) -> None:
        with self._lock:
            self.calls.append(name)
            fails = _named(name, self.fail_on)
            self._counted += fails
            fails = fails and self._counted >= self.from_call
            rival = self.rivals.pop(name, None)
        if rival is not None:
            rival()
        if _named(name, self.hang_on):
            self.release.wait(LONGEST_HANG)
        if fails:
            raise self.error


def _named(name: str, names: Collection[str]) -> bool:
    return "*" in names or name in names
