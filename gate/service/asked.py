"""A clean request on its way through the stages, and the access that it stands for.

An open exchange is decided again by what it once asked, read as the site's rules read it now.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from gate.core.access import Access
from gate.core.arrival import Arrival
from gate.core.decision import Permit
from gate.core.headers import for_upstream, header_values
from gate.core.policy import Site
from gate.core.refusal import Refusal
from gate.core.subject import Session
from gate.core.target import query_values
from gate.service.answer import Exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that passed the front door; `site` may be that of the gate's own pages."""

    request: str
    arrival: Arrival[Site]
    site: Site
    session: Session | None
    now: datetime

    @property
    def session_has_ended(self) -> bool:
        """Say whether time has ended the session that came along, on either clock (R14, F7)."""
        return self.session is not None and self.session.ends_at <= self.now


def access_of(asked: Asked) -> Access:
    """Give everything that a decision may look at."""
    arrival = asked.arrival
    return Access(
        site=asked.site,
        method=arrival.method,
        target=arrival.target,
        client=arrival.client,
        now=asked.now,
        session=asked.session,
        headers=arrival.headers,
        query=arrival.query,
        read=arrival.read,
    )


def exchange_of(
    asked: Asked, access: Access, permit: Permit, versions: tuple[int, int]
) -> Exchange:
    """Give what has to be known of a permitted exchange; `versions` are policy and epoch."""
    number, epoch = versions
    return Exchange(
        request=asked.request,
        host=asked.arrival.host,
        access=access,
        session=asked.session.hash if asked.session else None,
        policy_number=number,
        epoch=epoch,
        granted_until=permit.until,
        obligations=permit.obligations,
        opened_at=asked.now,
    )


def access_again(
    exchange: Exchange, site: Site, session: Session | None, now: datetime
) -> Access | Refusal:
    """Give the access of an open exchange as of now; a refusal where it would not arrive today."""
    before = exchange.access
    clean = for_upstream(
        before.headers, own_cookies=frozenset(), odd_headers_pass=site.odd_headers_pass
    )
    query = query_values(before.target, site.query_names)
    if isinstance(query, Refusal):
        return query
    read = header_values(clean, site.header_names)
    if isinstance(read, Refusal):
        return read
    return replace(
        before,
        site=site,
        session=session,
        now=now,
        query=query,
        read=read,
        opened_at=exchange.opened_at,
    )
