"""What browsers say of a request that no script can change: its origin and its use."""

from __future__ import annotations

from gate.core.arrival import FrontSite, SiteTable, find_site
from gate.core.handoff import PREFIX
from gate.core.headers import Lines
from gate.core.host import host_of_origin
from gate.core.target import Target


def worker_over_pages(lines: Lines, target: Target) -> bool:
    """Say whether a browser fetches a service worker whose folder contains the pages (G4)."""
    if b"service-worker" not in lines and lines.get(b"sec-fetch-dest") != (b"serviceworker",):
        return False
    folders = (reading.lower().rpartition("/")[0] + "/" for reading in target.readings)
    return any(map(PREFIX.startswith, folders))


def foreign_origin[S: FrontSite](lines: Lines, site: S, sites: SiteTable[S]) -> bool:
    """Say whether a page of another site opens the WebSocket (G30); no Origin: no browser."""
    for origin in lines.get(b"origin", ()):
        host = host_of_origin(origin)
        if host is None or find_site(host, sites) is not site:
            return True
    return False
