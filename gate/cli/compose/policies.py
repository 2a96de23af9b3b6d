"""The policy keeper of an installation: its store, its folder, and what it can serve."""

from __future__ import annotations

from functools import partial

from gate.cli.compose.origin import misfit
from gate.config.settings import Settings
from gate.core.ports import Clock, Store
from gate.service.policies import PolicyKeeper


def policy_keeper(store: Store, clock: Clock, settings: Settings) -> PolicyKeeper:
    """Give what knows the policy in force, and brings no other one into force than it can serve."""
    return PolicyKeeper(
        store=store,
        clock=clock,
        folder=settings.policies,
        misfit=partial(misfit, settings),
    )
