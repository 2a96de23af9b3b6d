"""The hand-off: how a data plane passes a request to the pages, and how it is checked (G22).

Only a request with one of the workers' secrets is looked at. Address, scheme, host, site and
request id come from the hand-off alone; each has to be there once and in its exact form.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import Headers

from gate.core import handoff as names
from gate.core.handoff import PersonalRefusal, decode_refusal
from gate.core.host import Host, read_host
from gate.core.network import Address, Unusable, canonical
from gate.core.refusal import Refusal
from gate.core.secret_text import Secret

LONGEST_BROWSER: Final = 300  # characters of a User-Agent that are kept

_SITE: Final = re.compile(r"[A-Za-z0-9._-]{0,64}")
_REQUEST: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_UNPRINTABLE: Final = re.compile(r"[^\x20-\x7e]")


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOff:
    """A request as the data plane saw it; `site` is empty on a host of the gate's own.

    `host` is as the browser wrote it, `place` the same in the form in which sites are found.
    """

    client: Address
    scheme: str
    host: str
    place: Host
    site: str
    request: str

    @property
    def origin(self) -> str:
        """Give the origin that the browser knows, as it writes it itself (RFC 6454 section 6.2)."""
        default = ":443" if self.scheme == "https" else ":80"
        return f"{self.scheme}://{self.host.removesuffix(default)}"


def is_handed_off(headers: Headers, secrets: Sequence[Secret]) -> bool:
    """Say whether the request carries one of the secrets, once; every secret is compared."""
    sent = headers.getlist(names.SECRET.decode())
    given = (sent[0] if len(sent) == 1 else "").encode("latin-1")
    matches = [hmac.compare_digest(given, each.reveal().encode()) for each in secrets if each]
    return any(matches)


def read_handoff(headers: Headers) -> HandOff | None:
    """Give what was handed over; None when any part is missing, doubled or out of form."""
    client = canonical(_one(headers, names.CLIENT))
    scheme = _one(headers, names.SCHEME)
    host = _one(headers, names.HOST).lower()
    place = read_host((host.encode("latin-1"),))
    site = _one(headers, names.SITE)
    request = _one(headers, names.REQUEST)
    if isinstance(client, Unusable) or isinstance(place, Refusal):
        return None
    if scheme not in {"http", "https"}:
        return None
    if not _REQUEST.fullmatch(request) or not _SITE.fullmatch(site):
        return None
    return HandOff(client=client, scheme=scheme, host=host, place=place, site=site, request=request)


def read_refusal(headers: Headers) -> PersonalRefusal | None:
    """Give the refusal that a data plane wants to have rendered, or None."""
    return decode_refusal(_one(headers, names.REFUSAL).encode("latin-1"))


def browser_of(headers: Headers) -> str:
    """Give the User-Agent, cut and without what no log should hold."""
    return _UNPRINTABLE.sub("?", headers.get("user-agent", ""))[:LONGEST_BROWSER]


def _one(headers: Headers, name: bytes) -> str:
    values = headers.getlist(name.decode())
    return values[0] if len(values) == 1 else ""
