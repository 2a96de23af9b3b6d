"""The gate's own cookies: names, how they are read, set and taken back (G24).

On https the names begin with `__Host-`, so that no other host or path can plant one. On loopback
http a browser ignores ports, so the port is part of the name. A cookie that is not exactly a
token, or that comes twice, is no cookie (T45).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from gate.core.cookie_bytes import cookie_value
from gate.core.header_names import Headers
from gate.core.secret_text import Secret

DEVICE_AGE: Final = timedelta(days=400)  # RFC 6265bis section 5.5: the longest that browsers keep
DEFAULT_HTTP_PORT: Final = 80

_TOKEN: Final = re.compile(rb"[A-Za-z0-9_-]{43}")  # 256 bits in base64url


@dataclass(frozen=True, slots=True, kw_only=True)
class CookieNames:
    """The names of one listener.

    `enrolment` holds the way through a one-time link, `ticket` the nonce of a sign-in that was
    begun on the host of another site.
    """

    session: str
    form: str
    device: str
    enrolment: str
    ticket: str

    @property
    def all(self) -> tuple[str, ...]:
        """Give every name, none of which a site may see or set."""
        return self.session, self.form, self.device, self.enrolment, self.ticket


def cookie_names(public_url: str) -> CookieNames:
    """Give the names for an installation's `public_url`."""
    parts = urlsplit(public_url)
    if parts.scheme == "https":
        return CookieNames(
            session="__Host-gate",
            form="__Host-gate-form",
            device="__Host-gate-device",
            enrolment="__Host-gate-enrol",
            ticket="__Host-gate-ticket",
        )
    port = parts.port or DEFAULT_HTTP_PORT
    return CookieNames(
        session=f"gate-{port}",
        form=f"gate-form-{port}",
        device=f"gate-device-{port}",
        enrolment=f"gate-enrol-{port}",
        ticket=f"gate-ticket-{port}",
    )


def read_token(headers: Headers, name: str) -> Secret | None:
    """Give the token in the one cookie of a name; None when it is absent, doubled or junk."""
    value = cookie_value(headers, name.encode("ascii"))
    if value is None or not _TOKEN.fullmatch(value):
        return None
    return Secret(value.decode("ascii"))


def cookie(name: str, token: Secret, *, scheme: str, age: timedelta | None = None) -> str:
    """Give the Set-Cookie value that plants a token; without an age it ends with the browser."""
    kept = "" if age is None else f"; Max-Age={int(age.total_seconds())}"
    return f"{name}={token.reveal()}{_attributes(scheme)}{kept}"


def deleted(name: str, *, scheme: str) -> str:
    """Give the Set-Cookie value that takes a cookie back, with the attributes it was set with."""
    return f"{name}={_attributes(scheme)}; Max-Age=0"


def _attributes(scheme: str) -> str:
    secure = "; Secure" if scheme == "https" else ""
    return f"; Path=/; HttpOnly; SameSite=Lax{secure}"
