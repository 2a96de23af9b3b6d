"""A security key that was registered on a journey, as it is kept until the journey's end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from gate.factors.webauthn import Key
from gate.factors.webauthn.base64url import from_base64url, to_base64url


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingKey:
    """A key that was verified, and how the person calls it."""

    name: str
    key: Key


def told(pending: PendingKey) -> Mapping[str, object]:
    """Give a key fit for JSON; bytes are base64url."""
    named = asdict(pending.key)
    plain = {name: to_base64url(v) if isinstance(v, bytes) else v for name, v in named.items()}
    return {"name": pending.name, "key": plain}


def pending_of(kept: Mapping[str, Any]) -> PendingKey:
    """Give the key that was told."""
    named = kept["key"]
    values = {each.name: _value(str(each.type), named[each.name]) for each in fields(Key)}
    return PendingKey(name=kept["name"], key=Key(**values))


def _value(kind: str, value: Any) -> Any:
    if kind == "bytes":
        return from_base64url(value)
    return tuple(value) if kind.startswith("tuple") else value
