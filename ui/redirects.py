"""Where to go after a page: a path of this host, or the exact origin of a site (R31, T80).

A wanted address is parsed once, checked, and written anew from its parts, so that no second reader
can take it for another one. Whatever is odd about it leads to the start instead; a wrong target
is no reason to stop a person who has just signed in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from gate.core.handoff import PREFIX
from gate.core.host import read_host
from gate.core.policy import Policy
from gate.core.refusal import Refusal
from ui.handoff import HandOff

LONGEST: Final = 4096  # characters of a target, without its origin
LONGEST_ORIGIN: Final = 269  # "https://" and a host with its port
ACCOUNT_START: Final = f"{PREFIX}account/security"
_RESERVED: Final = PREFIX.rstrip("/")

# RFC 3986 section 3.3 and 3.4, with the few more that browsers leave as they are.
_PATH: Final = re.compile(r"/(?:[A-Za-z0-9._~!$&'()*+,;=:@/|\[\]^`{}-]|%[0-9A-Fa-f]{2})*")
_QUERY: Final = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?|\[\]^`{}-]|%[0-9A-Fa-f]{2})*")
_OWN_PAGE: Final = re.compile(rf"{re.escape(PREFIX)}(?:account|admin)(?:/[a-z0-9-]+)*/?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where to go: `url` is a local path, or an address of another origin in full."""

    url: str
    host: str
    path: str
    is_local: bool

    @property
    def local(self) -> str:
        """Give path and query alone, as a request line has them."""
        if self.is_local:
            return self.url
        return self.url.partition("://")[2].removeprefix(self.host)

    @property
    def origin(self) -> str:
        """Give the other origin; nothing for a local path."""
        return "" if self.is_local else self.url.removesuffix(self.local)

    @property
    def is_own_page(self) -> bool:
        """Say whether it is a page of the gate itself."""
        return self.path.startswith(PREFIX)


def start(handed: HandOff) -> Target:
    """Give where a visit without a wish begins: the site, or the account on a host without one."""
    path = "/" if handed.site else ACCOUNT_START
    return Target(url=path, host=handed.host, path=path, is_local=True)


def safe_next(wanted: str, handed: HandOff, policy: Policy) -> Target:
    """Give the wanted target if it is one of ours, and the start otherwise."""
    return _checked(wanted, handed, policy) or start(handed)


def sign_in_link(wanted: str = "", page: str = "sign-in") -> str:
    """Give the address of the sign-in or step-up page that leads on to a target."""
    return f"{PREFIX}{page}" + (f"?next={quote(wanted, safe='/')}" if wanted else "")


def entrance(target: Target, public_url: str) -> str:
    """Give where a page of the gate leads on: to a ticket first, where another host is wanted."""
    if target.is_local or target.is_own_page or name_of(target.host) == home_name(public_url):
        return target.url
    return f"{target.origin}{sign_in_link(target.local)}"


def name_of(authority: str) -> str:
    """Give the name of a host as sessions are bound to it; nothing for what is none."""
    place = read_host((authority.encode("ascii"),))
    return "" if isinstance(place, Refusal) else place.name


@lru_cache(maxsize=16)
def home_name(public_url: str) -> str:
    """Give the name of the host where the pages live."""
    return name_of(urlsplit(public_url).netloc)


def _checked(wanted: str, handed: HandOff, policy: Policy) -> Target | None:
    if (
        not 0 < len(wanted) <= LONGEST_ORIGIN + LONGEST
        or not wanted.isascii()
        or not wanted.isprintable()
    ):
        return None
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return None
    path, query = parts.path or "/", parts.query
    if not _PATH.fullmatch(path) or not _QUERY.fullmatch(query):
        return None
    if path.startswith("//") or not _may_be_returned_to(path):
        return None
    local = path + (f"?{query}" if query else "")
    if len(local) > LONGEST:
        return None
    return _placed(parts.scheme, parts.netloc.lower(), local, (handed, policy))


def _placed(
    scheme: str, authority: str, local: str, place: tuple[HandOff, Policy]
) -> Target | None:
    handed, policy = place
    path = local.partition("?")[0]
    here = Target(url=local, host=handed.host, path=path, is_local=True)
    if not scheme and not authority:
        return here
    if scheme != handed.scheme:
        return None
    if authority == handed.host:
        return here
    if not _is_site(authority, handed, policy):
        return None
    return Target(url=f"{scheme}://{authority}{local}", host=authority, path=path, is_local=False)


def _is_site(authority: str, handed: HandOff, policy: Policy) -> bool:
    """Say whether a site is served there; a site named without a port, on the port of here."""
    host = read_host((authority.encode("ascii"),))
    site = policy.site_for(authority)
    if isinstance(host, Refusal) or site is None:
        return False
    named_with_port = host.port is not None and authority in site.hosts
    return named_with_port or host.port == handed.place.port


def _may_be_returned_to(path: str) -> bool:
    """Keep away from pages that would sign out, or ask to sign in once more."""
    readable = unquote(path).casefold()
    if not readable.startswith(_RESERVED):
        return True
    return _OWN_PAGE.fullmatch(path) is not None
