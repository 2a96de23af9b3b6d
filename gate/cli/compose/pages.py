"""Composes the pages process from what it was told over its pipe."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette

from gate.cli.compose.audit import chain_told, chained_log, kept_audit
from gate.cli.compose.enrolment import EnrolmentParts
from gate.cli.compose.factors import FactorParts, factors, keys_tried
from gate.cli.compose.keys import PagesKeys, pages_keys
from gate.cli.compose.own_account import OwnAccountParts
from gate.cli.compose.policies import policy_keeper
from gate.cli.compose.shared import PROFILE, Place, Tools, shared
from gate.config.setting_types import Origin
from gate.config.settings import Settings
from gate.core.policy import Policy
from gate.core.ports import Clock, Store
from gate.core.secret_text import Secret
from gate.service.audit import Audit
from gate.service.enrolment import Enrolment
from gate.service.network_trials import NetworkTrials
from gate.service.passkey_sign_in import PasskeySignIn
from gate.service.passwords import Passwords
from gate.service.policies import PolicyKeeper
from gate.service.restrict import Restrict
from gate.service.sign_in import SignIn
from gate.service.step_up import StepUp
from gate.service.tickets import Tickets
from gate.store.clock import SystemClock
from gate.store.sql import open_store
from ui.app import build_app
from ui.operations import Condition
from ui.services import Factors, OwnAccount, Services


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
        parts = _Parts(
            store=store,
            clock=clock,
            audit=audit,
            policies=policies,
            settings=settings,
            origin=Origin(**told["origin"]),
        )
        services = parts.services(keys, tuple(map(Secret, told["secrets"])))
        yield Pages(
            app=build_app(services),
            store=store,
            clock=clock,
            audit=audit,
            policies=policies,
            follow_keys=store.rotation.follow,
            end_trials=services.network_trials.end_overdue,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """The ports and what is made of them."""

    store: Store
    clock: Clock
    audit: Audit
    policies: PolicyKeeper
    settings: Settings
    origin: Origin

    def policy(self) -> Policy:
        return self.policies.current().policy

    @property
    def place(self) -> Place:
        return Place(policy=self.policy, public_url=str(self.origin))

    def services(self, keys: PagesKeys, secrets: tuple[Secret, ...]) -> Services:
        """Make every use case that a page may call."""
        tools = shared(self.store, self.clock, self.audit, self.settings, self.place)
        step_up = self._step_up(tools)
        enrolment = self._enrolment(tools, keys)
        published = {**keys.assertion.as_dict(private=False), "alg": "ES256", "use": "sig"}
        return Services(
            sign_in=self._sign_in(tools, enrolment),
            step_up=step_up,
            passkey_sign_in=PasskeySignIn(
                policy=self.policy,
                keys=tools.keys.answers,
                issuer=tools.issuer,
                events=tools.events,
            ),
            sessions=tools.sessions,
            tickets=Tickets(sessions=tools.sessions, policy=self.policy, issuer=tools.issuer),
            passwords=self._passwords(tools),
            restrict=self._restrict(tools),
            network_trials=self._network_trials(tools),
            fresh_proof=tools.proof,
            new_keys=tools.keys.new,
            factors=self._factors(tools, step_up, keys),
            own=self._own(tools),
            enrolment=enrolment,
            policy=self.policy,
            clock=self.clock,
            public_url=str(self.origin),
            csrf_key=keys.csrf,
            handoff_secrets=secrets,
            jwks=lambda: json.dumps({"keys": [published]}).encode(),
            contact=self.settings.contact,
        )

    def _enrolment(self, tools: Tools, keys: PagesKeys) -> Enrolment:
        return EnrolmentParts(
            store=self.store,
            clock=self.clock,
            policy=self.policy,
            issuer=tools.issuer,
            throttle=tools.throttle,
            hashing=tools.hashing,
            profile=PROFILE,
            events=tools.events,
            new_keys=tools.keys.new,
            site=self.origin.host,
            recovery_keys=keys_tried(keys.recovery),
            first_sign_in_from=self.settings.first_sign_in_from,
        ).composed()

    def _own(self, tools: Tools) -> OwnAccount:
        return OwnAccountParts(
            store=self.store,
            events=tools.events,
            fresh_proof=tools.proof,
            sessions=tools.sessions,
            policy=self.policy,
        ).composed()

    def _sign_in(self, tools: Tools, enrolment: Enrolment) -> SignIn:
        return SignIn(
            store=self.store,
            policy=self.policy,
            issuer=tools.issuer,
            throttle=tools.throttle,
            hashing=tools.hashing,
            profile=PROFILE,
            events=tools.events,
            journeys=enrolment.journeys,
        )

    def _restrict(self, tools: Tools) -> Restrict:
        return Restrict(
            store=self.store,
            policy=self.policy,
            sessions=tools.sessions,
            fresh_proof=tools.proof,
            events=tools.events,
        )

    def _network_trials(self, tools: Tools) -> NetworkTrials:
        return NetworkTrials(
            store=self.store,
            policy=self.policy,
            sessions=tools.sessions,
            fresh_proof=tools.proof,
            events=tools.events,
        )

    def _factors(self, tools: Tools, step_up: StepUp, keys: PagesKeys) -> Factors:
        parts = FactorParts(
            store=self.store,
            clock=self.clock,
            policy=self.policy,
            events=tools.events,
            issuer=tools.issuer,
            fresh_proof=tools.proof,
            new_keys=tools.keys.new,
            step_up=step_up,
        )
        tried = keys_tried(keys.recovery)
        return factors(parts, public_url=str(self.origin), recovery_keys=tried)

    def _step_up(self, tools: Tools) -> StepUp:
        return StepUp(
            sessions=tools.sessions,
            policy=self.policy,
            issuer=tools.issuer,
            fresh_proof=tools.proof,
            keys=tools.keys.answers,
            events=tools.events,
        )

    def _passwords(self, tools: Tools) -> Passwords:
        return Passwords(
            store=self.store,
            clock=self.clock,
            issuer=tools.issuer,
            fresh_proof=tools.proof,
            hashing=tools.hashing,
            profile=PROFILE,
            events=tools.events,
        )
