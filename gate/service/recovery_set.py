"""The account page about recovery codes: a new set with proof, and using one up there (G3, T65)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gate.core.ports import Store
from gate.core.secret_text import Secret
from gate.core.subject import Account, Method, Session
from gate.service.audit import Events
from gate.service.factor_changes import FactorChanged, FactorChanges, FactorRefused, refused
from gate.service.fresh_proof import Change, Given, Unproved
from gate.service.recovery_codes import DrawnCodes, RecoveryCodes, Redeemed
from gate.service.visitor import Visitor

NEW_SET: Final = Change(name="recovery codes", parameters={})
SCARCE: Final = 3  # codes that are left when the person is warned


@dataclass(frozen=True, slots=True, kw_only=True)
class SetState:
    """How many codes an account has left, and when they were made; None: there never was a set."""

    left: int
    made_at: datetime | None

    @property
    def is_scarce(self) -> bool:
        """Say whether it is time for a new set."""
        return self.left <= SCARCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewed:
    """A new set holds, and this is the one time that its codes can be shown."""

    codes: tuple[Secret, ...]
    changed: FactorChanged


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoverySet:
    """The use cases of the page."""

    store: Store
    codes: RecoveryCodes
    changes: FactorChanges
    events: Events

    def state(self, account: Account) -> SetState:
        """Say what the account has."""
        kept = self.store.recovery_codes
        return SetState(left=kept.left(account.id), made_at=kept.made_at(account.id))

    def renew(self, session: Session, given: Given, visitor: Visitor) -> Renewed | FactorRefused:
        """Put a new set in the place of the old one, whose codes are worth nothing from then on."""
        unproved = self.changes.prove_change(session, given, NEW_SET, visitor)
        drawn = self.codes.draw()
        changed = unproved or self.changes.commit(
            session, "recovery codes", lambda: self._write(session.account, drawn)
        )
        if isinstance(changed, FactorRefused):
            self.events.note(
                "recovery_codes_refused", visitor, session.account, reason=changed.reason
            )
            return changed
        self.events.note(
            "recovery_codes_made", visitor, session.account, sessions_ended=changed.ended
        )
        return Renewed(codes=drawn.codes, changed=changed)

    def are_new(self, account: Account, codes: Sequence[Secret]) -> bool:
        """Say whether these are good codes of the account, as a page sent them that showed them."""
        return bool(codes) and self.codes.are_unused(account.id, codes)

    def spend(self, session: Session, code: Secret, visitor: Visitor) -> Redeemed | FactorRefused:
        """Use up a code to show that the set was stored; it proves nothing else."""
        account = session.account
        redeemed = self.codes.redeem(account.id, code)
        if isinstance(redeemed, Unproved):
            return refused(redeemed, Method.RECOVERY_CODE)
        self.events.note("recovery_code_spent", visitor, account, left=redeemed.left)
        return redeemed

    def _write(self, account: Account, drawn: DrawnCodes) -> bool:
        self.codes.put(account.id, drawn)
        return True
