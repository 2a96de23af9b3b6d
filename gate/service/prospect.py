"""What a page would still ask of a session: decided anew, by the policy, from where it is going.

A step-up page looks at this to offer what will be enough. It opens nothing: the request that
follows is decided for itself, so a wrong guess about it costs a second question at most.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from gate.core.decide import decide
from gate.core.decision import Decision
from gate.core.host import Host
from gate.core.network import Address
from gate.core.policy import Policy
from gate.core.refusal import Refusal
from gate.core.subject import Session
from gate.service.virtual_access import Asked, virtual_access


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """A page that somebody wants to open; `target` is that of a request line, in ASCII."""

    host: Host
    target: str
    client: Address


def prospect(
    policy: Policy, session: Session, destination: Destination, now: datetime
) -> Decision | None:
    """Give the answer to opening a page in a session; None when it can't be asked for at all."""
    asked = Asked(
        method="GET",
        host=destination.host,
        target=destination.target,
        client=destination.client,
    )
    access = virtual_access(policy, asked, now)
    if isinstance(access, Refusal):
        return None
    return decide(policy, replace(access, session=session))
