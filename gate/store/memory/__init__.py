"""A store in memory: the fake that is shipped, for tests and for trying things out.

It keeps every promise of the ports, the epoch included, for the threads of one process.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from gate.store.memory.accounts import MemoryAccounts
from gate.store.memory.attempts import MemoryAttempts
from gate.store.memory.audit import MemoryAudit
from gate.store.memory.keys import MemoryKeys
from gate.store.memory.links import MemoryLinks
from gate.store.memory.one_time import MemoryOneTime
from gate.store.memory.policies import MemoryPolicies
from gate.store.memory.recovery import MemoryRecoveryCodes
from gate.store.memory.sessions import MemorySessions
from gate.store.memory.tables import Tables


@dataclass(frozen=True, slots=True)
class MemoryStore:
    """Everything that is kept, until the process ends."""

    _tables: Tables = field(default_factory=Tables)

    @property
    def accounts(self) -> MemoryAccounts:
        """Accounts and factors."""
        return MemoryAccounts(self._tables)

    @property
    def keys(self) -> MemoryKeys:
        """Security keys."""
        return MemoryKeys(self._tables)

    @property
    def recovery_codes(self) -> MemoryRecoveryCodes:
        """Recovery codes."""
        return MemoryRecoveryCodes(self._tables)

    @property
    def links(self) -> MemoryLinks:
        """One-time links."""
        return MemoryLinks(self._tables)

    @property
    def sessions(self) -> MemorySessions:
        """Sessions."""
        return MemorySessions(self._tables)

    @property
    def policies(self) -> MemoryPolicies:
        """Policy versions."""
        return MemoryPolicies(self._tables)

    @property
    def attempts(self) -> MemoryAttempts:
        """The throttle's counters."""
        return MemoryAttempts(self._tables)

    @property
    def one_time(self) -> MemoryOneTime:
        """One-time values."""
        return MemoryOneTime(self._tables)

    @property
    def audit(self) -> MemoryAudit:
        """The audit log."""
        return MemoryAudit(self._tables)

    def epoch(self) -> int:
        """Give the number that every write on which decisions depend has raised."""
        with self._tables.lock:  # one that `together` may still take back is not shown
            return self._tables.epoch

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make what this thread writes one transaction."""
        with self._tables.lock:
            before = self._tables.copied()
            try:
                yield
            except BaseException:  # whatever it is, nothing may stay
                self._tables.restore(before)
                raise

    def close(self) -> None:
        """Hold nothing that would have to be let go."""
