"""Composes the use cases by which people look after their account beside its factors."""

from __future__ import annotations

from dataclasses import dataclass

from gate.core.ports import Store
from gate.service.history import History
from ui.services import OwnAccount


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAccountParts:
    """What these use cases are made of."""

    store: Store

    def composed(self) -> OwnAccount:
        """Give the use cases."""
        return OwnAccount(history=History(log=self.store.audit))
