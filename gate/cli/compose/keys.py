"""Derived keys on their way to the processes that may have them (G26).

The master key stays with the supervisor and with commands at the terminal. A worker is given the
key that signs assertions and the one that hashes inputs in decision records; the pages process the
sealing keys, the one of forms, and the public half of the assertion key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.jwk import ECKey

from gate.config.secret import DerivedKeys, Keyring, Purpose, Sealer

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


def told_to_pages(keyring: Keyring) -> Mapping[str, object]:
    """Give the keys of the pages process, fit for JSON."""
    sealing = keyring.derive(Purpose.SEALING)
    return {
        "assertion": assertion_key(keyring).as_dict(private=False),
        "csrf": keyring.derive(Purpose.CSRF).current.hex(),
        "sealing": {
            "current": sealing.current_id,
            "keys": {key_id: key.hex() for key_id, key in sealing.by_id.items()},
        },
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class PagesKeys:
    """The keys of the pages process."""

    assertion: ECKey
    csrf: bytes
    sealer: Sealer


def pages_keys(told: Mapping[str, Any]) -> PagesKeys:
    """Give the keys that were told."""
    by_id = {key_id: bytes.fromhex(key) for key_id, key in told["sealing"]["keys"].items()}
    sealing = DerivedKeys(current_id=told["sealing"]["current"], by_id=MappingProxyType(by_id))
    return PagesKeys(
        assertion=ECKey.import_key(told["assertion"]),
        csrf=bytes.fromhex(told["csrf"]),
        sealer=Sealer(keys=sealing),
    )
