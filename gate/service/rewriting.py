"""Per-site switches for applications that insist on their own address.

`Origin` and `Destination` of a request that name the site are turned into the upstream's address,
`Location` of a response that names the upstream into the site's. Nothing else is touched.
"""

from __future__ import annotations

from gate.core.headers import Headers, values
from gate.core.policy import Site, Upstream

LOCATION = "Location"
ORIGIN = "Origin"
DESTINATION = "Destination"


def public_origin(scheme: str, headers: Headers) -> bytes:
    """Give the site's origin as the client wrote it; `headers` are those of an arrival."""
    return scheme.encode() + b"://" + values(headers, b"host")[0]


def to_upstream(headers: Headers, site: Site, public: bytes) -> Headers:
    """Give request headers as the site's upstream wants them; `public` is the site's origin."""
    names = {name.lower().encode() for name in site.options.rewrite & {ORIGIN, DESTINATION}}
    if not names:
        return headers
    own = origin_of(site.upstream)
    return tuple(
        (name, _moved(value, public, own)) if name.lower() in names else (name, value)
        for name, value in headers
    )


def to_client(headers: Headers, site: Site, public: bytes) -> Headers:
    """Give response headers as the client has to see them."""
    if LOCATION not in site.options.rewrite:
        return headers
    own = origin_of(site.upstream)
    return tuple(
        (name, _moved(value, own, public)) if name.lower() == b"location" else (name, value)
        for name, value in headers
    )


def origin_of(upstream: Upstream) -> bytes:
    """Give the origin by which an upstream knows itself."""
    usual = {"http": 80, "https": 443}[upstream.scheme]
    host = f"[{upstream.host}]" if ":" in upstream.host else upstream.host
    port = "" if upstream.port == usual else f":{upstream.port}"
    return f"{upstream.scheme}://{host}{port}".encode()


def _moved(value: bytes, old: bytes, new: bytes) -> bytes:
    """Give a URL under another origin; whatever is not exactly below `old` stays."""
    rest = value[len(old) :]
    if not value.startswith(old) or (rest and rest[:1] not in b"/?#"):
        return value
    return new + rest
