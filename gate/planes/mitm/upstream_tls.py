"""TLS towards upstreams: certificates are always verified, against one name and one set of CAs."""

from __future__ import annotations

import ssl
from functools import lru_cache

import certifi

from gate.core.policy import Upstream


def tls_context(upstream: Upstream) -> ssl.SSLContext | None:
    """Give the context for an upstream, or None where the site says http; may raise OSError."""
    return _context(upstream.ca) if upstream.scheme == "https" else None


def verified_name(upstream: Upstream) -> str | None:
    """Give the name that the upstream's certificate must hold."""
    if upstream.scheme != "https":
        return None
    return upstream.name or upstream.host


@lru_cache(maxsize=256)
def _context(ca: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=ca or certifi.where())
    if ca is None:
        context.load_default_certs()  # what the machine's operator trusts counts as well
    context.set_alpn_protocols(["http/1.1"])
    return context
