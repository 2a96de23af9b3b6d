"""Everything that is kept, as one value."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from gate.core.ports.accounts import Accounts
from gate.core.ports.audit import AuditLog
from gate.core.ports.keys import Keys
from gate.core.ports.links import Links
from gate.core.ports.once import Attempts, OneTime
from gate.core.ports.policies import Policies
from gate.core.ports.recovery import RecoveryCodes
from gate.core.ports.sessions import Sessions


class Store(Protocol):
    """Everything that is kept; `epoch` is cheap enough to be asked on every request (G2)."""

    @property
    def accounts(self) -> Accounts:
        """Accounts and factors."""
        ...

    @property
    def keys(self) -> Keys:
        """Security keys."""
        ...

    @property
    def recovery_codes(self) -> RecoveryCodes:
        """Recovery codes."""
        ...

    @property
    def links(self) -> Links:
        """One-time links."""
        ...

    @property
    def sessions(self) -> Sessions:
        """Sessions."""
        ...

    @property
    def policies(self) -> Policies:
        """Policy versions."""
        ...

    @property
    def attempts(self) -> Attempts:
        """The throttle's counters."""
        ...

    @property
    def one_time(self) -> OneTime:
        """One-time values."""
        ...

    @property
    def audit(self) -> AuditLog:
        """The audit log."""
        ...

    def epoch(self) -> int:
        """Give the number that every write on which decisions depend has raised."""
        ...

    def together(self) -> AbstractContextManager[None]:
        """Make what this thread writes on accounts, sessions and policies one transaction.

        All of it counts at the end of the block, or nothing when the block raises. It is short,
        since other writers wait.
        """
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...
