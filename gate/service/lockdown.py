"""People lock their own account when somebody else has been in it.

It takes no proof beside the session: whoever does it may have lost the very phone or key, and what
it does only closes. The way back is through whoever runs the gate.
"""

from __future__ import annotations

from dataclasses import dataclass

from gate.core.ports import Store
from gate.core.subject import AccountState, Session
from gate.service.audit import Events
from gate.service.visitor import Visitor


@dataclass(frozen=True, slots=True, kw_only=True)
class Lockdown:
    """Locks accounts for their owners."""

    store: Store
    events: Events

    def lock(self, session: Session, visitor: Visitor) -> bool:
        """Lock the session's account, which ends all its sessions and voids its links.

        False, and nothing changes, when the session ended meanwhile.
        """
        account = session.account
        with self.store.together():
            if self.store.sessions.find(session.hash) is None:
                return False
            self.store.accounts.set_state(account.id, AccountState.LOCKED)
        self.events.note("account_locked", visitor, account)
        return True
