"""A person's own choice to be asked for a second factor on every page that takes a sign-in.

It only ever adds to what the policy demands. Either way it is changed by the strongest proof (G3),
and not in a session that a recovery code proved (G21).
"""

from __future__ import annotations

from dataclasses import dataclass

from gate.core.decision import Reason
from gate.core.ports import Store
from gate.core.subject import Session
from gate.service.audit import Events
from gate.service.fresh_proof import Change, FreshProof, Given, Unproved
from gate.service.recovered import bar_to_change
from gate.service.visitor import Visitor

ON, OFF = "yes", "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class OptUp:
    """The use case of the page."""

    store: Store
    fresh_proof: FreshProof
    events: Events

    def choose(
        self, session: Session, given: Given, visitor: Visitor, *, on: bool
    ) -> Unproved | None:
        """Switch it, or say why not; None when it counts from now on."""
        unproved = self._unproved(session, given, visitor, on=on)
        if unproved is None:
            unproved = self._written(session, on=on)
        if unproved is not None:
            self.events.note("always_asked_refused", visitor, session.account, **unproved.noted)
            return unproved
        self.events.note("always_asked_on" if on else "always_asked_off", visitor, session.account)
        return None

    def _unproved(
        self, session: Session, given: Given, visitor: Visitor, *, on: bool
    ) -> Unproved | None:
        if bar := bar_to_change(session):
            return Unproved(reason=bar)
        if not session.account.has_second_factor:
            return Unproved(reason=Reason.NOT_ENROLLED)
        return self.fresh_proof.strongest(session, given, choice(on=on), visitor)

    def _written(self, session: Session, *, on: bool) -> Unproved | None:
        with self.store.together():
            if self.store.sessions.find(session.hash) is None:  # somebody ended it meanwhile
                return Unproved(reason=Reason.SESSION_ENDED)
            self.store.accounts.set_always_second_factor(session.account.id, on=on)
        return None


def choice(*, on: bool) -> Change:
    """Give the change as a key's answer is bound to it."""
    return Change(name="always a second factor", parameters={"on": ON if on else OFF})
