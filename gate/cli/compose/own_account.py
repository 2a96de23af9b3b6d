"""Composes the use cases by which people look after their account beside its factors."""

from __future__ import annotations

from dataclasses import dataclass

from gate.core.ports import Store
from gate.service.audit import Events
from gate.service.fresh_proof import FreshProof
from gate.service.history import History
from gate.service.lockdown import Lockdown
from gate.service.opt_up import OptUp
from ui.services import OwnAccount


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAccountParts:
    """What these use cases are made of."""

    store: Store
    events: Events
    fresh_proof: FreshProof

    def composed(self) -> OwnAccount:
        """Give the use cases."""
        store, events = self.store, self.events
        return OwnAccount(
            history=History(log=store.audit),
            lockdown=Lockdown(store=store, events=events),
            opt_up=OptUp(store=store, fresh_proof=self.fresh_proof, events=events),
        )
