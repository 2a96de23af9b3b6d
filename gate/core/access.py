"""Access: everything that a decision may look at, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from gate.core.network import Address
from gate.core.subject import Session

if TYPE_CHECKING:
    from gate.core.headers import Headers
    from gate.core.site import Site
    from gate.core.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One request for one site, after the front door.

    `headers` are the checked ones of the client. `session` is None for a stranger; whether it has
    ended by time is decided from `now`. `query` and `read` hold what the site's rules read of the
    query and of the clean headers, the latter under lower-case names (None: absent). `opened_at`
    is set when a live exchange is decided again: the freshness of a proof then counts as of that
    moment, unless the rule is strict (G19).
    """

    site: Site
    method: str
    target: Target
    client: Address
    now: datetime
    session: Session | None = None
    headers: Headers = ()
    query: Mapping[str, str | None] = field(default_factory=dict[str, str | None])
    read: Mapping[str, str | None] = field(default_factory=dict[str, str | None])
    opened_at: datetime | None = None


class Seen(NamedTuple):
    """An access as conditions see it: one reading of the path, one of the clock.

    `name` is the account's name, and None for a stranger and for a partial session, of whom
    nothing may be concluded yet (G8). `folded` is the path without ASCII capitals. `wide` reads
    the hours that a change of summer time makes doubtful as inside their window (G19).
    """

    access: Access
    path: str
    folded: str
    name: str | None = None
    wide: bool = False
