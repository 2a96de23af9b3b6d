"""Request headers: what is refused, what is removed, and what the gate sets.

Rules: names are tokens, values hold no control character but TAB, what may stand once stands
once, and the body is framed in one way. Identity, forwarding and override headers of the client
never reach the upstream in any spelling, nor do the gate's cookies. All else passes byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from gate.core.answer_headers import from_upstream
from gate.core.cookie_bytes import cookie_value, without_own
from gate.core.header_checks import checked
from gate.core.header_names import (
    HOP_BY_HOP,
    IDENTITY,
    PROTECTED,
    Fate,
    Header,
    Headers,
    Lines,
    fate,
    folded,
)
from gate.core.network import Address
from gate.core.refusal import Refusal, unclean

__all__ = [
    "IDENTITY",
    "Header",
    "Headers",
    "Lines",
    "checked",
    "cookie_value",
    "for_pages",
    "for_upstream",
    "forwarded",
    "from_upstream",
    "header_values",
    "hops",
    "values",
]

# What a Connection header lists to no effect: these are kept, or removed anyway.
_NEVER_LISTED: Final = PROTECTED | HOP_BY_HOP | {b"close"}


def values(headers: Headers, name: bytes) -> tuple[bytes, ...]:
    """Give the values of a header in their order; `name` is in lower case."""
    length = len(name)
    return tuple([v for n, v in headers if len(n) == length and n.lower() == name])


def header_values(headers: Headers, names: frozenset[str]) -> Mapping[str, str | None] | Refusal:
    """Give the value of each header that a rule reads, None when it is absent (G13).

    Twice, or in another spelling that servers take for the same: refused. `names` are lower-case.
    """
    found: dict[str, str | None] = dict.fromkeys(names)
    by_fold = {folded(name.encode()): name for name in names}
    for name, value in headers if names else ():
        wanted = by_fold.get(folded(name))
        if wanted is None:
            continue
        if found[wanted] is not None or name.lower() != wanted.encode():
            return unclean("header that a rule reads stands twice or in an odd spelling")
        found[wanted] = value.decode("latin-1")
    return found


def hops(connections: Iterable[bytes]) -> frozenset[bytes]:
    """Give the names that Connection values list, in lower case."""
    listed = (name for value in connections for name in value.split(b","))
    return frozenset(name.strip(b" \t").lower() for name in listed)


def for_upstream(
    headers: Headers,
    *,
    own_cookies: frozenset[bytes],
    odd_headers_pass: bool = False,
    websocket: bool = False,
) -> Headers:
    """Give what of checked headers the upstream may see, before the gate adds its own.

    With `websocket` the upgrade to it is kept; every other upgrade is taken out, h2c among them.
    """
    listed = hops(values(headers, b"connection")) - _NEVER_LISTED
    kept: list[Header] = []
    for header in headers:
        what = fate(header[0])
        if what is Fate.PASS or (odd_headers_pass and what is Fate.ODD):
            if not listed or header[0].lower() not in listed:
                kept.append(header)
        elif what is Fate.COOKIE:
            kept += _cookie_header(header, own_cookies)
        elif websocket and what is Fate.UPGRADE:
            kept += [(b"Connection", b"Upgrade"), header]
    return tuple(kept)


def _cookie_header(header: Header, own: frozenset[bytes]) -> Iterable[Header]:
    name, value = header
    rest = without_own(value, own)
    return () if rest is None else ((name, rest),)


def for_pages(headers: Headers) -> Headers:
    """Give what of checked headers the gate's own pages may see: own cookies and CSRF token too."""
    kept = for_upstream(headers, own_cookies=frozenset())
    return (*kept, *((b"X-Gate-CSRF", value) for value in values(headers, b"x-gate-csrf")))


def forwarded(*, client: Address, scheme: str, host: bytes, port: int) -> Headers:
    """Give the forwarding headers that the gate sets; `host` is the Host header as it came."""
    return (
        (b"X-Forwarded-For", str(client).encode()),
        (b"X-Forwarded-Proto", scheme.encode()),
        (b"X-Forwarded-Host", host),
        (b"X-Forwarded-Port", str(port).encode()),
    )
