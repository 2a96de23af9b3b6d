"""The headers by which the pages process knows a plane and believes its word (G22)."""

from __future__ import annotations

from dataclasses import dataclass

from gate.core import handoff
from gate.core.front_door import Arrival
from gate.core.headers import Headers, values
from gate.core.policy import Site
from gate.core.secret_text import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """Builds them for one worker; `secret` is that worker's own."""

    scheme: str
    secret: Secret

    def headers(self, arrival: Arrival[Site], request: str) -> Headers:
        """Give the secret, and client, scheme, host, site and id of the request."""
        site = arrival.site.name if arrival.site else ""
        return (
            (handoff.SECRET, self.secret.reveal().encode()),
            (handoff.CLIENT, str(arrival.client).encode()),
            (handoff.SCHEME, self.scheme.encode()),
            (handoff.HOST, values(arrival.headers, b"host")[0].lower()),
            (handoff.SITE, site.encode()),
            (handoff.REQUEST, request.encode()),
        )
