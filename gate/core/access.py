"""Access: everything that a decision may look at, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from gate.core.network import Address
from gate.core.subject import Session

if TYPE_CHECKING:
    from gate.core.headers import Headers
    from gate.core.policy import Site
    from gate.core.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One request for one site, after the front door.

    `headers` are the checked ones of the client. `session` is None for a stranger; it is live:
    whether it has ended by time is decided from `now`. `query` holds the values of the query
    names that the site's rules read (None: absent).
    """

    site: Site
    method: str
    target: Target
    client: Address
    now: datetime
    session: Session | None = None
    headers: Headers = ()
    query: dict[str, str | None] = field(default_factory=dict)
