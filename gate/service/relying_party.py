"""The relying party of WebAuthn: whom keys are registered with, and from which pages they answer.

Keys belong to the host of `public_url`, and only pages of exactly that origin may ask them (G5).
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from gate.core.network import Unusable, canonical


@dataclass(frozen=True, slots=True, kw_only=True)
class RelyingParty:
    """RP ID and origins (WebAuthn L3 section 13.4.9); `name` is what browsers show."""

    rp_id: str
    origins: tuple[str, ...]
    name: str

    @property
    def is_named(self) -> bool:
        """Say whether browsers take the RP ID: a name, and no address (section 5.1.3 step 8)."""
        return isinstance(canonical(self.rp_id), Unusable)


def relying_party(public_url: str) -> RelyingParty:
    """Give the relying party of an installation; ValueError for an address without a host."""
    parts = urlsplit(public_url)
    if not parts.hostname:
        raise ValueError(f"`{public_url}` names no host")
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = "" if parts.port in (None, usual) else f":{parts.port}"
    return RelyingParty(
        rp_id=parts.hostname,
        origins=(f"{parts.scheme}://{host}{port}",),
        name=parts.hostname,
    )
