"""An account's security keys: which there are, adding, renaming and removing them (G3, G6).

A key is added by one form: the browser's registration, a name, and the account's strongest proof,
which for a key is an answer bound to this name and this registration. The proof is looked at first;
while it is wrong, the registration is left as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from gate.core.decision import Reason
from gate.core.ports import Full, SecurityKey, Store
from gate.core.subject import KEY_METHODS, Account, Method, Proof, Session
from gate.factors import FactorReason, Rejected
from gate.factors.webauthn import Registered
from gate.service.audit import Events
from gate.service.factor_changes import FactorChanged, FactorChanges, FactorRefused
from gate.service.factor_names import NameProblem, factor_name
from gate.service.fresh_proof import Change, Given, session_binding
from gate.service.new_keys import Addition, NewKeys
from gate.service.visitor import Visitor

MOST: Final = 10  # of an account; browsers are told all of them at each question


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """What adds a key: its name, and the browser's answer to `create()` as JSON text."""

    name: str
    response: str

    @property
    def change(self) -> Change:
        """Give the change that this would be, as another key's answer is bound to it."""
        return Change(name=ADDITION, parameters={"name": self.name, "key": self.response})


ADDITION: Final = "security key"
REMOVAL: Final = "remove security key"


def removal_of(key: str) -> Change:
    """Give the change that a removal would be."""
    return Change(name=REMOVAL, parameters={"id": key})


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityKeys:
    """The use cases of the page about security keys."""

    store: Store
    changes: FactorChanges
    new: NewKeys
    events: Events

    def of(self, account: Account) -> Sequence[SecurityKey]:
        """Give an account's keys, oldest first."""
        return self.store.keys.of_account(account.id)

    def begin(self, session: Session, visitor: Visitor) -> Mapping[str, object] | FactorRefused:
        """Give the options for the browser's `create()`; nothing is changed by them."""
        barred = self._bar(session)
        if barred is not None:
            return barred
        reserved = self.changes.fresh_proof.throttle.key_options(visitor.client)
        if isinstance(reserved, Full):
            return FactorRefused(reason=Reason.RATE_LIMITED, wait=reserved.wait)
        return self.new.begin(session_binding(session), session.account)

    def add(
        self, session: Session, new: NewKey, given: Given, visitor: Visitor
    ) -> FactorChanged | FactorRefused:
        """Add the key that the browser registered, after the proof."""
        added = self._add(session, new, given, visitor)
        if isinstance(added, FactorRefused):
            if added.name is None:
                self._note("key_refused", session, visitor, added)
            return added
        self.events.note(
            "key_added", visitor, session.account, key=added.name, sessions_ended=added.ended
        )
        return added

    def rename(
        self, session: Session, key: str, typed: str, visitor: Visitor
    ) -> FactorRefused | str:
        """Call a key otherwise and give its name."""
        account = session.account
        name = factor_name(typed, [each.name for each in self.of(account) if each.id != key])
        if isinstance(name, NameProblem):
            return FactorRefused(name=name)
        if not self.store.keys.rename(account.id, key, name):
            return FactorRefused(reason=Reason.NOT_FOUND)
        self.events.note("key_renamed", visitor, account, key=name)
        return name

    def remove(
        self, session: Session, key: str, given: Given, visitor: Visitor
    ) -> FactorChanged | FactorRefused:
        """Remove a key; the last factor stays while anything demands one (T70)."""
        removed = self._remove(session, key, given, visitor)
        if isinstance(removed, FactorRefused):
            self._note("key_removal_refused", session, visitor, removed)
            return removed
        self.events.note(
            "key_removed", visitor, session.account, key=removed.name, sessions_ended=removed.ended
        )
        return removed

    # --- steps ------------------------------------------------------------------------------

    def _bar(self, session: Session) -> FactorRefused | None:
        if len(self.of(session.account)) >= MOST:
            return FactorRefused(reason=Reason.TOO_MANY_FACTORS)
        return self.changes.bar_to_addition(session)

    def _add(
        self, session: Session, new: NewKey, given: Given, visitor: Visitor
    ) -> FactorChanged | FactorRefused:
        barred = self._bar(session)
        if barred is not None:
            return barred
        name = factor_name(new.name, [each.name for each in self.of(session.account)])
        if isinstance(name, NameProblem):
            return FactorRefused(name=name)
        proved = self.changes.prove_addition(session, given, new.change, visitor)
        if isinstance(proved, FactorRefused):
            return proved
        registered = self.new.verify(session_binding(session), new.response)
        if isinstance(registered, Rejected):
            return _refused_key(registered.reason)
        return self._committed(session, registered, addition(name, proved))

    def _committed(
        self, session: Session, registered: Registered, added: Addition
    ) -> FactorChanged | FactorRefused:
        def write() -> bool:
            kept = self.new.keep(session.account, registered, added)
            return isinstance(kept, SecurityKey)

        committed = self.changes.commit(session, added.name, write)
        if isinstance(committed, FactorRefused) and committed.reason is Reason.NOT_FOUND:
            return _refused_key(FactorReason.ALREADY_REGISTERED)  # somebody was faster (W22)
        return committed

    def _remove(
        self, session: Session, key: str, given: Given, visitor: Visitor
    ) -> FactorChanged | FactorRefused:
        account = session.account
        name = next((each.name for each in self.of(account) if each.id == key), None)
        if name is None:
            return FactorRefused(reason=Reason.NOT_FOUND)
        unproved = self.changes.prove_change(session, given, removal_of(key), visitor)
        if unproved is not None:
            return unproved
        return self.changes.commit(session, name, lambda: self.store.keys.remove(account.id, key))

    def _note(self, kind: str, session: Session, visitor: Visitor, why: FactorRefused) -> None:
        details = {"detail": why.detail} if why.detail else {}
        self.events.note(kind, visitor, session.account, reason=why.reason, **details)


def addition(name: str, proved: Proof) -> Addition:
    """Say how a key comes about; another key that counts vouches for it (G6)."""
    vouched = proved.method in KEY_METHODS and proved.counts_as_key
    return Addition(name=name, proved=(proved.method,), vouched=vouched)


def _refused_key(detail: str) -> FactorRefused:
    return FactorRefused(
        reason=Reason.WRONG_KEY, method=Method.SECURITY_KEY, detail=detail, about_new_key=True
    )
