"""Public keys in COSE form (RFC 9053, WebAuthn L3 section 5.8.5), and what they verify.

python-fido2 verifies; which members a key has, their kinds and their lengths are settled here
first, since it looks at the curve alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from cryptography.exceptions import InvalidSignature
from fido2.cose import CoseKey

from gate.factors.webauthn.cbor import CborKey, CborValue, decode


class Algorithm(IntEnum):
    """Signature algorithms that can be offered, by their COSE numbers."""

    ES256 = -7
    EDDSA = -8  # with curve Ed25519 alone
    ES384 = -35
    ES512 = -36
    ED448 = -53
    RS256 = -257


OFFERED: Final = (Algorithm.EDDSA, Algorithm.ES256, Algorithm.RS256)
"""The standard's own advice, in its order of preference; every authenticator has one of them."""

MIN_RSA_BITS: Final = 2048  # RFC 8812 section 2
MAX_RSA_BITS: Final = 4096  # a larger key only costs time
MAX_RSA_EXPONENT: Final = 4  # bytes

_KTY, _ALG, _FIRST, _SECOND, _THIRD = 1, 3, -1, -2, -3  # labels, RFC 9052 section 7.1
_OKP, _EC2, _RSA = 1, 2, 3  # key types, RFC 9053 section 7
_CURVES: Final = {  # curve and bytes of a coordinate, RFC 9053 section 7.1
    Algorithm.ES256: (1, 32),
    Algorithm.ES384: (2, 48),
    Algorithm.ES512: (3, 66),
    Algorithm.EDDSA: (6, 32),
    Algorithm.ED448: (7, 57),
}


def algorithm_of(public_key: bytes) -> Algorithm | None:
    """Give the algorithm that a key names; None when it can't be offered."""
    named = _members(public_key).get(_ALG)
    return next((algorithm for algorithm in Algorithm if algorithm.value == named), None)


def is_well_formed(public_key: bytes) -> bool:
    """Say whether the bytes are a key that can verify signatures of its algorithm."""
    members = _members(public_key)
    match algorithm_of(public_key):
        case None:
            fits = False
        case Algorithm.RS256:
            fits = _is_rsa(members)
        case Algorithm.EDDSA | Algorithm.ED448 as algorithm:
            fits = _is_octet_pair(members, *_CURVES[algorithm])
        case algorithm:
            fits = _is_elliptic(members, *_CURVES[algorithm])
    return fits and _verdict(members, b"", b"") is not None


def verifies(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Say whether the signature over the message was made with the key's other half."""
    return is_well_formed(public_key) and _verdict(_members(public_key), message, signature) is True


def _verdict(members: Mapping[CborKey, CborValue], message: bytes, signature: bytes) -> bool | None:
    """Give what the library says of a signature; None when it can't use the key."""
    labelled = {label: value for label, value in members.items() if isinstance(label, int)}
    try:
        CoseKey.parse(labelled).verify(message, signature)
    except InvalidSignature:
        return False
    except Exception:  # noqa: BLE001 - whatever the library raises, nothing was verified
        return None
    return True


def _members(public_key: bytes) -> Mapping[CborKey, CborValue]:
    decoded = decode(public_key)
    if decoded is None or decoded.rest or not isinstance(decoded.value, dict):
        return {}
    return decoded.value


def _is_elliptic(members: Mapping[CborKey, CborValue], curve: int, length: int) -> bool:
    """Say whether there are two whole coordinates; a compressed point is none (section 5.8.5)."""
    return (
        set(members) == {_KTY, _ALG, _FIRST, _SECOND, _THIRD}
        and _is_number(members[_KTY], _EC2)
        and _is_number(members[_FIRST], curve)
        and _has_bytes(members[_SECOND], length)
        and _has_bytes(members[_THIRD], length)
    )


def _is_octet_pair(members: Mapping[CborKey, CborValue], curve: int, length: int) -> bool:
    return (
        set(members) == {_KTY, _ALG, _FIRST, _SECOND}
        and _is_number(members[_KTY], _OKP)
        and _is_number(members[_FIRST], curve)
        and _has_bytes(members[_SECOND], length)
    )


def _is_rsa(members: Mapping[CborKey, CborValue]) -> bool:
    if set(members) != {_KTY, _ALG, _FIRST, _SECOND} or not _is_number(members[_KTY], _RSA):
        return False
    modulus, exponent = members[_FIRST], members[_SECOND]
    if not isinstance(modulus, bytes) or not isinstance(exponent, bytes):
        return False
    bits = int.from_bytes(modulus).bit_length()
    return MIN_RSA_BITS <= bits <= MAX_RSA_BITS and len(exponent) <= MAX_RSA_EXPONENT


def _is_number(value: CborValue, number: int) -> bool:
    return not isinstance(value, bool) and value == number


def _has_bytes(value: CborValue, length: int) -> bool:
    return isinstance(value, bytes) and len(value) == length
