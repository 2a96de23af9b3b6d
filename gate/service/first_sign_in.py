"""Setting up a second factor at the first sign-in, where the operator allows it (G20).

A password alone then begins the journey that otherwise takes a link: only for an account that never
had a factor and is no admin's, only within seven days of its password, and only from the networks
that were named. All of it is looked at again at every step of the journey.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from gate.core.network import Address, Allowlist
from gate.core.policy import Policy
from gate.core.ports import Clock, Store
from gate.core.subject import Account, AccountState

WINDOW: Final = timedelta(days=7)  # RULES G20, counted from when the password was set
PASSWORD_ALONE: Final = 1  # the factor version of an account that was given one password, no more


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstSignIn:
    """Says whether a password may begin a journey; without networks it may nowhere."""

    store: Store
    clock: Clock
    policy: Callable[[], Policy]
    networks: Allowlist

    def allows(self, account: Account, address: Address) -> bool:
        """Say whether an account may set up its first factor from an address, now."""
        if not self.networks.admits(address):
            return False
        if self.policy().is_admin(account.name):
            return False
        if account.state is not AccountState.ENABLED:
            return False
        if account.has_second_factor or account.factor_version != PASSWORD_ALONE:
            return False
        set_at = self.store.accounts.password_set_at(account.id)
        return set_at is not None and set_at <= self.clock.now() < set_at + WINDOW
