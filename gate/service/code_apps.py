"""An account's code apps: which there are, adding, renaming and removing them (G3, G6, T64).

Adding has two steps. The first proves with the strongest that the account has and shows a seed;
the second takes the app's first code and, once more, the password. The code's step is used up, so
that it can't be given again at sign-in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gate.core.decision import Reason
from gate.core.ports import Clock, Store, Totp
from gate.core.secret_text import Secret
from gate.core.subject import Account, Method, Session
from gate.service.audit import Events
from gate.service.factor_changes import FactorChanged, FactorChanges, FactorRefused, refused
from gate.service.factor_names import NameProblem, factor_name
from gate.service.fresh_proof import Change, Given
from gate.service.new_code_apps import Confirmed, NewCodeApps, NothingPending, Pending
from gate.service.recovered import is_recovered
from gate.service.tokens import new_id
from gate.service.visitor import Visitor

MOST: Final = 5  # of an account; each makes a guess likelier to be right
ADDITION: Final = Change(name="code app", parameters={})


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstCode:
    """What confirms a new app: its name, the account's password, and the app's first code."""

    name: str
    password: Secret
    code: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What removes an app: which, and beside the strongest proof the password (T64)."""

    app: str
    password: Secret
    given: Given


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeApps:
    """The use cases of the page about code apps."""

    store: Store
    clock: Clock
    changes: FactorChanges
    new: NewCodeApps
    events: Events

    def of(self, account: Account) -> Sequence[Totp]:
        """Give an account's code apps, oldest first."""
        return self.store.accounts.totps(account.id)

    def begin(self, session: Session, given: Given, visitor: Visitor) -> Pending | FactorRefused:
        """Give a seed for a new app; the account's strongest proof comes first.

        A session that a recovery code proved gives its password with the first code.
        """
        barred = self._bar(session)
        if barred is not None:
            return self._refused(session, visitor, barred)
        if is_recovered(session):
            return self.new.begin(_turn(session), session.account, added_with=_BY_RECOVERY)
        proved = self.changes.prove_addition(session, given, ADDITION, visitor)
        if isinstance(proved, FactorRefused):
            return self._refused(session, visitor, proved)
        return self.new.begin(_turn(session), session.account, added_with=(proved.method,))

    def pending(self, session: Session) -> Pending | None:
        """Give the seed that waits for its first code in this session."""
        return self.new.pending(_turn(session), session.account)

    def cancel(self, session: Session) -> None:
        """Forget the seed that waits."""
        self.new.cancel(_turn(session))

    def add(
        self, session: Session, first: FirstCode, visitor: Visitor
    ) -> FactorChanged | FactorRefused:
        """Add the app that has the seed, after the password and its first code."""
        added = self._add(session, first)
        if isinstance(added, FactorRefused):
            return added if added.name else self._refused(session, visitor, added)
        self.events.note(
            "code_app_added", visitor, session.account, app=added.name, sessions_ended=added.ended
        )
        return added

    def rename(
        self, session: Session, app: str, typed: str, visitor: Visitor
    ) -> FactorRefused | str:
        """Call an app otherwise and give its name."""
        account = session.account
        others = [each.name for each in self.of(account) if each.id != app]
        name = factor_name(typed, others)
        if isinstance(name, NameProblem):
            return FactorRefused(name=name)
        if not self.store.accounts.rename_totp(account.id, app, name):
            return FactorRefused(reason=Reason.NOT_FOUND)
        self.events.note("code_app_renamed", visitor, account, app=name)
        return name

    def remove(
        self, session: Session, removal: Removal, visitor: Visitor
    ) -> FactorChanged | FactorRefused:
        """Remove an app; the last factor stays while anything demands one (T70)."""
        removed = self._remove(session, removal, visitor)
        if isinstance(removed, FactorRefused):
            self.events.note(
                "code_app_removal_refused", visitor, session.account, reason=removed.reason
            )
            return removed
        self.events.note(
            "code_app_removed",
            visitor,
            session.account,
            app=removed.name,
            sessions_ended=removed.ended,
        )
        return removed

    # --- steps ------------------------------------------------------------------------------

    def _bar(self, session: Session) -> FactorRefused | None:
        if len(self.of(session.account)) >= MOST:
            return FactorRefused(reason=Reason.TOO_MANY_FACTORS)
        return self.changes.bar_to_addition(session)

    def _add(self, session: Session, first: FirstCode) -> FactorChanged | FactorRefused:
        barred = self._bar(session)
        if barred is not None:
            return barred
        name = factor_name(first.name, [each.name for each in self.of(session.account)])
        if isinstance(name, NameProblem):
            return FactorRefused(name=name)
        if self.pending(session) is None:
            return FactorRefused(reason=Reason.NOT_FOUND)
        unproved = self.changes.fresh_proof.password(session, first.password)
        if unproved is not None:
            return refused(unproved)
        confirmed = self._confirmed(session, first.code)
        if isinstance(confirmed, FactorRefused):
            return confirmed
        app = self._app(session.account, name, confirmed)
        return self.changes.commit(session, name, lambda: self._write(app))

    def _confirmed(self, session: Session, code: Secret) -> Confirmed | FactorRefused:
        answer = self.new.confirm(_turn(session), session.account, code)
        if isinstance(answer, Confirmed):
            return answer
        if isinstance(answer, NothingPending):
            return FactorRefused(reason=Reason.NOT_FOUND)
        return FactorRefused(
            reason=answer.reason,
            method=Method.TOTP,
            wait=answer.wait,
            clock_off=answer.clock_off,
        )

    def _app(self, account: Account, name: str, confirmed: Confirmed) -> Totp:
        now = self.clock.now()
        return Totp(
            id=new_id(),
            account=account.id,
            name=name,
            secret=confirmed.seed,
            last_step=confirmed.step,
            added_at=now,
            added_with=confirmed.added_with,
            last_used=now,
        )

    def _write(self, app: Totp) -> bool:
        self.store.accounts.add_totp(app)
        return True

    def _remove(
        self, session: Session, removal: Removal, visitor: Visitor
    ) -> FactorChanged | FactorRefused:
        account, app = session.account, removal.app
        name = next((each.name for each in self.of(account) if each.id == app), None)
        if name is None:
            return FactorRefused(reason=Reason.NOT_FOUND)
        barred = self.changes.bar_to_change(session)
        if barred is not None:
            return barred
        wrong = self.changes.fresh_proof.password(session, removal.password)
        if wrong is not None:
            return refused(wrong)
        unproved = self.changes.prove_change(session, removal.given, removal_of(app), visitor)
        if unproved is not None:
            return unproved
        return self.changes.commit(
            session, name, lambda: self.store.accounts.remove_totp(account.id, app)
        )

    def _refused(self, session: Session, visitor: Visitor, why: FactorRefused) -> FactorRefused:
        self.events.note("code_app_refused", visitor, session.account, reason=why.reason)
        return why


def removal_of(app: str) -> Change:
    """Give the change that a removal would be, as a key's answer is bound to it."""
    return Change(name="remove code app", parameters={"app": app})


_BY_RECOVERY: Final = (Method.RECOVERY_CODE,)


def _turn(session: Session) -> Secret:
    """Give what a seed waits for: the session, which keeps its id when it gets a new token."""
    return Secret(session.id)
