"""Composes everything that a page may call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from gate.cli.compose.enrolment import enrolment
from gate.cli.compose.factors import factors
from gate.cli.compose.own_account import own_account
from gate.cli.compose.shared import Tools
from gate.core.secret_text import Secret
from gate.service.journeys import Journeys
from gate.service.network_trials import NetworkTrials
from gate.service.passkey_sign_in import PasskeySignIn
from gate.service.passwords import Passwords
from gate.service.restrict import Restrict
from gate.service.sign_in import SignIn
from gate.service.step_up import StepUp
from gate.service.tickets import Tickets
from ui.services import DEFAULT_CONTACT, Services, no_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """What the pages themselves need beside their use cases, as `Services` describes it."""

    csrf_key: bytes = field(repr=False)
    handoff_secrets: tuple[Secret, ...] = field(repr=False)
    contact: str = DEFAULT_CONTACT
    jwks: Callable[[], bytes] = no_keys


def services(tools: Tools, front: Front) -> Services:
    """Make every use case that a page may call."""
    ground, policy = tools.ground, tools.ground.policy
    step_up, journey = _step_up(tools), enrolment(tools)
    return Services(
        sign_in=_sign_in(tools, journey.journeys),
        step_up=step_up,
        passkey_sign_in=PasskeySignIn(
            policy=policy, keys=tools.keys.answers, issuer=tools.issuer, events=tools.events
        ),
        sessions=tools.sessions,
        tickets=Tickets(sessions=tools.sessions, policy=policy, issuer=tools.issuer),
        passwords=_passwords(tools),
        restrict=Restrict(
            store=ground.store,
            policy=policy,
            sessions=tools.sessions,
            fresh_proof=tools.proof,
            events=tools.events,
        ),
        network_trials=NetworkTrials(
            store=ground.store,
            policy=policy,
            sessions=tools.sessions,
            fresh_proof=tools.proof,
            events=tools.events,
        ),
        fresh_proof=tools.proof,
        new_keys=tools.keys.new,
        factors=factors(tools, step_up),
        own=own_account(tools),
        enrolment=journey,
        policy=policy,
        clock=ground.clock,
        public_url=ground.public_url,
        csrf_key=front.csrf_key,
        handoff_secrets=front.handoff_secrets,
        contact=front.contact,
        jwks=front.jwks,
    )


def _sign_in(tools: Tools, journeys: Journeys) -> SignIn:
    ground = tools.ground
    return SignIn(
        store=ground.store,
        policy=ground.policy,
        issuer=tools.issuer,
        throttle=tools.throttle,
        hashing=ground.hashing,
        profile=ground.profile,
        events=tools.events,
        journeys=journeys,
    )


def _step_up(tools: Tools) -> StepUp:
    return StepUp(
        sessions=tools.sessions,
        policy=tools.ground.policy,
        issuer=tools.issuer,
        fresh_proof=tools.proof,
        keys=tools.keys.answers,
        events=tools.events,
    )


def _passwords(tools: Tools) -> Passwords:
    ground = tools.ground
    return Passwords(
        store=ground.store,
        clock=ground.clock,
        issuer=tools.issuer,
        fresh_proof=tools.proof,
        hashing=ground.hashing,
        profile=ground.profile,
        events=tools.events,
    )
