"""The part of a journey about the password: a new one is chosen, or the account's own is given.

Where the password stays it is asked for, or a link in wrong hands would be all that it takes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from gate.core.decision import Reason
from gate.core.ports import Full
from gate.core.secret_text import Secret
from gate.core.subject import Account
from gate.factors import password as password_factor
from gate.factors.password import PasswordVerified, Profile, TooWeak
from gate.service.audit import Events
from gate.service.hashing import BUSY_WAIT, Busy, HashQueue
from gate.service.issue import Issuer
from gate.service.journeys import Enrolling, Journeys
from gate.service.throttle import Throttle
from gate.service.visitor import Visitor


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordNotTaken:
    """Why not: a reason about the account's own password, or words about a new one."""

    reason: Reason | None = None
    words: tuple[str, ...] = ()
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolPassword:
    """Takes the password of a journey."""

    journeys: Journeys
    issuer: Issuer
    throttle: Throttle
    hashing: HashQueue
    profile: Profile
    events: Events

    def __call__(
        self, enrolling: Enrolling, password: Secret, visitor: Visitor
    ) -> PasswordNotTaken | None:
        """Take a new password or the account's own, whichever is asked for; None when taken."""
        if enrolling.chooses_password:
            return self._chosen(enrolling, password)
        return self._given(enrolling, password, visitor)

    def _chosen(self, enrolling: Enrolling, password: Secret) -> PasswordNotTaken | None:
        if words := _weaknesses(enrolling.account, password):
            return PasswordNotTaken(words=words)
        encoded = self.hashing.run(
            lambda: password_factor.hash_password(password, self.profile), familiar=True
        )
        if isinstance(encoded, Busy):
            return PasswordNotTaken(reason=Reason.RATE_LIMITED, wait=BUSY_WAIT)
        now = self.journeys.clock.now()
        chosen = replace(enrolling.journey, password=Secret(encoded), password_at=now)
        self.journeys.keep(enrolling, chosen)
        return None

    def _given(
        self, enrolling: Enrolling, password: Secret, visitor: Visitor
    ) -> PasswordNotTaken | None:
        account = enrolling.account
        familiar = self.issuer.is_familiar(account, visitor)
        reserved = self.throttle.password(account.name, familiar=familiar)
        if isinstance(reserved, Full):
            return self._refused(enrolling, visitor, Reason.RATE_LIMITED, reserved.wait)
        stored = self.journeys.store.accounts.password_hash(account.id)
        encoded = stored.reveal() if stored else None
        verified = self.hashing.run(
            lambda: password_factor.verify(encoded, password, self.profile), familiar=familiar
        )
        if isinstance(verified, Busy):
            self.throttle.refund(reserved)
            return PasswordNotTaken(reason=Reason.RATE_LIMITED, wait=BUSY_WAIT)
        if not isinstance(verified, PasswordVerified):
            return self._refused(enrolling, visitor, Reason.WRONG_PASSWORD)
        self.throttle.refund(reserved)
        now = self.journeys.clock.now()
        self.journeys.keep(enrolling, replace(enrolling.journey, password_at=now))
        return None

    def _refused(
        self,
        enrolling: Enrolling,
        visitor: Visitor,
        reason: Reason,
        wait: timedelta | None = None,
    ) -> PasswordNotTaken:
        self.events.note("enrolment_refused", visitor, enrolling.account, reason=reason)
        return PasswordNotTaken(reason=reason, wait=wait)


def _weaknesses(account: Account, password: Secret) -> tuple[str, ...]:
    """Say what makes a new password easy to guess; a second factor will stand beside it."""
    known = [word for word in (account.name, account.display_name, account.email or "") if word]
    judged = password_factor.strength(password, known, second_factor=True)
    return judged.words if isinstance(judged, TooWeak) else ()
