"""Derived keys that outlive their master key: nothing made under them can be made anew.

An audit chain is verified under the key that it was written with, and a recovery code that a
person holds was hashed once. So a rotation keeps these keys, sealed under the new master key.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from gate.config.secret import KEY_BYTES, DerivedKeys, Keyring, Purpose
from gate.core.secret_text import Secret

KEPT: Final = (Purpose.AUDIT, Purpose.RECOVERY)

type Kept = Mapping[str, Mapping[Purpose, bytes]]  # by the id of the retired master key

NOTHING_KEPT: Final[Kept] = MappingProxyType({})


def to_keep(keyring: Keyring, key_id: str) -> Mapping[Purpose, bytes]:
    """Give what is to be kept of a master key that is about to be retired."""
    return {purpose: keyring.derive(purpose).by_id[key_id] for purpose in KEPT}


def with_kept(keyring: Keyring, kept: Kept, purpose: Purpose) -> DerivedKeys:
    """Give the keys of one purpose, those of retired master keys among them."""
    keys = keyring.derive(purpose)
    older = {key_id: of[purpose] for key_id, of in kept.items() if purpose in of}
    by_id = MappingProxyType({**older, **keys.by_id})
    return DerivedKeys(current_id=keys.current_id, by_id=by_id)


def kept_text(derived: Mapping[Purpose, bytes]) -> Secret:
    """Give keys as the text that is sealed."""
    return Secret(json.dumps({purpose.value: key.hex() for purpose, key in derived.items()}))


def kept_keys(text: Secret) -> Mapping[Purpose, bytes]:
    """Give the keys of a text; ValueError when it holds none."""
    keys = {Purpose(name): bytes.fromhex(key) for name, key in json.loads(text.reveal()).items()}
    if any(len(key) != KEY_BYTES for key in keys.values()):
        raise ValueError("a key has another length")
    return keys
