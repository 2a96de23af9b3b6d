"""Composes the use cases by which people look after their account beside its factors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gate.core.policy import Policy
from gate.core.ports import Store
from gate.service.audit import Events
from gate.service.fresh_proof import FreshProof
from gate.service.history import History
from gate.service.lockdown import Lockdown
from gate.service.opt_up import OptUp
from gate.service.own_data import OwnData
from gate.service.profile import Profile
from gate.service.sessions import Sessions
from ui.services import OwnAccount


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAccountParts:
    """What these use cases are made of."""

    store: Store
    events: Events
    fresh_proof: FreshProof
    sessions: Sessions
    policy: Callable[[], Policy]

    def composed(self) -> OwnAccount:
        """Give the use cases."""
        store, events = self.store, self.events
        history = History(log=store.audit)
        return OwnAccount(
            history=history,
            profile=Profile(store=store, events=events),
            data=OwnData(
                store=store,
                clock=events.clock,
                policy=self.policy,
                sessions=self.sessions,
                history=history,
                fresh_proof=self.fresh_proof,
                events=events,
            ),
            lockdown=Lockdown(store=store, events=events),
            opt_up=OptUp(store=store, fresh_proof=self.fresh_proof, events=events),
        )
