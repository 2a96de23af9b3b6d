"""Who asks: a stranger, a session that is not complete yet, or an account in full."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from gate.core.access import Access
from gate.core.decision import Reason
from gate.core.policy import Policy
from gate.core.proofs import admits, is_partial
from gate.core.subject import AccountState, Session


class Asker(NamedTuple):
    """Who asks: a session that time has ended is nobody's, and that it was one is remembered."""

    policy: Policy
    access: Access
    session: Session | None = None
    ends_at: datetime | None = None
    partial: bool = False
    ended: bool = False

    @property
    def name(self) -> str | None:
        """The account's name, when conclusions may be drawn from it (G8)."""
        return None if self.session is None or self.partial else self.session.account.name


def asker(policy: Policy, access: Access) -> Asker:
    """Give who asks."""
    session = access.session
    if session is None:
        return Asker(policy, access)
    ends_at = session.ends_at
    if access.now >= ends_at:
        return Asker(policy, access, ended=True)
    return Asker(policy, access, session, ends_at, is_partial(policy, session))


def barred(who: Asker, session: Session) -> Reason | None:
    """Say what keeps an account out whatever it proves."""
    account = session.account
    if account.state is AccountState.ENABLED:
        admitted = admits(who.policy, account, who.access.client)
        return None if admitted else Reason.IP_NOT_ALLOWED
    disabled = account.state is AccountState.DISABLED
    return Reason.ACCOUNT_DISABLED if disabled else Reason.ACCOUNT_LOCKED
