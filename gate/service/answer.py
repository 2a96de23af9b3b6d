"""Answers: what a plane has to do with one request, complete to the last byte.

A plane adds nothing to an answer and leaves nothing out. Bytes go upstream only from a `Forward`,
and only `gate.service.enforce` makes one, from a permit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gate.core.access import Access
from gate.core.decision import Obligation, Reason
from gate.core.handoff import PersonalRefusal
from gate.core.headers import Headers
from gate.core.host import Host
from gate.core.policy import Upstream
from gate.core.subject import SessionHash


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A permitted exchange while it is open, so that it can be decided again (G19).

    `host` finds the site again, whatever the policy has become. `granted_until` is the `until` of
    the permit, `obligations` what it was given with; `opened_at` the moment of the decision.
    """

    request: str
    host: Host
    access: Access
    session: SessionHash | None
    policy_number: int
    epoch: int
    granted_until: datetime | None
    opened_at: datetime
    obligations: frozenset[Obligation] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Forward:
    """Send the request to the site's upstream with exactly these headers.

    `private` asks for `Cache-Control: private` on the response (G30); `websocket` says that a 101
    is expected; any other 101 is cut.
    """

    upstream: Upstream
    headers: Headers
    exchange: Exchange
    private: bool
    websocket: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ToPages:
    """Hand the request to the pages process with exactly these headers (G22)."""

    headers: Headers
    request: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Respond:
    """Answer with this status, these headers and this body; the body is empty for HEAD.

    `personal` asks the pages process for a better page of the same status; when it does not
    answer within two seconds, or at all, `body` is sent. `close` ends the connection.
    """

    status: int
    reason: Reason
    headers: Headers
    body: bytes
    request: str
    personal: PersonalRefusal | None = None
    personal_headers: Headers = ()
    close: bool = False


type Answer = Forward | ToPages | Respond
