"""What an enforcer is made of: ports, services and the facts of the installation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from gate.core.front_door import FrontDoor, WireRequest
from gate.core.policy import Policy, Site
from gate.core.ports import Clock, Store
from gate.core.secret_text import Secret
from gate.service.activity import Activity
from gate.service.audit import Audit
from gate.service.identity import Identity
from gate.service.lifetimes import Lifetimes
from gate.service.responses import Responses


class InForce(Protocol):
    """A policy and the number of its stored version."""

    @property
    def number(self) -> int:
        """The version's number."""
        ...

    @property
    def policy(self) -> Policy:
        """The policy itself."""
        ...


class Keeper(Protocol):
    """Gives the policy in force; raises when the version in force can't be loaded."""

    def current(self) -> InForce:
        """Give what is in force now, after the store's epoch moved."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EnforceSettings:
    """What an enforcer has to know of the installation.

    `scheme` and `port` are those of public_url; `secret` authenticates the hand-off to the pages
    process; `record_key` hashes inputs in records; `generation` changes with every setting that
    decisions depend on.
    """

    door: FrontDoor
    scheme: str
    port: int
    session_cookie: bytes
    secret: Secret
    record_key: Secret
    generation: int = 0
    ends_tls: bool = False

    def is_exposed(self, wire: WireRequest) -> bool:
        """Say whether a request came in the clear to a gate that is reached by TLS (T25)."""
        return self.ends_tls and not wire.secure

    def refuses_keys(self, site: Site) -> bool:
        """Say whether scripts of a site could ask for the keys of the gate's pages (G5)."""
        return self.door.pages_host is None and not site.options.allow_security_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class EnforcerParts:
    """The ports and services."""

    store: Store
    clock: Clock
    keeper: Keeper
    audit: Audit
    activity: Activity
    lifetimes: Lifetimes
    identity: Identity
    responses: Responses
