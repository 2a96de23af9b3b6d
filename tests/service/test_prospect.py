"""What a page would still ask of a session is what the policy says, and opens nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from gate.core.decision import Deny, Level, Permit, Reason, StepUp
from gate.core.host import Host
from gate.core.subject import Method
from gate.service.prospect import Destination, prospect
from tests.support.decisions import address
from tests.support.keys_in_hand import enrol, new_key
from tests.support.policies import policy_of, site_text
from tests.support.use_cases import HOME, House

POLICY = policy_of(
    site_text("""
- {name: admin, when: {path: /admin/**}, then: {require: security_key, within: 15m}}
- {name: odd, when: {query: {mode: odd}}, then: {require: security_key}}
- {name: fresh, when: {path: /fresh}, then: {require: second_factor, within: 5m}}
- {name: rest, when: any, then: {require: second_factor}}
""")
)


def destination(target: str, host: str = "wiki.example.com") -> Destination:
    return Destination(host=Host(name=host), target=target, client=address(HOME))


@pytest.mark.parametrize(
    ("target", "level"),
    [
        ("/", Level.SECOND_FACTOR),
        ("/admin/users", Level.SECURITY_KEY),
        ("/?mode=odd", Level.SECURITY_KEY),
    ],
)
def test_it_is_what_the_policy_asks_for_there(target: str, level: Level) -> None:
    house = House()
    account = house.add()
    enrol(house.keys.new, account, new_key())
    session = house.entered().session
    found = prospect(POLICY, session, destination(target), house.clock.now())
    assert isinstance(found, StepUp)
    assert found.level is level
    assert Method.SECURITY_KEY in found.methods


def test_what_is_fresh_enough_asks_for_nothing() -> None:
    house = House()
    house.add()
    session = house.session()
    now = house.clock.now()
    assert isinstance(prospect(POLICY, session, destination("/fresh"), now), Permit)
    stale = prospect(POLICY, session, destination("/fresh"), now + timedelta(minutes=6))
    assert isinstance(stale, StepUp)
    assert (stale.reason, stale.within) == (Reason.FACTOR_TOO_OLD, timedelta(minutes=5))


def test_an_account_without_what_is_asked_is_denied() -> None:
    house = House()
    house.add()
    found = prospect(POLICY, house.session(), destination("/admin/"), house.clock.now())
    assert isinstance(found, Deny)
    assert found.reason is Reason.NEEDS_SECURITY_KEY


def test_the_gates_own_pages_are_asked_as_any_site() -> None:
    house = House()
    house.add()
    own = destination("/-/gate/account/security")
    found = prospect(POLICY, house.entered().session, own, house.clock.now())
    assert isinstance(found, StepUp)
    assert found.level is Level.SECOND_FACTOR


@pytest.mark.parametrize("target", ["/%2e%2e/admin", "/?mode=a&mode=b", "relative"])
def test_what_can_not_be_asked_for_has_none(target: str) -> None:
    house = House()
    house.add()
    session = house.entered().session
    assert prospect(POLICY, session, destination(target), house.clock.now()) is None


def test_a_host_of_no_site_has_none() -> None:
    house = House()
    house.add()
    elsewhere = replace(destination("/"), host=Host(name="evil.example.com"))
    found = prospect(POLICY, house.entered().session, elsewhere, house.clock.now())
    assert found is None or isinstance(found, Deny)
