"""Who asks: a stranger, a session that is not complete yet, or an account in full."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from gate.core.access import Access
from gate.core.decision import Reason
from gate.core.policy import Demand, Policy
from gate.core.proofs import earliest, is_admitted, is_partial
from gate.core.subject import AccountState, Session

NO_DEMAND: Final = Demand()  # strangers have no entries


class Asker(NamedTuple):
    """Who asks: a session that time has ended is nobody's, and that it was one is remembered.

    `name` is the account's, when conclusions may be drawn from it (G8); `demand` is what applies
    to it everywhere. `until` is when time alone ends the session, or the trial of a list (G15).
    """

    policy: Policy
    access: Access
    session: Session | None = None
    name: str | None = None
    demand: Demand = NO_DEMAND
    ended: bool = False
    until: datetime | None = None


def asker(policy: Policy, access: Access) -> Asker:
    """Give who asks."""
    session = access.session
    if session is None:
        return Asker(policy, access)
    if access.now >= session.ends_at:
        return Asker(policy, access, ended=True)
    session = session.as_of(access.now)
    account = session.account.name
    demand = policy.demand(account)
    name = None if is_partial(demand, session) else account
    trial = session.account.trial_at(access.now)
    until = earliest(session.ends_at, None if trial is None else trial.until)
    return Asker(policy, access, session, name, demand, until=until)


def barred(who: Asker, session: Session) -> Reason | None:
    """Say what keeps an account out whatever it proves."""
    account = session.account
    if account.state is AccountState.ENABLED:
        if is_admitted(who.demand, account, who.access.client, who.access.now):
            return None
        return Reason.IP_NOT_ALLOWED
    disabled = account.state is AccountState.DISABLED
    return Reason.ACCOUNT_DISABLED if disabled else Reason.ACCOUNT_LOCKED
