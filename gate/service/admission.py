"""Whether an account that has proved itself at sign-in may come in; the same for every method."""

from __future__ import annotations

from datetime import datetime

from gate.core.decision import Level, Reason
from gate.core.network import Address
from gate.core.policy import Policy
from gate.core.proofs import admits, own_requirement
from gate.core.subject import Account, AccountState


def kept_out(policy: Policy, account: Account, client: Address, now: datetime) -> Reason | None:
    """Give what keeps an account out whatever it proved; the first in this order."""
    if account.state is AccountState.DISABLED:
        return Reason.ACCOUNT_DISABLED
    if account.state is AccountState.LOCKED:
        return Reason.ACCOUNT_LOCKED
    if not admits(policy, account, client, now):
        return Reason.IP_NOT_ALLOWED
    demanded = own_requirement(policy, account)
    needs_second = demanded is not None and demanded.level is not Level.SIGNED_IN
    if needs_second and not account.has_second_factor:
        return Reason.NOT_ENROLLED
    return None
