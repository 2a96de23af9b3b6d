"""Sign-in by name and password: the same answer, work and time for every wrong one (T73).

The order is fixed: count the attempt, hash, compare, and only after the right password say
anything about the account.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from gate.core.decision import Reason
from gate.core.policy import Policy
from gate.core.ports import Full, Reserved, Store
from gate.core.secret_text import Secret
from gate.core.subject import Account, Method
from gate.factors import password as password_factor
from gate.factors.password import PasswordVerified, Profile
from gate.service.admission import kept_out
from gate.service.audit import Events
from gate.service.hashing import BUSY_WAIT, Busy, HashQueue
from gate.service.issue import Issuer
from gate.service.journeys import Journeys
from gate.service.names import folded_name
from gate.service.throttle import Throttle
from gate.service.tokens import IssuedSession
from gate.service.visitor import Visitor


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """The password was right; with `needs_step_up` the session reaches nothing else yet."""

    issued: IssuedSession
    needs_step_up: bool
    device: Secret | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginsEnrolment:
    """The password was right and begins the journey to a second factor; `held` is its cookie."""

    held: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRefused:
    """Why not; `wait` is set when trying again makes sense only later."""

    reason: Reason
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """The use case; called once for each posted form."""

    store: Store
    policy: Callable[[], Policy]
    issuer: Issuer
    throttle: Throttle
    hashing: HashQueue
    profile: Profile
    events: Events
    journeys: Journeys

    def __call__(
        self, *, name: str, password: Secret, visitor: Visitor, planted: Secret | None = None
    ) -> SignedIn | BeginsEnrolment | SignInRefused:
        """Sign in, or say why not."""
        folded = folded_name(name)
        account = self.store.accounts.by_name(folded) if folded else None
        familiar = account is not None and self.issuer.is_familiar(account, visitor)
        reserved = self.throttle.password(name, familiar=familiar)
        if isinstance(reserved, Full):
            self._note_refusal(account, visitor, Reason.RATE_LIMITED)
            return SignInRefused(reason=Reason.RATE_LIMITED, wait=reserved.wait)
        verified = self.hashing.run(lambda: self._verify(account, password), familiar=familiar)
        if isinstance(verified, Busy):
            self.throttle.refund(reserved)
            return SignInRefused(reason=Reason.RATE_LIMITED, wait=BUSY_WAIT)
        if account is None or not verified:
            self._note_refusal(account, visitor, Reason.WRONG_PASSWORD)
            return SignInRefused(reason=Reason.WRONG_PASSWORD)
        return self._admit(account, visitor, reserved, planted)

    def _verify(self, account: Account | None, password: Secret) -> bool:
        """Compare with the account's hash, or do the same work for nobody; upgrade old hashes."""
        stored = self.store.accounts.password_hash(account.id) if account else None
        verified = password_factor.verify(
            stored.reveal() if stored else None, password, self.profile
        )
        if not isinstance(verified, PasswordVerified) or account is None or stored is None:
            return False
        if verified.outdated:
            new = Secret(password_factor.hash_password(password, self.profile))
            self.store.accounts.upgrade_password_hash(account.id, old=stored, new=new)
        return True

    def _admit(
        self, account: Account, visitor: Visitor, reserved: Reserved, planted: Secret | None
    ) -> SignedIn | BeginsEnrolment | SignInRefused:
        self.throttle.refund(reserved)
        now = self.issuer.clock.now()
        if reason := kept_out(self.policy(), account, visitor.client, now):
            held = self.journeys.begin(account, visitor) if reason is Reason.NOT_ENROLLED else None
            if held is not None:
                self.events.note("enrolment_begun", visitor, account)
                return BeginsEnrolment(held=held)
            self._note_refusal(account, visitor, reason)
            return SignInRefused(reason=reason)
        issued = self.issuer.begin(
            account, self.issuer.proof(Method.PASSWORD), visitor, planted=planted
        )
        self.events.note("signed_in", visitor, account, method=Method.PASSWORD)
        if account.has_second_factor:
            return SignedIn(issued=issued, needs_step_up=True)
        device = self.issuer.remember_place(account, visitor)
        return SignedIn(issued=issued, needs_step_up=False, device=device)

    def _note_refusal(self, account: Account | None, visitor: Visitor, reason: Reason) -> None:
        """Record a refusal; a name that nobody has may be a mistyped password and is not kept."""
        name = account.name if account else ""
        self.events.note("sign_in_refused", visitor, name, reason=reason)
