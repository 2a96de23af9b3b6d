"""Composes the journey of a one-time link."""

from __future__ import annotations

from gate.cli.compose.factors import new_code_apps, recovery_codes
from gate.cli.compose.shared import Tools
from gate.service.enrol import Enrol
from gate.service.enrol_code_app import EnrolCodeApp
from gate.service.enrol_key import EnrolKey
from gate.service.enrol_password import EnrolPassword
from gate.service.enrolment import Enrolment
from gate.service.first_sign_in import FirstSignIn
from gate.service.journeys import Journeys
from gate.service.links import Links


def enrolment(tools: Tools) -> Enrolment:
    """Give its use cases."""
    ground, events, throttle = tools.ground, tools.events, tools.throttle
    journeys = Journeys(
        store=ground.store,
        clock=ground.clock,
        policy=ground.policy,
        links=Links(store=ground.store, clock=ground.clock),
        first_sign_in=FirstSignIn(
            store=ground.store,
            clock=ground.clock,
            policy=ground.policy,
            networks=ground.first_sign_in_from,
        ),
        recovery_codes=recovery_codes(tools),
    )
    return Enrolment(
        journeys=journeys,
        password=EnrolPassword(
            journeys=journeys,
            issuer=tools.issuer,
            throttle=throttle,
            hashing=ground.hashing,
            profile=ground.profile,
            events=events,
        ),
        code_app=EnrolCodeApp(journeys=journeys, new_code_apps=new_code_apps(tools), events=events),
        key=EnrolKey(journeys=journeys, new_keys=tools.keys.new, throttle=throttle, events=events),
        end=Enrol(journeys=journeys, issuer=tools.issuer, events=events, new_keys=tools.keys.new),
    )
