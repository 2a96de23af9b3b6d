"""The key in software is an honest one: it refuses what a browser would refuse."""

from __future__ import annotations

import json

import pytest

from gate.factors.webauthn import Algorithm, Asserted, UserVerification, authenticate
from tests.support.ceremonies import (
    NOW,
    ORIGIN,
    RP_ID,
    authenticator,
    creation,
    enrolled,
    registering,
    request,
    signing_in,
    stepping_up,
)
from tests.support.software_authenticator import (
    AlreadyThereError,
    Authenticator,
    NoKeyError,
    NotVerifiedError,
    WrongSiteError,
)


def test_it_answers_for_its_own_site() -> None:
    elsewhere = Authenticator("evil.example", "https://evil.example")
    with pytest.raises(WrongSiteError):
        elsewhere.create(creation(registering()))
    with pytest.raises(WrongSiteError):
        elsewhere.get(request(signing_in()))


def test_it_is_not_added_twice() -> None:
    device = authenticator()
    key = enrolled(device)
    with pytest.raises(AlreadyThereError):
        device.create(creation(registering(credentials=(key.credential_id,))))


def test_it_makes_no_key_of_an_algorithm_that_nobody_asked_for() -> None:
    with pytest.raises(NoKeyError):
        authenticator(algorithms=(-7,)).create(creation(registering(algorithms=(Algorithm.EDDSA,))))


def test_it_answers_with_a_key_that_it_has() -> None:
    device, other = authenticator(), authenticator()
    key = enrolled(other)
    with pytest.raises(NoKeyError):
        device.get(request(signing_in()))
    with pytest.raises(NoKeyError):
        device.get(request(stepping_up(key)))


def test_it_tells_no_account_when_it_keeps_none() -> None:
    device = authenticator(discoverable=False)
    key = enrolled(device)
    with pytest.raises(NoKeyError):
        device.get(request(signing_in()))
    answer = json.loads(device.get(request(stepping_up(key))))
    assert answer["response"]["userHandle"] is None


def test_it_verifies_nobody_without_a_pin() -> None:
    required = registering(user_verification=UserVerification.REQUIRED)
    with pytest.raises(NotVerifiedError):
        authenticator(verifies=False).create(creation(required))


def test_it_takes_options_as_text_and_as_the_browser_wraps_them() -> None:
    device = authenticator()
    key = enrolled(device)
    asked = stepping_up(key)
    for options in (json.dumps(request(asked)), {"publicKey": request(asked)}):
        assert isinstance(authenticate(asked, [key], device.get(options), now=NOW), Asserted)


def test_it_stands_on_the_site_of_the_tests() -> None:
    device = authenticator()
    assert (device.rp_id, device.origin) == (RP_ID, ORIGIN)
