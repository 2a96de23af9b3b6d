"""Response headers of an upstream: what a browser gets to see of them.

Rules: an upstream can't plant or clear the gate's cookies, take over the gate's pages by a
service worker or another server, or make shared caches keep what was meant for one person
(G4, G5, G30). All else passes byte for byte.
"""

from __future__ import annotations

import re
from typing import Final

from gate.core.cookie_bytes import sets_own
from gate.core.handoff import PREFIX
from gate.core.header_names import HOP_BY_HOP, Header, Headers, token

# Measured: credentials of the gate's RP ID could be asked for by a script of the application.
_NO_CREDENTIALS: Final = (
    b"Permissions-Policy",
    b"publickey-credentials-get=(), publickey-credentials-create=()",
)
# The plain part of RFC 8941's dictionaries. Measured: browsers read all lines of a policy as one
# value, and one line that is none, or empty, makes them forget all of it.
_ITEM: Final = rb'(?:[A-Za-z*][A-Za-z0-9:/.*_-]*|"[ !#-\[\]-~]*"|\?[01]|[0-9]{1,9})'
_KEY: Final = rb"[a-z*][a-z0-9_.*-]*"
_LIST: Final = rb"\( *+(?:%(i)s(?: ++%(i)s)*+ *+)?\)" % {b"i": _ITEM}  # in linear time
_MEMBER: Final = rb"%(k)s(?:=(?:%(i)s|%(l)s))?(?:; *+%(k)s(?:=%(i)s)?)*+" % {
    b"k": _KEY,
    b"i": _ITEM,
    b"l": _LIST,
}
_DICTIONARY: Final = re.compile(rb"%(m)s(?:[ \t]*,[ \t]*%(m)s)*" % {b"m": _MEMBER})
_REMOVED: Final = frozenset({b"alt-svc", b"nel", b"report-to", b"reporting-endpoints"})
# Beside Cache-Control and stronger than it; RFC 9213 has each cache name a header of its own.
_SHARED_CACHES: Final = frozenset({b"surrogate-control", b"edge-control", b"x-accel-expires"})
_FOR_ONE_CACHE: Final = b"-cache-control"
_CLEARS_TOO_MUCH: Final = frozenset({b"cookies", b"storage", b"*"})
_KEEPS_PRIVATE: Final = frozenset({b"private", b"no-store"})
_CONTROLS: Final = bytes(set(range(32)) - {9} | {127})
_PLAIN_SCOPE: Final = re.compile(rb"/(?:[A-Za-z0-9_-][A-Za-z0-9/_-]*)?")  # not `//host/`
_FRAMING: Final = frozenset({b"content-length", b"transfer-encoding", b"content-type"})


def from_upstream(
    headers: Headers,
    *,
    own_cookies: frozenset[bytes],
    private: bool,
    refuse_keys: bool = False,
    websocket: bool = False,
) -> Headers:
    """Give what of an upstream's headers the client may see.

    `private` is set for every permit but a public one; `refuse_keys` where the gate's pages live
    on the application's origin, whose scripts get no security key to answer; `websocket` for the
    101 that a permitted handshake asked for.
    """
    listed = _listed(headers)
    kept: list[Header] = []
    for name, value in headers:
        lower = token(name)
        if lower is None or lower in listed or _is_removed(lower, value, own_cookies):
            continue
        if lower == b"clear-site-data":
            kept += _clear_site_data(name, value)
        else:
            kept.append((name, value))
    if private:
        kept = _kept_private(kept)
    if refuse_keys:
        kept = [header for header in kept if not _voids_policy(header)]
        kept.append(_NO_CREDENTIALS)
    if websocket:
        kept += [(b"Connection", b"Upgrade"), (b"Upgrade", b"websocket")]
    return tuple(kept)


def _listed(headers: Headers) -> frozenset[bytes]:
    """Give the names that the upstream calls hop-by-hop, those of framing excepted."""
    connections = [value for name, value in headers if name.lower() == b"connection"]
    names = (name.strip(b" \t").lower() for value in connections for name in value.split(b","))
    return frozenset(names) - _FRAMING


def _is_removed(lower: bytes, value: bytes, own_cookies: frozenset[bytes]) -> bool:
    if lower in HOP_BY_HOP or lower in _REMOVED or lower.startswith(b"proxy-"):
        return True
    if len(value.translate(None, _CONTROLS)) != len(value):
        return True
    if lower == b"set-cookie":
        return sets_own(value, own_cookies)
    return lower == b"service-worker-allowed" and _scope_covers_pages(value)


def _scope_covers_pages(scope: bytes) -> bool:
    """Say whether a worker could control the pages; an odd scope counts as one that does."""
    if not _PLAIN_SCOPE.fullmatch(scope):
        return True
    return PREFIX.encode().startswith(scope.lower())


def _clear_site_data(name: bytes, value: bytes) -> list[Header]:
    """Leave the tokens that don't sign the person out."""
    parts = value.split(b",")
    kept = [part for part in parts if part.strip(b' \t"').lower() not in _CLEARS_TOO_MUCH]
    if len(kept) == len(parts):
        return [(name, value)]
    return [(name, b",".join(kept).strip(b" \t"))] if kept else []


def _voids_policy(header: Header) -> bool:
    """Say whether browsers would forget what the gate adds, because of this line beside it."""
    name, value = header
    return name.lower() == b"permissions-policy" and not _DICTIONARY.fullmatch(value.strip(b" \t"))


def _kept_private(headers: list[Header]) -> list[Header]:
    caching = [value for name, value in headers if name.lower() == b"cache-control"]
    kept = [header for header in headers if not _is_about_caches(header[0].lower())]
    return [*kept, (b"Cache-Control", _private(b", ".join(caching)))]


def _is_about_caches(lower: bytes) -> bool:
    return lower in _SHARED_CACHES or lower == b"cache-control" or lower.endswith(_FOR_ONE_CACHE)


def _private(value: bytes) -> bytes:
    """Give a Cache-Control that no shared cache may keep, otherwise as the upstream wrote it."""
    directives = [part.strip(b" \t") for part in value.split(b",")]
    kept = [d for d in directives if d and not _is_for_shared_caches(d.lower())]
    if any(directive.lower() in _KEEPS_PRIVATE for directive in kept):
        return value if len(kept) == len(directives) else b", ".join(kept)
    return b", ".join([b"private", *kept])


def _is_for_shared_caches(directive: bytes) -> bool:
    return directive in {b"public", b"proxy-revalidate"} or directive.startswith(b"s-maxage")
