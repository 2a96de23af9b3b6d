"""Composes the use cases by which people look after their account beside its factors."""

from __future__ import annotations

from gate.cli.compose.shared import Tools
from gate.service.history import History
from gate.service.lockdown import Lockdown
from gate.service.opt_up import OptUp
from gate.service.own_data import OwnData
from gate.service.profile import Profile
from ui.services import OwnAccount


def own_account(tools: Tools) -> OwnAccount:
    """Give all of them."""
    store, events = tools.ground.store, tools.events
    history = History(log=store.audit)
    return OwnAccount(
        history=history,
        profile=Profile(store=store, events=events),
        data=OwnData(
            store=store,
            clock=tools.ground.clock,
            policy=tools.ground.policy,
            sessions=tools.sessions,
            history=history,
            fresh_proof=tools.proof,
            events=events,
        ),
        lockdown=Lockdown(store=store, events=events),
        opt_up=OptUp(store=store, fresh_proof=tools.proof, events=events),
    )
