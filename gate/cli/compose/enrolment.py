"""Composes the journey of a one-time link."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from gate.core.network import Allowlist
from gate.core.policy import Policy
from gate.core.ports import Clock, Store
from gate.factors.password import Profile
from gate.service.audit import Events
from gate.service.enrol import Enrol
from gate.service.enrol_code_app import EnrolCodeApp
from gate.service.enrol_key import EnrolKey
from gate.service.enrol_password import EnrolPassword
from gate.service.enrolment import Enrolment
from gate.service.first_sign_in import FirstSignIn
from gate.service.hashing import HashQueue
from gate.service.issue import Issuer
from gate.service.journeys import Journeys
from gate.service.links import Links
from gate.service.new_code_apps import NewCodeApps
from gate.service.new_keys import NewKeys
from gate.service.recovery_codes import RecoveryCodes
from gate.service.throttle import Throttle

NOWHERE: Final = Allowlist()


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentParts:
    """What a journey is made of; `site` is how code apps name it."""

    store: Store
    clock: Clock
    policy: Callable[[], Policy]
    issuer: Issuer
    throttle: Throttle
    hashing: HashQueue
    profile: Profile
    events: Events
    new_keys: NewKeys
    site: str
    recovery_keys: tuple[bytes, ...] = field(repr=False)
    first_sign_in_from: Allowlist = NOWHERE

    def composed(self) -> Enrolment:
        """Give the use cases."""
        store, clock, events, throttle = self.store, self.clock, self.events, self.throttle
        links = Links(store=store, clock=clock)
        first_sign_in = FirstSignIn(
            store=store, clock=clock, policy=self.policy, networks=self.first_sign_in_from
        )
        recovery_codes = RecoveryCodes(
            store=store, clock=clock, throttle=throttle, keys=self.recovery_keys
        )
        journeys = Journeys(
            store=store,
            clock=clock,
            policy=self.policy,
            links=links,
            first_sign_in=first_sign_in,
            recovery_codes=recovery_codes,
        )
        new_code_apps = NewCodeApps(store=store, clock=clock, throttle=throttle, issuer=self.site)
        return Enrolment(
            journeys=journeys,
            password=EnrolPassword(
                journeys=journeys,
                issuer=self.issuer,
                throttle=throttle,
                hashing=self.hashing,
                profile=self.profile,
                events=events,
            ),
            code_app=EnrolCodeApp(journeys=journeys, new_code_apps=new_code_apps, events=events),
            key=EnrolKey(
                journeys=journeys, new_keys=self.new_keys, throttle=throttle, events=events
            ),
            end=Enrol(
                journeys=journeys,
                issuer=self.issuer,
                events=events,
                new_keys=self.new_keys,
            ),
        )
