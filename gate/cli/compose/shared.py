"""What the use cases of the pages stand on and share: one throttle, one queue for hashing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from gate.cli.compose.webauthn import KeyUse, key_use
from gate.config.setting_types import NOWHERE
from gate.core.network import Allowlist
from gate.core.policy import Policy
from gate.core.ports import Clock, Store
from gate.factors.password import Profile
from gate.service.audit import Audit, Events
from gate.service.fresh_proof import FreshProof
from gate.service.hashing import HashQueue
from gate.service.issue import Issuer
from gate.service.lifetimes import Lifetimes, LimitsInForce
from gate.service.sessions import Sessions
from gate.service.throttle import Throttle

PROFILE: Final = Profile()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The ports, the policy in force and the settings that the use cases look at.

    `recovery_keys` are those of the hashes of recovery codes, the current one first.
    """

    store: Store
    clock: Clock
    audit: Audit
    policy: Callable[[], Policy]
    limits: LimitsInForce
    public_url: str
    new_key_wait: timedelta
    recovery_keys: tuple[bytes, ...] = field(repr=False)
    first_sign_in_from: Allowlist = NOWHERE
    profile: Profile = PROFILE
    hashing: HashQueue = field(default_factory=HashQueue)

    @property
    def host(self) -> str:
        """Give the host of the pages, which is how code apps name the site."""
        return urlsplit(self.public_url).hostname or "Gate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The shared parts, and the ground they stand on."""

    ground: Ground
    events: Events
    throttle: Throttle
    issuer: Issuer
    keys: KeyUse
    proof: FreshProof
    sessions: Sessions


def shared(ground: Ground) -> Tools:
    """Make what several use cases share."""
    store, clock = ground.store, ground.clock
    events = Events(audit=ground.audit, clock=clock)
    throttle = Throttle(attempts=store.attempts, clock=clock)
    keys = key_use(
        store, clock, events, public_url=ground.public_url, new_key_wait=ground.new_key_wait
    )
    proof = FreshProof(
        store=store,
        clock=clock,
        throttle=throttle,
        hashing=ground.hashing,
        profile=ground.profile,
        keys=keys.answers,
    )
    lifetimes = Lifetimes(store.sessions, clock, ground.limits)
    return Tools(
        ground=ground,
        events=events,
        throttle=throttle,
        issuer=Issuer(store=store, clock=clock, limits=ground.limits),
        keys=keys,
        proof=proof,
        sessions=Sessions(store=store, clock=clock, events=events, lifetimes=lifetimes),
    )
