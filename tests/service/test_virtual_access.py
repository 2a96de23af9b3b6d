"""Accesses that nobody made: what is said becomes what a request would be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any

import pytest

from gate.core.access import Access
from gate.core.decision import Reason
from gate.core.host import Host
from gate.core.refusal import Refusal
from gate.core.subject import Method, Session, SessionLimits
from gate.service.virtual_access import Asked, Person, virtual_access
from tests.support.policies import policy_of, site_text

NOW = datetime(2027, 3, 31, 12, tzinfo=UTC)
RULES = """
- {name: a, when: {header: {X-Api: yes}, query: {q: x}}, then: {deny: x}}
- {name: b, when: any, then: {require: second_factor}}
"""
POLICY = policy_of(site_text(RULES))


def asked(person: Person | None = None, **more: Any) -> Access | Refusal:
    values: dict[str, Any] = {
        "method": "GET",
        "host": Host(name="wiki.example.com"),
        "target": "/a?q=x",
        "client": ip_address("192.0.2.1"),
        "person": person,
        **more,
    }
    return virtual_access(POLICY, Asked(**values), NOW)


def session_of(person: Person) -> Session:
    access = asked(person)
    assert isinstance(access, Access)
    assert access.session is not None
    return access.session


def test_it_is_what_the_front_door_makes_of_the_request() -> None:
    access = asked(headers={"X-Api": "yes"})
    assert isinstance(access, Access)
    assert (access.site.name, access.target.path) == ("wiki", "/a")
    assert (access.query, access.read) == ({"q": "x"}, {"x-api": "yes"})
    assert access.session is None


def test_without_headers_the_browser_stands_on_a_page_of_the_site() -> None:
    access = asked(method="POST")
    assert isinstance(access, Access)
    assert (b"sec-fetch-site", b"same-origin") in access.headers


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"host": Host(name="other.example.com")}, Reason.UNKNOWN_HOST),
        ({"target": "//a"}, Reason.UNCLEAN_REQUEST),
        ({"method": "TRACE"}, Reason.METHOD_NOT_ALLOWED),
        ({"target": "/a?q=1&q=2"}, Reason.UNCLEAN_REQUEST),
    ],
)
def test_what_the_front_door_refuses_is_refused(more: dict[str, Any], reason: Reason) -> None:
    refusal = asked(**more)
    assert isinstance(refusal, Refusal)
    assert refusal.reason is reason


def test_g14_the_gates_own_pages_are_its_own_site() -> None:
    access = asked(target="/-/gate/account/")
    assert isinstance(access, Access)
    assert access.site is POLICY.pages


def test_a_host_may_be_asked_for_on_any_port() -> None:
    assert isinstance(asked(host=Host(name="wiki.example.com", port=8443)), Access)


@pytest.mark.parametrize(
    ("said", "proved"),
    [
        ({}, {"password": 0}),
        ({"password": 5}, {"password": 5}),
        ({"totp": 5}, {"totp": 5, "password": 5}),
        ({"totp": 5, "password": 60}, {"totp": 5, "password": 60}),
        (
            {"security_key": 1, "recovery_code": 9},
            {"security_key": 1, "recovery_code": 9, "password": 9},
        ),
        ({"passkey": 5}, {"passkey": 5}),
    ],
)
def test_a_second_proof_implies_a_password(said: dict[str, int], proved: dict[str, int]) -> None:
    ages = {word: timedelta(minutes=age) for word, age in said.items()}
    proofs = session_of(Person(name="bob", proofs=ages)).proofs
    assert {
        proof.method.value: (NOW - proof.at) / timedelta(minutes=1) for proof in proofs
    } == proved
    assert all(proof.user_verified is (proof.method is Method.PASSKEY) for proof in proofs)


@pytest.mark.parametrize(
    ("factors", "proofs", "has"),
    [
        (None, [], (True, True)),
        (frozenset(), [], (False, False)),
        (frozenset({"totp"}), [], (True, False)),
        (frozenset(), ["totp"], (True, False)),
        (frozenset(), ["passkey"], (False, True)),
        (frozenset({"totp"}), ["security_key"], (True, True)),
    ],
)
def test_an_account_has_what_is_said_and_what_it_proved(
    factors: frozenset[str] | None, proofs: list[str], has: tuple[bool, bool]
) -> None:
    ages = dict.fromkeys(proofs, timedelta(minutes=1))
    account = session_of(Person(name="bob", proofs=ages, factors=factors)).account
    assert (account.has_totp, account.has_security_key) == has


def test_a_session_lives_as_long_as_is_said() -> None:
    limits = SessionLimits(idle=timedelta(minutes=5), absolute=timedelta(minutes=30))
    person = Person(name="bob", proofs={"totp": timedelta(minutes=28)}, limits=limits)
    session = session_of(person)
    assert session.ends_at == NOW + timedelta(minutes=2)
    assert session.host == "wiki.example.com"
