"""What every change of an account's factors has in common: who may make it, and what it ends.

A change takes the strongest proof that the account has, in the same request (G3, G6); a session
that a recovery code proved may add one factor with the password instead (G21). With the change the
session gets a new token and every other session of the account ends (T42), all or nothing; what a
key proved goes with the last key.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from gate.core.decision import Reason
from gate.core.levels import FIRST_METHODS
from gate.core.policy import Policy
from gate.core.ports import Store
from gate.core.subject import KEY_METHODS, Account, Method, Proof, Session
from gate.service.factor_names import NameProblem
from gate.service.fresh_proof import Change, FreshProof, Given, Unproved, wanted_proof
from gate.service.issue import Issuer
from gate.service.last_factor import demands_second_factor
from gate.service.recovered import bar_to_addition, bar_to_change, is_recovered
from gate.service.tokens import IssuedSession
from gate.service.visitor import Visitor


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorRefused:
    """Why a factor was not changed: a reason about one method, or a problem with its name.

    A positive `clock_off` says by how much the clock of a phone is ahead; `detail` is the check
    that failed, and `about_new_key` says that it is one of a registration and not of a proof.
    """

    reason: Reason | None = None
    method: Method | None = None
    wait: timedelta | None = None
    name: NameProblem | None = None
    clock_off: timedelta | None = None
    detail: str = ""
    about_new_key: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorChanged:
    """A change holds; `name` is the factor's. This session has a new token, `ended` others end."""

    name: str
    issued: IssuedSession
    ended: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorChanges:
    """Proves and commits changes of factors."""

    store: Store
    policy: Callable[[], Policy]
    issuer: Issuer
    fresh_proof: FreshProof

    def is_last(self, account: Account) -> bool:
        """Say whether the account has one factor alone and something demands that it stays."""
        factors = len(self.store.accounts.totps(account.id))
        factors += len(self.store.keys.of_account(account.id))
        return factors == 1 and demands_second_factor(self.policy(), account)

    def bar_to_addition(self, session: Session) -> FactorRefused | None:
        """Say why this session may add no factor at all, if so."""
        bar = bar_to_addition(session, self.store)
        return None if bar is None else FactorRefused(reason=bar)

    def bar_to_change(self, session: Session) -> FactorRefused | None:
        """Say why this session may change no factor that is there, if so."""
        bar = bar_to_change(session)
        return None if bar is None else FactorRefused(reason=bar)

    def prove_addition(
        self, session: Session, given: Given, change: Change, visitor: Visitor
    ) -> Proof | FactorRefused:
        """Verify what is asked for before a factor is added, and give it (G6)."""
        if barred := self.bar_to_addition(session):
            return barred
        if is_recovered(session):
            unproved = self.fresh_proof.password(session, given.typed)
            return refused(unproved) if unproved else self.issuer.proof(Method.RECOVERY_CODE)
        proved = self.fresh_proof.proved(session, given, change, visitor)
        if isinstance(proved, Unproved):
            return refused(proved, wanted_proof(session.account))
        return proved

    def prove_change(
        self, session: Session, given: Given, change: Change, visitor: Visitor
    ) -> FactorRefused | None:
        """Verify what is asked for before a factor is removed or replaced; None when right."""
        if barred := self.bar_to_change(session):
            return barred
        unproved = self.fresh_proof.strongest(session, given, change, visitor)
        return None if unproved is None else refused(unproved, wanted_proof(session.account))

    def commit(
        self, session: Session, name: str, write: Callable[[], bool]
    ) -> FactorChanged | FactorRefused:
        """Write a change with all that goes with it; `write` says false when there is nothing."""
        try:
            with self.store.together():
                return self._written(session, name, write)
        except _UndoneError as undone:
            return FactorRefused(reason=undone.reason)

    def _written(self, session: Session, name: str, write: Callable[[], bool]) -> FactorChanged:
        """Write first: it holds the account, so that of two last factors one stays (F18)."""
        if not write():
            raise _UndoneError(Reason.NOT_FOUND)
        account = self.store.accounts.by_id(session.account.id)
        if account is None:
            raise _UndoneError(Reason.SESSION_ENDED)
        if not account.has_second_factor and demands_second_factor(self.policy(), account):
            raise _UndoneError(Reason.LAST_FACTOR)
        proofs = outlasting(session.proofs, account)
        issued = self.issuer.rotate(replace(session, proofs=proofs))
        if issued is None:
            raise _UndoneError(Reason.SESSION_ENDED)
        ended = self.store.sessions.end_all(account.id, keep=issued.session.hash)
        return FactorChanged(name=name, issued=issued, ended=ended)


class _UndoneError(Exception):
    """Takes back what was written so far."""

    def __init__(self, reason: Reason) -> None:
        """Say why."""
        super().__init__(reason)
        self.reason = reason


def outlasting(proofs: tuple[Proof, ...], account: Account) -> tuple[Proof, ...]:
    """Give what a session's proofs still are after a change of the account's keys.

    A key that is gone proves no second factor any longer, unless another one could have. Who
    signed in by it alone stays signed in, as by a password, and no more.
    """
    if account.has_security_key:
        return tuple(_as_counting(proof, account) for proof in proofs)
    kept = tuple(proof for proof in proofs if proof.method not in KEY_METHODS)
    if any(proof.method in FIRST_METHODS for proof in kept):
        return kept
    at = max((proof.at for proof in proofs if proof.method in KEY_METHODS), default=None)
    if at is None:
        return kept
    return (*kept, Proof(method=Method.SECURITY_KEY, at=at, counts_as_key=False))


def _as_counting(proof: Proof, account: Account) -> Proof:
    if account.key_counts or proof.method not in KEY_METHODS:
        return proof
    return replace(proof, counts_as_key=False)


def refused(unproved: Unproved, method: Method = Method.PASSWORD) -> FactorRefused:
    """Give the refusal of a proof."""
    return FactorRefused(
        reason=unproved.reason, method=method, wait=unproved.wait, detail=unproved.detail
    )
