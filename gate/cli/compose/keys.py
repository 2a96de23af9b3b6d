"""Derived keys on their way to the processes that may have them (G26).

The master key stays with the supervisor and with commands at the terminal. A worker is given the
key that signs assertions and the one that hashes inputs in decision records; the pages process the
sealing keys, the one of forms, and the public half of the assertion key.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.jwk import ECKey

from gate.config.kept_keys import NOTHING_KEPT, Kept, with_kept
from gate.config.secret import DerivedKeys, Keyring, Purpose, Sealer, load_master_key
from gate.core.errors import SecretError

log = logging.getLogger(__name__)

# Order of the group of P-256, FIPS 186-5 and SEC 2 section 2.4.2.
P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def assertion_key(keyring: Keyring) -> ECKey:
    """Give the private key that signs assertions, the same at every start."""
    seed = int.from_bytes(keyring.derive(Purpose.ASSERTION).current)
    private = ec.derive_private_key(seed % (P256_ORDER - 1) + 1, ec.SECP256R1())
    key = ECKey.import_key(private)
    return ECKey.import_key({**key.as_dict(private=True), "kid": key.thumbprint()})


def told_to_worker(keyring: Keyring) -> Mapping[str, object]:
    """Give the keys of a worker, fit for JSON."""
    return {
        "assertion": assertion_key(keyring).as_dict(private=True),
        "records": keyring.derive(Purpose.RECORDS).current.hex(),
    }


class KeysAtHand:
    """The master keys while the gate runs: those of the file, or the last ones that it held."""

    def __init__(self, path: Path, keyring: Keyring) -> None:
        """Begin with what was read at the start."""
        self._path: Final = path
        self._keyring = keyring

    def now(self) -> Keyring:
        """Give the keys of the file, which a rotation may have changed."""
        try:
            self._keyring = load_master_key(self._path)
        except SecretError as error:
            log.warning("the keys read before stay in use: %s", error)
        return self._keyring


def told_sealing(keyring: Keyring) -> Mapping[str, object]:
    """Give the keys under which secrets are sealed, fit for JSON."""
    return {"sealing": _told(keyring.derive(Purpose.SEALING))}


def told_to_pages(keyring: Keyring, kept: Kept = NOTHING_KEPT) -> Mapping[str, object]:
    """Give the keys of the pages process, those of retired master keys among them, fit for JSON."""
    return {
        "assertion": assertion_key(keyring).as_dict(private=False),
        "csrf": keyring.derive(Purpose.CSRF).current.hex(),
        **told_sealing(keyring),
        "recovery": _told(with_kept(keyring, kept, Purpose.RECOVERY)),
    }


def _told(keys: DerivedKeys) -> Mapping[str, object]:
    by_id = {key_id: key.hex() for key_id, key in keys.by_id.items()}
    return {"current": keys.current_id, "keys": by_id}


@dataclass(frozen=True, slots=True, kw_only=True)
class PagesKeys:
    """The keys of the pages process."""

    assertion: ECKey
    csrf: bytes
    sealer: Sealer
    recovery: DerivedKeys


def pages_keys(told: Mapping[str, Any]) -> PagesKeys:
    """Give the keys that were told."""
    return PagesKeys(
        assertion=ECKey.import_key(told["assertion"]),
        csrf=bytes.fromhex(told["csrf"]),
        sealer=Sealer(keys=_derived(told["sealing"])),
        recovery=_derived(told["recovery"]),
    )


def _derived(told: Mapping[str, Any]) -> DerivedKeys:
    by_id = {key_id: bytes.fromhex(key) for key_id, key in told["keys"].items()}
    return DerivedKeys(current_id=told["current"], by_id=MappingProxyType(by_id))


def keys_tried(keys: DerivedKeys) -> tuple[bytes, ...]:
    """Give the keys of one purpose, the current one first."""
    older = [key for key_id, key in keys.by_id.items() if key_id != keys.current_id]
    return (keys.current, *older)
