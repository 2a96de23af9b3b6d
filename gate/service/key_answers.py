"""Security keys prove things: what is asked of a browser, and what its answer is worth.

An answer is counted against the address alone, never against the account, so that no stranger can
keep somebody's keys from working (G16). Its ceremony is taken out before it is looked at, the
account and its keys are read afresh, and a use counts only when the store takes it. A count that
went back means that there may be two keys of one secret: the answer is refused, and the key is
marked for its owner to see.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gate.core.decision import Reason
from gate.core.ports import Clock, Full, SecurityKey, Store
from gate.core.secret_text import Secret
from gate.core.subject import Account, AccountState, Method, Proof
from gate.factors import FactorReason, Rejected
from gate.factors.webauthn import (
    Asserted,
    Purpose,
    authenticate,
    authentication_options,
    credential_id_of,
    key_of,
)
from gate.service.audit import Events
from gate.service.ceremonies import Ceremonies
from gate.service.given import Unproved
from gate.service.throttle import Throttle
from gate.service.visitor import Visitor

BARRED = {
    AccountState.DISABLED: Reason.ACCOUNT_DISABLED,
    AccountState.LOCKED: Reason.ACCOUNT_LOCKED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyQuestion:
    """What a key is asked for, and to what the question is bound.

    `bound_to` is the session or, before sign-in, the form's cookie. Without an account any
    passkey may answer and tells whose it is. `action` binds the answer to one change (G3);
    `counting` asks those keys alone that count as `security_key` by now (G6).
    """

    purpose: Purpose
    bound_to: Secret
    account: Account | None = None
    action: bytes = b""
    counting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyProved:
    """A key answered for its account, which is as it was read for this answer."""

    account: Account
    key: SecurityKey
    proof: Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAnswers:
    """Asks keys, and verifies what they answer."""

    store: Store
    clock: Clock
    ceremonies: Ceremonies
    throttle: Throttle
    events: Events

    def options(self, question: KeyQuestion, visitor: Visitor) -> Mapping[str, object] | Unproved:
        """Begin a ceremony and give the options for the browser's `get()`.

        Without an account they are the same for everybody (T73).
        """
        reserved = self.throttle.key_options(visitor.client)
        if isinstance(reserved, Full):
            return Unproved(reason=Reason.RATE_LIMITED, wait=reserved.wait)
        account = question.account
        keys = self._askable(question)
        ceremony = self.ceremonies.begin(
            question.purpose,
            bound_to=question.bound_to,
            account=account,
            keys=keys,
            action=question.action,
        )
        if account is not None and not ceremony.credentials:
            return Unproved(reason=Reason.NOT_ENROLLED)
        return authentication_options(ceremony, [key_of(key) for key in keys])

    def verify(
        self, question: KeyQuestion, response: str | bytes, visitor: Visitor
    ) -> KeyProved | Unproved:
        """Say what an answer proves; a right one gives its attempt back."""
        reserved = self.throttle.key_answer(visitor.client)
        if isinstance(reserved, Full):
            return Unproved(reason=Reason.RATE_LIMITED, wait=reserved.wait)
        proved = self._verified(question, response, visitor)
        if isinstance(proved, KeyProved):
            self.throttle.refund(*reserved)
        return proved

    def _verified(
        self, question: KeyQuestion, response: str | bytes, visitor: Visitor
    ) -> KeyProved | Unproved:
        ceremony = self.ceremonies.take(
            question.purpose, bound_to=question.bound_to, response=response
        )
        if ceremony is None:
            return _wrong(FactorReason.CEREMONY_EXPIRED)
        records = self._records(question, response)
        asserted = authenticate(
            ceremony,
            [key_of(record) for record in records],
            response,
            now=self.clock.now(),
            action=question.action,
        )
        if isinstance(asserted, Rejected):
            return _wrong(asserted.reason)
        record = next(each for each in records if each.credential_id == asserted.key.credential_id)
        return self._used(question, record, asserted, visitor)

    def _askable(self, question: KeyQuestion) -> Sequence[SecurityKey]:
        """Give the keys that are asked by name; none where any passkey may answer."""
        if question.account is None:
            return ()
        now, keys = self.clock.now(), self.store.keys.of_account(question.account.id)
        return [key for key in keys if key.counts_at(now)] if question.counting else keys

    def _records(self, question: KeyQuestion, response: str | bytes) -> Sequence[SecurityKey]:
        """Give the keys that might have answered, as they are now."""
        if question.account is not None:
            return self.store.keys.of_account(question.account.id)
        claimed = credential_id_of(response)
        found = self.store.keys.by_credential(claimed) if claimed else None
        return () if found is None else (found,)

    def _used(
        self, question: KeyQuestion, record: SecurityKey, asserted: Asserted, visitor: Visitor
    ) -> KeyProved | Unproved:
        """Consume the use of a key whose answer holds."""
        account = self.store.accounts.by_id(record.account)
        if account is None:
            return _wrong(FactorReason.UNKNOWN_KEY)
        if account.state is not AccountState.ENABLED:
            return Unproved(reason=BARRED[account.state])
        now = self.clock.now()
        taken = not asserted.clone_warning and self.store.keys.note_use(
            record.id, sign_count=asserted.sign_count, backed_up=asserted.backed_up, at=now
        )
        if not taken:
            return self._not_taken(record, account, visitor)
        alone = question.purpose is Purpose.SIGN_IN
        proof = Proof(
            method=Method.PASSKEY if alone else Method.SECURITY_KEY,
            at=now,
            user_verified=asserted.user_verified,
            counts_as_key=record.counts_at(now),
        )
        return KeyProved(account=account, key=record, proof=proof)

    def _not_taken(self, record: SecurityKey, account: Account, visitor: Visitor) -> Unproved:
        """Say why a use was not taken: the key is gone, or its count went back (step 22)."""
        if self.store.keys.by_credential(record.credential_id) is None:
            return _wrong(FactorReason.UNKNOWN_KEY)
        self.store.keys.warn_of_clone(record.id, self.clock.now())
        self.events.note("key_may_be_copied", visitor, account, key=record.name)
        return _wrong(FactorReason.COUNT_WENT_BACK)


def _wrong(detail: FactorReason) -> Unproved:
    return Unproved(reason=Reason.WRONG_KEY, detail=detail)
