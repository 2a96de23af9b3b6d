"""What several use cases of the pages share: one throttle, one queue for hashing, one of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from gate.cli.compose.limits import limits_in_force
from gate.cli.compose.webauthn import KeyUse, key_use
from gate.config.settings import Settings
from gate.core.policy import Policy
from gate.core.ports import Clock, Store
from gate.factors.password import Profile
from gate.service.audit import Audit, Events
from gate.service.fresh_proof import FreshProof
from gate.service.hashing import HashQueue
from gate.service.issue import Issuer
from gate.service.lifetimes import Lifetimes
from gate.service.sessions import Sessions
from gate.service.throttle import Throttle

PROFILE: Final = Profile()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The shared parts."""

    events: Events
    throttle: Throttle
    hashing: HashQueue
    issuer: Issuer
    keys: KeyUse
    proof: FreshProof
    sessions: Sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Under which policy the pages stand, and where."""

    policy: Callable[[], Policy]
    public_url: str


def shared(store: Store, clock: Clock, audit: Audit, settings: Settings, place: Place) -> Tools:
    """Make what several use cases share."""
    events = Events(audit=audit, clock=clock)
    throttle = Throttle(attempts=store.attempts, clock=clock)
    hashing = HashQueue()
    limits = limits_in_force(settings, place.policy)
    keys = key_use(
        store,
        clock,
        events,
        public_url=place.public_url,
        new_key_wait=settings.new_key_wait,
    )
    proof = FreshProof(
        store=store,
        clock=clock,
        throttle=throttle,
        hashing=hashing,
        profile=PROFILE,
        keys=keys.answers,
    )
    lifetimes = Lifetimes(store.sessions, clock, limits)
    return Tools(
        events=events,
        throttle=throttle,
        hashing=hashing,
        issuer=Issuer(store=store, clock=clock, limits=limits),
        keys=keys,
        proof=proof,
        sessions=Sessions(store=store, clock=clock, events=events, lifetimes=lifetimes),
    )
