"""Header names: which are removed from a request in every spelling, and which may not be.

Servers fold names: PHP and CGI map every sign to `_`, some drop it. So names are compared by
their letters and digits alone. A name that folds to an identity, address, target or method header
is removed; a name that only resembles a framing or credential header is removed too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from functools import lru_cache
from typing import Final

type Header = tuple[bytes, bytes]
type Headers = tuple[Header, ...]
type Lines = Mapping[bytes, tuple[bytes, ...]]  # values by lower-case name

LONGEST_NAME: Final = 256  # bytes; also bounds the caches below

# What the gate sets for the upstream; a client's value never arrives, present or absent (T04).
IDENTITY: Final = (
    b"Remote-User",
    b"Remote-Groups",
    b"Remote-Name",
    b"Remote-Email",
    b"X-Gate-Assertion",
)

# RFC 9110 section 7.6.1; Transfer-Encoding stays, whoever frames the message owns it.
HOP_BY_HOP: Final = frozenset(
    {b"connection", b"keep-alive", b"te", b"trailer", b"upgrade", b"http2-settings"}
)

# A Connection header can't have these removed, and no other spelling of them is passed on.
PROTECTED: Final = frozenset(
    {
        b"host",
        b"content-length",
        b"transfer-encoding",
        b"content-type",
        b"content-encoding",
        b"cookie",
        b"authorization",
        b"origin",
        b"referer",
        b"expect",
        b"range",
        b"destination",
        b"sec-fetch-site",
        b"sec-fetch-mode",
        b"sec-fetch-dest",
        b"sec-websocket-key",
        b"sec-websocket-version",
        b"sec-websocket-protocol",
        b"sec-websocket-extensions",
    }
)

# Beginnings of folded names that some gate, proxy or framework trusts.
_REMOVED_BEGINNINGS: Final = (
    # who it is
    b"remote",
    b"xremote",
    b"xauthrequest",
    b"xauthenticated",
    b"xauthentik",
    b"xauthcouchdb",
    b"xwebauth",
    b"xtokenuser",
    b"xpomerium",
    b"cfaccess",
    b"oidcclaim",
    b"xmsclientprincipal",
    b"xgoogauthenticated",
    b"xgoogiap",
    b"xamznoidc",
    b"tailscaleuser",
    b"xvouch",
    b"authuser",
    b"authtype",
    b"ssl",
    b"xssl",
    b"clientcert",
    b"xclientcert",
    b"xclientverify",
    # where it comes from
    b"forwarded",
    b"xforward",
    b"xrealip",
    b"xclientip",
    b"clientip",
    b"trueclientip",
    b"cfconnecting",
    b"fastlyclientip",
    b"xclusterclientip",
    b"xoriginatingip",
    b"xproxy",
    b"xazureclientip",
    b"xappengine",
    b"alicdnrealip",
    b"wlproxy",
    b"xcustomip",
    b"proxy",
    # what is asked for, and how
    b"xoriginal",
    b"xrewrite",
    b"xhttpmethod",
    b"xhttphost",
    b"xmethodoverride",
    b"xenvoy",
    b"xaccel",
    b"xsendfile",
    b"xurlscheme",
    b"frontendhttps",
)
_REMOVED: Final = frozenset({b"xuser", b"xuserid", b"xusername", b"xhost", b"xscheme"})

_TOKEN: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 section 5.6.2
_OWN: Final = re.compile(rb"x[^a-z0-9]+gate[^a-z0-9]")  # X-Gate-Way too, but not X-Gateway
_SIGNS: Final = re.compile(rb"[^a-z0-9]+")


class Fate(Enum):
    """What becomes of a request header on its way to the upstream."""

    PASS = "pass"
    REMOVE = "remove"
    HOP = "hop"
    ODD = "odd"  # passes only where a site says so
    COOKIE = "cookie"
    UPGRADE = "upgrade"


def token(name: bytes) -> bytes | None:
    """Give a name in lower case, or None when it is no token of an honest length."""
    return _token(name) if len(name) <= LONGEST_NAME else None


@lru_cache(maxsize=4096)
def _token(name: bytes) -> bytes | None:
    return name.lower() if _TOKEN.fullmatch(name) else None


@lru_cache(maxsize=4096)
def folded(name: bytes) -> bytes:
    """Give the letters and digits of a name, which is all that some servers look at."""
    return _SIGNS.sub(b"", name.lower())


_PROTECTED_FOLDED: Final = frozenset(map(folded, PROTECTED | HOP_BY_HOP))


@lru_cache(maxsize=4096)
def fate(name: bytes) -> Fate:
    """Say what becomes of a header of that name."""
    lower = name.lower()
    if lower == b"cookie":
        return Fate.COOKIE
    if lower == b"upgrade":
        return Fate.UPGRADE
    if lower in HOP_BY_HOP:
        return Fate.HOP
    if lower in PROTECTED:
        return Fate.PASS
    plain = folded(name)
    if plain in _REMOVED or plain in _PROTECTED_FOLDED or plain.startswith(_REMOVED_BEGINNINGS):
        return Fate.REMOVE
    if _is_own(lower, plain):
        return Fate.REMOVE
    return Fate.ODD if b"_" in lower or b"." in lower else Fate.PASS


def _is_own(lower: bytes, plain: bytes) -> bool:
    """Say whether the name folds to one of `X-Gate-*`; `X-Gateway` is somebody else's."""
    if _OWN.match(lower):
        return True
    return plain.startswith(b"xgate") and not plain.startswith(b"xgateway")
