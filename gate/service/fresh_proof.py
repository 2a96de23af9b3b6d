"""Proof in the same request, for changes that matter: signing in a moment ago never counts (G3).

The proof is the strongest that the account has: a security key whose answer is bound to the very
change, else a code, else the password. As soon as one of its keys counts, no other key will do. A
key that still waits is worth no more than a code: it does not take the place of the code app, with
which its owner can remove it while it waits (G6).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gate.core.decision import Reason
from gate.core.ports import Clock, Full, Store
from gate.core.secret_text import Secret
from gate.core.subject import Account, AccountId, Method, Proof, Session
from gate.factors import password as password_factor, totp as totp_factor
from gate.factors.password import PasswordVerified, Profile
from gate.factors.totp import TotpVerified
from gate.factors.webauthn import Purpose
from gate.service.given import Change, Given, Unproved
from gate.service.hashing import BUSY_WAIT, Busy, HashQueue
from gate.service.key_answers import KeyAnswers, KeyQuestion
from gate.service.throttle import Throttle
from gate.service.visitor import Visitor

__all__ = ["Change", "FreshProof", "Given", "Unproved", "session_binding", "wanted_proof"]

NOT_WRONG = (Reason.RATE_LIMITED, Reason.NEEDS_SECURITY_KEY)  # nothing was guessed


def wanted_proof(account: Account) -> Method:
    """Give the method by which an account proves a change."""
    if account.has_security_key and (account.key_counts or not account.has_totp):
        return Method.SECURITY_KEY
    return Method.TOTP if account.has_totp else Method.PASSWORD


def session_binding(session: Session) -> Secret:
    """Give what ceremonies inside a session are bound to; it changes with the session's token."""
    return Secret(session.hash)


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshProof:
    """Verifies keys, codes and passwords that are given inside a session."""

    store: Store
    clock: Clock
    throttle: Throttle
    hashing: HashQueue
    profile: Profile
    keys: KeyAnswers

    def strongest(
        self, session: Session, given: Given, change: Change, visitor: Visitor
    ) -> Unproved | None:
        """Verify the account's strongest proof; None when it was right."""
        proved = self.proved(session, given, change, visitor)
        return proved if isinstance(proved, Unproved) else None

    def proved(
        self, session: Session, given: Given, change: Change, visitor: Visitor
    ) -> Proof | Unproved:
        """Verify the account's strongest proof and give it."""
        method = wanted_proof(session.account)
        if method is Method.SECURITY_KEY:
            return self._key(session, given.key, change, visitor)
        if method is Method.TOTP:
            unproved = self.counted(session, self.code(session.account.id, given.typed))
        else:
            unproved = self.password(session, given.typed)
        return unproved or Proof(method=method, at=self.clock.now(), counts_as_key=False)

    def key_options(
        self, session: Session, change: Change, visitor: Visitor
    ) -> Mapping[str, object] | Unproved:
        """Give the options for a key's answer that is bound to one change."""
        return self.keys.options(self._question(session, change), visitor)

    def password(self, session: Session, password: Secret) -> Unproved | None:
        """Verify the account's password; None when it was right."""
        return self.counted(session, self._password(session.account, password))

    def code(self, account: AccountId, code: Secret) -> Unproved | None:
        """Verify a code of any of the account's apps and consume its step; None when right."""
        totps = self.store.accounts.totps(account)
        if not totps:
            return Unproved(reason=Reason.NOT_ENROLLED)
        reserved = self.throttle.code(account)
        if isinstance(reserved, Full):
            return Unproved(reason=Reason.RATE_LIMITED, wait=reserved.wait)
        now = self.clock.now()
        replayed = False
        for totp in totps:
            verified = totp_factor.verify(
                totp.secret, code.reveal(), now=now, last_step=totp.last_step
            )
            if not isinstance(verified, TotpVerified):
                replayed |= verified.reason == Reason.TOTP_REPLAYED.value
            elif self.store.accounts.accept_totp_step(totp.id, verified.step, now):
                self.throttle.refund(reserved)
                return None
            else:
                replayed = True
        return Unproved(reason=Reason.TOTP_REPLAYED if replayed else Reason.WRONG_CODE)

    def _key(
        self, session: Session, answer: str, change: Change, visitor: Visitor
    ) -> Proof | Unproved:
        if not answer:
            return Unproved(reason=Reason.NEEDS_SECURITY_KEY)
        proved = self.keys.verify(self._question(session, change), answer, visitor)
        if isinstance(proved, Unproved):
            return self.counted(session, proved) or proved
        return proved.proof

    def _question(self, session: Session, change: Change) -> KeyQuestion:
        """Ask keys that count, as soon as there is one: a key that waits changes nothing (G6)."""
        account, now = session.account, self.clock.now()
        return KeyQuestion(
            purpose=Purpose.ACTION,
            bound_to=session_binding(session),
            account=account,
            action=change.binding,
            counting=any(key.counts_at(now) for key in self.store.keys.of_account(account.id)),
        )

    def _password(self, account: Account, password: Secret) -> Unproved | None:
        reserved = self.throttle.password(account.name, familiar=True)
        if isinstance(reserved, Full):
            return Unproved(reason=Reason.RATE_LIMITED, wait=reserved.wait)
        stored = self.store.accounts.password_hash(account.id)
        encoded = stored.reveal() if stored else None
        verified = self.hashing.run(
            lambda: password_factor.verify(encoded, password, self.profile), familiar=True
        )
        if isinstance(verified, Busy):
            self.throttle.refund(reserved)
            return Unproved(reason=Reason.RATE_LIMITED, wait=BUSY_WAIT)
        if not isinstance(verified, PasswordVerified):
            return Unproved(reason=Reason.WRONG_PASSWORD)
        self.throttle.refund(reserved)
        return None

    def counted(self, session: Session, unproved: Unproved | None) -> Unproved | None:
        """Count a wrong proof inside a session; the fifth ends it."""
        wrong = unproved is not None and unproved.reason not in NOT_WRONG
        if not wrong or not self.throttle.is_last_proof(session.hash):
            return unproved
        self.store.sessions.end(session.hash)
        return Unproved(reason=Reason.SESSION_ENDED)
