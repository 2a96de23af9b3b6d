"""Composes the pages process from what it was told over its pipe."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from joserfc.jwk import ECKey
from starlette.applications import Starlette

from gate.cli.compose.audit import chain_told, chained_log, kept_audit
from gate.cli.compose.keys import keys_tried, pages_keys
from gate.cli.compose.limits import limits_in_force
from gate.cli.compose.policies import policy_keeper
from gate.cli.compose.services import Front, services
from gate.cli.compose.shared import Ground, shared
from gate.config.setting_types import Origin
from gate.config.settings import Settings
from gate.core.ports import Clock, Store
from gate.core.secret_text import Secret
from gate.service.audit import Audit
from gate.service.policies import PolicyKeeper
from gate.store.clock import SystemClock
from gate.store.sql import open_store
from ui.app import build_app
from ui.operations import Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """The pages process, ready to serve."""

    app: Starlette
    store: Store
    clock: Clock
    audit: Audit
    policies: PolicyKeeper
    follow_keys: Callable[[], bool]
    end_trials: Callable[[], None]

    def sweep(self) -> None:
        """Drop what time has ended and nobody will ask for again."""
        self.store.sessions.sweep(self.clock.now())

    def condition(self) -> Condition:
        """Say how the gate stands, for the admin listener."""
        number = self.policies.current().number
        held = self.store.policies.held()
        why = held.why if held is not None else ()
        return Condition(ready=True, degraded=held is not None, policy_version=number, why=why)


@contextmanager
def composed_pages(told: Mapping[str, Any], settings: Settings) -> Iterator[Pages]:
    """Compose the pages process; it can unseal and can't sign."""
    keys = pages_keys(told["keys"])
    store = open_store(settings.state.reveal(), keys.sealer)
    clock = SystemClock()
    chained = chained_log(store, clock, settings, chain_told(told["chain"]))
    policies = policy_keeper(store, clock, settings)
    with closing(store), kept_audit(chained, settings) as audit:
        ground = Ground(
            store=store,
            clock=clock,
            audit=audit,
            policy=lambda: policies.current().policy,
            limits=limits_in_force(settings, lambda: policies.current().policy),
            public_url=str(Origin(**told["origin"])),
            new_key_wait=settings.new_key_wait,
            recovery_keys=keys_tried(keys.recovery),
            first_sign_in_from=settings.first_sign_in_from,
        )
        front = Front(
            csrf_key=keys.csrf,
            handoff_secrets=tuple(map(Secret, told["secrets"])),
            contact=settings.contact,
            jwks=lambda: _key_set(keys.assertion),
        )
        called = services(shared(ground), front)
        yield Pages(
            app=build_app(called),
            store=store,
            clock=clock,
            audit=audit,
            policies=policies,
            follow_keys=store.rotation.follow,
            end_trials=called.network_trials.end_overdue,
        )


def _key_set(assertion: ECKey) -> bytes:
    """Give the public half of the key that signs assertions, as a JSON Web Key Set (RFC 7517)."""
    published = {**assertion.as_dict(private=False), "alg": "ES256", "use": "sig"}
    return json.dumps({"keys": [published]}).encode()
