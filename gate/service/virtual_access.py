"""An access that nobody made: what a policy test, or somebody who asks why, puts in words.

It goes through the same front door as a request from the wire. The account is made up from what
is said: its proofs, and the factors that it has. A code, a key or a recovery code comes after a
password, so it implies one; who says no proof at all means a password just now; who says no
factors means an account that could prove each of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from gate.core.access import Access
from gate.core.arrival import Arrival, FrontDoor, WireRequest
from gate.core.front_door import arrive
from gate.core.host import Host
from gate.core.network import Address
from gate.core.policy import Policy, Site
from gate.core.refusal import Refusal
from gate.core.subject import (
    Account,
    AccountId,
    Method,
    Proof,
    Session,
    SessionHash,
    SessionId,
    SessionLimits,
)

ALL_FACTORS: Final = frozenset({"totp", "security_key"})
NO_LIMITS: Final = SessionLimits(idle=timedelta(days=36500), absolute=timedelta(days=36500))
_NAVIGATION: Final = ((b"sec-fetch-site", b"same-origin"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who is said to ask: an account's name, the ages of its proofs, and its factors.

    `limits` are those of the session; a test of a policy knows none.
    """

    name: str
    proofs: Mapping[str, timedelta] = field(default_factory=dict[str, timedelta])
    factors: frozenset[str] | None = None
    limits: SessionLimits = NO_LIMITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is said to be asked, by whom and from where; `target` is that of a request line."""

    method: str
    host: Host
    target: str
    client: Address
    person: Person | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


def virtual_access(policy: Policy, asked: Asked, now: datetime) -> Access | Refusal:
    """Give the access that a request like this would be, or why the front door refuses it."""
    port = asked.host.port
    named = asked.host.name if port is None else f"{asked.host.name}:{port}"
    wire = WireRequest(
        method=asked.method.encode("ascii"),
        target=asked.target.encode("ascii"),
        version=b"HTTP/1.1",
        headers=((b"host", named.encode("ascii")), *_headers(asked.headers)),
        peer=asked.client,
    )
    ports = frozenset[int]() if port is None else frozenset({port})
    arrival = arrive(wire, policy, FrontDoor(ports=ports))
    if isinstance(arrival, Refusal):
        return arrival
    site = policy.pages if arrival.pages or arrival.site is None else arrival.site
    return _access(arrival, site, asked, now)


def _headers(said: Mapping[str, str]) -> tuple[tuple[bytes, bytes], ...]:
    """Give the headers that are said; without any the browser stands on a page of the site."""
    written = tuple(
        (name.lower().encode("ascii"), value.encode("utf-8")) for name, value in said.items()
    )
    return written or _NAVIGATION


def _access(arrival: Arrival[Site], site: Site, asked: Asked, now: datetime) -> Access:
    return Access(
        site=site,
        method=arrival.method,
        target=arrival.target,
        client=arrival.client,
        now=now,
        session=None if asked.person is None else _session(asked.person, asked, arrival.host, now),
        headers=arrival.headers,
        query=arrival.query,
        read=arrival.read,
    )


def _session(person: Person, asked: Asked, host: Host, now: datetime) -> Session:
    ages = _ages(person.proofs)
    return Session(
        hash=SessionHash("virtual"),
        id=SessionId("virtual"),
        account=_account(person),
        host=host.name,
        proofs=tuple(_proof(Method(method), now - age) for method, age in ages.items()),
        created_at=now - max(ages.values()),
        last_seen=now,
        limits=person.limits,
        address=asked.client,
    )


def _ages(said: Mapping[str, timedelta]) -> dict[str, timedelta]:
    ages = dict(said) or {Method.PASSWORD.value: timedelta(0)}
    if Method.PASSWORD not in ages and Method.PASSKEY not in ages:
        ages[Method.PASSWORD.value] = max(ages.values())
    return ages


def _proof(method: Method, at: datetime) -> Proof:
    return Proof(method=method, at=at, user_verified=method is Method.PASSKEY)


def _account(person: Person) -> Account:
    factors = ALL_FACTORS if person.factors is None else person.factors
    shown = {Method(method) for method in person.proofs}
    keys = shown & {Method.SECURITY_KEY, Method.PASSKEY}
    return Account(
        id=AccountId("virtual"),
        name=person.name,
        has_totp="totp" in factors or Method.TOTP in shown,
        has_security_key="security_key" in factors or bool(keys),
    )
