"""Recovery codes: a set is drawn once and shown once, and each of its codes counts once (G21).

What is stored are keyed hashes. A set that was made under an older key stays good: the keys of
retired master keys are tried behind the current one.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from gate.core.decision import Reason
from gate.core.ports import Clock, Full, Store
from gate.core.secret_text import Secret
from gate.core.subject import Account, AccountId
from gate.factors import recovery as recovery_factor
from gate.factors.recovery import SET_BYTES, RecoveryVerified
from gate.service.fresh_proof import Unproved
from gate.service.throttle import Throttle


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnCodes:
    """A new set, to be shown once, and what is stored of it."""

    codes: tuple[Secret, ...]
    hashes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Redeemed:
    """A code was used up; so many are left."""

    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryCodes:
    """Makes sets and redeems codes; `keys` are those of the hashes, the current one first."""

    store: Store
    clock: Clock
    throttle: Throttle
    keys: tuple[bytes, ...] = field(repr=False)

    def draw(self) -> DrawnCodes:
        """Draw a set and store nothing, for a caller who stores it with what belongs to it."""
        codes = recovery_factor.new_codes(secrets.token_bytes(SET_BYTES))
        hashes = tuple(recovery_factor.hash_code(code, key=self.keys[0]) for code in codes)
        return DrawnCodes(codes=codes, hashes=hashes)

    def new_set(self, account: Account) -> tuple[Secret, ...]:
        """Put a new set in the place of the old one and give its codes."""
        drawn = self.draw()
        self.put(account.id, drawn)
        return drawn.codes

    def put(self, account: AccountId, drawn: DrawnCodes) -> None:
        """Store what is kept of a drawn set, in the place of the old one."""
        self.store.recovery_codes.replace(account, drawn.hashes, self.clock.now())

    def redeem(self, account: AccountId, typed: Secret) -> Redeemed | Unproved:
        """Use up a code of the account; it counts as a guess like any code (G16)."""
        reserved = self.throttle.code(account)
        if isinstance(reserved, Full):
            return Unproved(reason=Reason.RATE_LIMITED, wait=reserved.wait)
        found = self._hash_of(account, typed)
        left = self.store.recovery_codes.use(account, found, self.clock.now()) if found else None
        if left is None:
            return Unproved(reason=Reason.WRONG_CODE)
        self.throttle.refund(reserved)
        return Redeemed(left=left)

    def are_unused(self, account: AccountId, codes: Sequence[Secret]) -> bool:
        """Say whether these are codes of the account that are all still good."""
        return all(self._hash_of(account, code) is not None for code in codes)

    def _hash_of(self, account: AccountId, typed: Secret) -> str | None:
        """Give the stored hash that a code fits; each key is tried."""
        unused = self.store.recovery_codes.unused(account)
        verified = [recovery_factor.verify(typed.reveal(), unused, key=key) for key in self.keys]
        fitting = [each.code_hash for each in verified if isinstance(each, RecoveryVerified)]
        return fitting[0] if fitting else None
